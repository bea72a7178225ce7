"""Decides how requests really travelled: the paths of those that were done, and each arrow between two statuses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from helpdesk.lifecycle import Status
from helpdesk.lifecycle.course import LETTERS, STATUS_OF
from helpdesk.models import Closing, MonthPart, Stay
from helpdesk.reports import kept_months
from helpdesk.reports.durations import middle
from helpdesk.reports.facts import closed_in
from helpdesk.reports.figures import Figure, closed
from helpdesk.reports.kept_months import Stretch
from helpdesk.reports.memory import Tickets, kept
from helpdesk.reports.period import Period
from helpdesk.reports.sql import Listed, mine, numbers

SHOWN = 10


@dataclass(frozen=True)
class Variant:
    """A path, a letter for each status (`course.LETTERS`), and how many of the requests done in the period went it."""

    path: str
    count: int
    share: float

    @property
    def statuses(self) -> list[Status]:
        return [STATUS_OF[letter] for letter in self.path]


@dataclass(frozen=True)
class Arrow:
    """A step from one status to another: how often it was made in the period, and the median of the seconds before it."""

    source: Status
    target: Status
    count: int
    median: float

    @property
    def name(self) -> str:
        return f"arrow_{LETTERS[self.source]}{LETTERS[self.target]}"


def variants(tickets: Tickets, period: Period) -> list[Variant]:
    """Return every path of the requests done in the period, the most travelled first."""

    def make() -> list[Variant]:
        counts = _counts(tickets, period)
        done = sum(counts.values())
        found = [Variant(path, count, 100 * count / done) for path, count in counts.items()]
        return sorted(found, key=lambda variant: (-variant.count, variant.path))

    return kept(tickets, "paths", period, make)  # type: ignore[no-any-return]


def _counts(tickets: Tickets, period: Period) -> Counter[str]:
    months, stretches = kept_months.divided(tickets, period)
    end = (period.last + timedelta(days=1)).isoformat()
    found: Counter[str] = Counter()
    for path, again, count in kept_months.rows(tickets, MonthPart.PATHS, months):
        if not again or again >= end:
            found[path] += count
    for part in stretches:
        rows = Closing.objects.filter(mine(tickets), closed_in(period, Status.DONE, within=part)).order_by()
        found.update(dict(rows.values_list("path").annotate(count=Count("*"))))
    return found


def arrows(tickets: Tickets, period: Period) -> list[Arrow]:
    """Return every step from status to status that was made in the period, the most frequent first."""

    def make() -> list[Arrow]:
        months, stretches = kept_months.divided(tickets, period)
        spent: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
        for source, target, seconds in kept_months.rows(tickets, MonthPart.ARROWS, months):
            spent[source, target].append(seconds)
        for part in stretches:
            for source, target, times in _steps(tickets, part):
                spent[source, target].append(sorted(numbers(times)))
        found = [
            Arrow(Status(source), Status(target), sum(map(len, runs)), middle(runs))
            for (source, target), runs in spent.items()
        ]
        return sorted(found, key=lambda arrow: (-arrow.count, arrow.name))

    return kept(tickets, "arrows", period, make)  # type: ignore[no-any-return]


def _steps(tickets: Tickets, part: Stretch) -> Any:
    """Return source, target and seconds of the steps made in a stretch; both statuses are named, so that the index has them."""
    made = Stay.objects.filter(mine(tickets), _made(Status.values, Status.values, part))
    spent = made.order_by().values("came_from", "status").annotate(times=Listed("spent"))
    return spent.values_list("came_from", "status", "times")


def _made(sources: Collection[str], targets: Collection[str], part: Period | Stretch) -> Q:
    within = Q(since__gte=part.start, since__lt=part.end, spent__isnull=False)
    return Q(came_from__in=sources, status__in=targets) & within


def on_path(path: str) -> Figure | None:
    """Return the requests done in the period that went `path`, None when it is not made of the letters of statuses."""
    if not path or not set(path) <= STATUS_OF.keys():
        return None
    text = _("Of those done in the period, requests that went through these statuses one after the other.")
    label = " → ".join(str(STATUS_OF[letter].label) for letter in path)
    return Figure(f"path_{path}", label, text, closed(Status.DONE, also=Q(path=path)))


def along(letters: str) -> Figure | None:
    """Return the requests that made a step in the period, written with the letters of its two statuses; None if it is none."""
    if len(letters) != 2 or not set(letters) <= STATUS_OF.keys():
        return None
    source, target = (STATUS_OF[letter] for letter in letters)

    def found(tickets: Tickets, period: Period) -> Tickets:
        return tickets.filter(pk__in=Stay.objects.filter(_made([source], [target], period)).values("ticket"))

    text = _("Requests that went from the one status to the other in the period; a request may do so more than once.")
    return Figure(f"arrow_{letters}", f"{source.label} → {target.label}", text, found)
