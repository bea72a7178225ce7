"""Decides the tables of a report as data: the same rows for the page, the files and the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from tablib import Databook, Dataset

from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User
from helpdesk.reports import breakdown, figures, handovers, limits, load, remarkable
from helpdesk.reports.breakdown import Row
from helpdesk.reports.figures import FIGURES, Durations
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope, may_export


@dataclass(frozen=True)
class Tile:
    """A figure with its value in the period and in the one before; `share` in per cent, `name` where a list stands behind it."""

    name: str
    label: str
    definition: str
    value: float | None
    before: float | None
    unit: str = ""
    share: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Block:
    """One table of a report."""

    name: str
    title: str
    headers: list[str]
    rows: list[list[Any]]


def tiles(scope: Scope, period: Period) -> list[Tile]:
    """Return the figures at the top of the page."""
    now, then = (figures.counts(scope.tickets, stretch) for stretch in (period, period.before()))
    bases = {"overdue": now["registered"], "returned": now["done"]}
    found = [
        Tile(
            name, str(figure.label), str(figure.definition), now[name], then[name],
            share=100 * now[name] / bases[name] if bases.get(name) else None,
        )
        for name, figure in FIGURES.items() if name != "rated"
    ]  # fmt: skip
    return [*found, *_times(scope, period), _rating(scope, period)]


def _times(scope: Scope, period: Period) -> Iterator[Tile]:
    taken = [figures.execution(scope.tickets, stretch) for stretch in (period, period.before())]
    reaction = [figures.first_reaction(scope.tickets, stretch) for stretch in (period, period.before())]
    said = _(
        "From registration to the last submission of the result, by the clock on the wall; requests done in the period."
    )
    begun = _("From registration to the first taking, by the clock on the wall; requests registered in the period.")

    def tile(name: str, label: str, text: str, pair: list[Durations], part: str) -> Tile:
        now, then = (getattr(durations, part) for durations in pair)
        return Tile(name, label, text, now, then, unit="seconds", count=pair[0].count)

    yield tile("execution_median", _("Execution, median"), said, taken, "median")
    yield tile("execution_mean", _("Execution, mean"), said, taken, "mean")
    yield tile("execution_p90", _("Execution, nine of ten within"), said, taken, "p90")
    yield tile("reaction_median", _("First reaction, median"), begun, reaction, "median")


def _rating(scope: Scope, period: Period) -> Tile:
    now, then = (figures.rating(scope.tickets, stretch) for stretch in (period, period.before()))
    text = _("The mean of the ratings given in the period.")
    return Tile("rated", _("Mean rating"), text, now[0], then[0], unit="rating", count=now[1])


def blocks(scope: Scope, period: Period) -> list[Block]:
    """Return every table of the report."""
    tickets = scope.tickets
    found = [
        Block("figures", _("Figures"), [_("Figure"), _("Value"), _("Period before"), _("Definition")],
              [[tile.label, tile.value, tile.before, tile.definition] for tile in tiles(scope, period)]),
        Block("by_status", _("By status"), [_("Status"), _("Requests")],
              [[str(status.label), count] for status, count in breakdown.by_status(tickets, period)]),
        Block("by_day", _("By day"), [_("Date"), pgettext("figure", "Registered"), pgettext("figure", "Done"), _("Open at the end of the day")],
              [[day.day, day.registered, day.done, day.backlog] for day in breakdown.by_day(tickets, period)]),
    ]  # fmt: skip
    rows_of = breakdown.tables(tickets, period)
    for field, name, title, first in parts():
        rows = rows_of[field]
        found.append(Block(name, title, [first, *row_headers()], [_cells(row) for row in [*rows, total(rows)]]))
    return [*found, *_more(scope, period)]


def parts() -> list[tuple[str, str, str, str]]:
    """Return what the figures are broken down by: the field, the name of the block, its title, what its first column is."""
    return [
        ("assignee", "by_assignee", _("By assignee"), _("Assignee")),
        ("line", "by_line", _("By line"), _("Line")),
        ("service", "by_service", _("By service"), _("Service")),
        ("work_type", "by_kind", _("By kind of work"), _("Kind of work")),
    ]


def _more(scope: Scope, period: Period) -> Iterator[Block]:
    tickets = scope.tickets
    yield Block("limits", _("Limits"), [_("Limit"), *(str(label) for label, _definition in limits.OUTCOMES.values())],
                [[str(row.kind.label), row.met, row.missed, row.running, row.none] for row in limits.kept(tickets, period)])  # fmt: skip
    yield Block("load", _("Hours of the week"), [_("Day of the week"), *map(str, range(24))],
                [[str(WEEKDAYS[day]), *hours] for day, hours in enumerate(load.by_hour(tickets, period))])  # fmt: skip
    yield Block("handovers", _("Between lines"), [_("From line"), _("To line"), _("Hand-overs"), _("Came back"), _("Requests")],
                [[flow.source_name, flow.target_name, flow.moves, flow.back, len(flow.tickets)]
                 for flow in handovers.flows(tickets, period)])  # fmt: skip
    yield Block("oldest", _("Oldest open requests"), [_("Number"), _("Subject"), _("Status"), _("Line"), _("Assignee"), _("Date")],
                [[ticket.pk, ticket.subject, ticket.get_status_display(), str(ticket.line), str(ticket.assignee or ""),
                  localtime(ticket.created_at).date()] for ticket in remarkable.oldest(tickets)])  # fmt: skip
    yield Block("remarks", _("Ratings with words"), [_("Number"), _("Rating"), _("Comment"), _("Assignee"), _("Date")],
                [[given.ticket_id, given.value, given.comment, str(given.assignee or ""), localtime(given.created_at).date()]
                 for given in remarkable.remarks(tickets, period)])  # fmt: skip


def to_take_out(user: User, scope: Scope, period: Period) -> list[Block]:
    """Return every table for a file. Raises ActionRefused without the right to take reports out."""
    verdict = may_export(user)
    if not verdict:
        raise ActionRefused(verdict)
    return blocks(scope, period)


def row_headers() -> list[str]:
    """Return the headers of the columns of a `Row` behind its name."""
    return [pgettext("figure", "Registered"), _("In work now"), _("On review now"), pgettext("figure", "Overdue"), pgettext("figure", "Done"),
            _("Median execution, hours"), _("Mean rating"), _("Ratings")]  # fmt: skip


def total(rows: list[Row]) -> Row:
    """Return the sums of `rows`; a median and a mean of parts would say nothing, so a total has none."""

    def add(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    return Row(None, _("Total"), add("registered"), add("in_work"), add("on_review"), add("overdue"), add("done"),
               None, None, add("ratings"))  # fmt: skip


def _cells(row: Row) -> list[Any]:
    hours = None if row.median is None else round(row.median / 3600, 2)
    rating = None if row.rating is None else round(row.rating, 2)
    name = row.name or pgettext("assignee", "not assigned")
    return [name, row.registered, row.in_work, row.on_review, row.overdue, row.done, hours, rating, row.ratings]


def as_book(found: list[Block]) -> Databook:
    """Return the blocks as sheets."""
    sheets = []
    for block in found:
        sheet = Dataset(*block.rows, headers=block.headers)
        sheet.title = block.title
        sheets.append(sheet)
    return Databook(sheets)


def as_one_table(found: list[Block]) -> Dataset:
    """Return the blocks below each other, the name of each in the first column: what a csv file can hold."""
    width = max(len(block.headers) for block in found)
    table = Dataset(headers=[_("Table"), *(str(number) for number in range(1, width + 1))])
    for block in found:
        for row in [block.headers, *block.rows]:
            cells = [date_format(cell, "Y-m-d") if hasattr(cell, "year") else cell for cell in row]
            table.append([block.title, *cells, *[None] * (width - len(row))])
    return table
