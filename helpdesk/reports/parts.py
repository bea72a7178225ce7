"""Decides the tables of a report by line, service, kind of work and assignee, and what each of their numbers opens."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.reports import breakdown
from helpdesk.reports.breakdown import Row
from helpdesk.reports.period import Period
from helpdesk.reports.scope import NOBODY, UNCORRECTED, Scope
from helpdesk.reports.shapes import Behind, Block, Linked, linked


def parts() -> list[tuple[str, str, str, str]]:
    """Return what the figures are broken down by: the field, the name of the block, its title, what its first column is."""
    return [
        ("assignee", "by_assignee", _("By assignee"), _("Assignee")),
        ("line", "by_line", _("By line"), _("Line")),
        ("service", "by_service", _("By service"), _("Service")),
        ("work_type", "by_kind", _("By kind of work"), _("Kind of work")),
    ]


def columns() -> list[tuple[str, str]]:
    """Return the headers of a `Row` behind its name, each with what its numbers are."""
    return [
        (pgettext("figure", "Registered"), "requests"), (_("In work at its end"), "requests"), (_("On review at its end"), "requests"),
        (pgettext("figure", "Overdue"), "requests"), (pgettext("figure", "Done"), "requests"),
        (_("Median execution"), "hours"), (_("Mean rating"), "rating"), (_("Ratings"), "times"),
    ]  # fmt: skip


def tables(scope: Scope, period: Period) -> Iterator[Block]:
    """Yield the four tables, each with a row of totals below its rows."""
    said = _("Registered, overdue and done in the period; in work and on review when it ended; the median is from registration"
             " to the last submission, the mean of the ratings given in the period.")  # fmt: skip
    own = _(
        "What was done, rated or open is of the assignee who had it then, the rest of the one who has it now; requests that an"
        " administrator corrected are left out."
    )
    rows_of = breakdown.tables(scope.tickets, period)
    for field, name, title, first in parts():
        rows = rows_of[field]
        definition = f"{said} {own}" if field == "assignee" else said
        cells = [_cells(row, field) for row in rows]
        if rows:
            cells.append(_cells(total(rows), field, is_total=True))
        yield linked(name, title, definition, [(first, ""), *columns()], cells, has_total=bool(rows))


def total(rows: list[Row]) -> Row:
    """Return the sums of `rows`; a median and a mean of parts would say nothing, so a total has none."""

    def add(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    return Row(None, _("Total"), add("registered"), add("in_work"), add("on_review"), add("overdue"), add("done"),
               None, None, add("ratings"))  # fmt: skip


def _cells(row: Row, field: str, *, is_total: bool = False) -> list[Linked]:
    hours = None if row.median is None else round(row.median / 3600, 2)
    rating = None if row.rating is None else round(row.rating, 2)
    narrowed: dict[str, int | str] = {}
    if not is_total:
        narrowed = {field: row.key} if row.key else dict([NOBODY])
    own = dict([UNCORRECTED]) if field == "assignee" else {}

    def opens(figure: str) -> Behind:
        return Behind(figure, {**narrowed, **own})

    def had(figure: str) -> Behind:
        """A request may have gone to another person since, so the list asks who had it then."""
        return Behind(f"{figure}_by_{row.key or 0}", own) if field == "assignee" and not is_total else opens(figure)

    rated = opens("rated")
    if field == "assignee" and not is_total:
        rated = Behind(f"rated_{row.key or 0}", own)
    name = (row.name or pgettext("assignee", "not assigned"), None if is_total else Behind("", narrowed))
    return [
        name, (row.registered, opens("registered")), (row.in_work, had("in_work")), (row.on_review, had("on_review")),
        (row.overdue, opens("overdue")), (row.done, had("done")), (hours, had("executed")), (rating, rated), (row.ratings, rated),
    ]  # fmt: skip
