"""Decides which requests a page of the list shows and how many are said to follow.

What a search finds by a common word is counted after its page: to count ten thousand requests takes longer than to show
twenty-five of them. The page comes with its rows, and its numbers follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format

from admin_ext import ticket_rows
from admin_ext.forms.filters import TicketFilter
from admin_ext.views.search import newest_of
from helpdesk import queues
from helpdesk.models import Ticket
from helpdesk.queues import CHIP_LABELS, Chip

PAGE = 25
CHIPS = (Chip.OPEN, Chip.NEW, Chip.IN_WORK, Chip.WAITING, Chip.ON_REVIEW, Chip.REWORK, Chip.OVERDUE, Chip.DONE,
         Chip.CANCELLED, Chip.ANY)  # fmt: skip


@dataclass(frozen=True)
class Tab:
    """A scope or a status to switch to, with how many tickets it has; None where that is not counted, or not yet."""

    name: str
    label: str
    current: bool
    count: int | None = None

    @property
    def shown(self) -> str:
        """The count in digits; where counting stopped, or has not begun, it says so."""
        if self.count is None:
            return "…"
        return number_format(self.count, force_grouping=True) + ("+" if self.count >= queues.CAP else "")


def read(filtered: TicketFilter) -> dict[str, Any]:
    """Return the rows of the page that `filtered` asks for, with what is said around them."""
    if filtered.finds_many:
        found = _rows_alone(filtered)
        # An address that leads behind the last page is sent back to it, which is known when all is counted.
        if found["tickets"] or filtered.page == 1:
            return found
    base = filtered.base()
    numbers = _numbers(filtered, base)
    tickets, unread = ticket_rows.read(filtered.user, _rows(filtered, base, numbers["total"], numbers["page"]))
    return {"tickets": tickets, "unread": unread, **numbers}


def numbers(filtered: TicketFilter) -> dict[str, Any]:
    """Return what is said around the rows, for a page that came without."""
    return _numbers(filtered, filtered.base())


def _numbers(filtered: TicketFilter, base: QuerySet[Ticket]) -> dict[str, Any]:
    counts = queues.chip_counts(base, filtered.way)
    total = counts[filtered.chip]
    pages = max(1, -(-total // PAGE))
    page = min(filtered.page, pages)
    return {
        "total": total,
        "has_more_than_counted": total >= queues.CAP,
        "cap": number_format(queues.CAP, force_grouping=True),
        "page": page,
        "pages": pages,
        "has_next": page < pages,
        "chips": _chips(filtered, counts),
        # Before its last page the list goes on anyway.
        "newest_of": newest_of(filtered.user, filtered.query) if page == pages else "",
    }


def _chips(filtered: TicketFilter, counts: dict[Chip, int]) -> list[Tab]:
    return [Tab(chip.value, str(CHIP_LABELS[chip]), chip is filtered.chip, counts.get(chip)) for chip in CHIPS]


def _rows_alone(filtered: TicketFilter) -> dict[str, Any]:
    """Return the rows of the page and whether another follows, for which one row more is looked for."""
    start, stop = (filtered.page - 1) * PAGE, filtered.page * PAGE + 1
    rows = filtered.newest(start, stop)
    if rows is None:
        rows = queues.stretch(filtered.rows(filtered.base()), start, stop)
    tickets, unread = ticket_rows.read(filtered.user, rows)
    return {
        "tickets": tickets[:PAGE],
        "unread": unread,
        "page": filtered.page,
        "has_next": len(tickets) > PAGE,
        "chips": _chips(filtered, {}),
        "is_uncounted": True,
    }


def _rows(filtered: TicketFilter, base: QuerySet[Ticket], total: int, page: int) -> QuerySet[Ticket]:
    """Return the rows of a page, the first being 1. Of a list that is long they are found without going through all of it."""
    rows, start, stop = filtered.rows(base), (page - 1) * PAGE, page * PAGE
    if total > queues.MANY and filtered.shown_order == "due" and not filtered.query:
        return queues.most_urgent(rows, start, stop)
    return queues.stretch(rows, start, stop)
