"""Decides which line handed requests over to which, and which of them came back to a line they had left (ping-pong)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk.models import Stay
from helpdesk.reports import names
from helpdesk.reports.figures import Figure
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period
from helpdesk.reports.sql import mine


@dataclass(frozen=True)
class Flow:
    """What went from one line (id and name) to another in a period; `back` counts the moves to a line left before."""

    source: int
    target: int
    source_name: str
    target_name: str
    moves: int
    back: int
    tickets: frozenset[int]


def _moves(tickets: Tickets, period: Period) -> Iterator[tuple[int, int, int, bool]]:
    """Yield ticket, line left, line reached, and whether it had been there before, for the moves within the period."""
    moved = Stay.objects.filter(left_line__isnull=False, since__gte=period.start, since__lt=period.end)
    yield from moved.filter(mine(tickets)).order_by("pk").values_list("ticket_id", "left_line_id", "line_id", "back")


def flows(tickets: Tickets, period: Period) -> list[Flow]:
    """Return who handed over to whom in the period, the busiest first."""
    found: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    for ticket, source, target, back in _moves(tickets, period):
        found[source, target].append((ticket, back))
    called = names.of_catalog(tickets)["line"]
    rows = [
        Flow(source, target, called[source], called[target], len(moves), sum(back for _ticket, back in moves),
             frozenset(ticket for ticket, _back in moves))
        for (source, target), moves in found.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda flow: (-flow.moves, flow.source_name, flow.target_name))


def figure(source: int, target: int) -> Figure:
    """Return the requests handed over from line `source` to line `target` (ids), as a figure with its list."""
    text = _(
        "Requests handed over from the one line to the other in the period; a request may go there more than once."
    )
    return Figure(f"flow_{source}_{target}", _("Handed over"), text, _moved(source, target, only_back=False))


def came_back(source: int, target: int) -> Figure:
    """Return those of the requests handed over so that came back to a line they had left before."""
    text = _("Requests handed over from the one line to the other in the period that had left the other before.")
    return Figure(f"back_{source}_{target}", _("Came back"), text, _moved(source, target, only_back=True))


def _moved(source: int, target: int, *, only_back: bool) -> Callable[[Tickets, Period], Tickets]:
    def found(tickets: Tickets, period: Period) -> Tickets:
        ids = {
            ticket for ticket, left, reached, back in _moves(tickets, period)
            if (left, reached) == (source, target) and (back or not only_back)
        }  # fmt: skip
        return tickets.filter(pk__in=ids)

    return found
