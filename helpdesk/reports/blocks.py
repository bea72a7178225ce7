"""Decides which figures and tables a report has: the same rows for the page, the files, the letters and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from tablib import Databook, Dataset

from helpdesk.actions import audit
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User
from helpdesk.reports import grids, in_and_out
from helpdesk.reports.parts import tables
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope, may_export
from helpdesk.reports.shapes import Block, Tile
from helpdesk.reports.tiles import as_block, tiles

__all__ = ["Block", "Report", "Tile", "as_book", "as_one_table", "blocks", "report", "tiles", "to_take_out"]


@dataclass(frozen=True)
class Report:
    """The figures of a period and its tables, of which the first has the same figures."""

    tiles: list[Tile]
    blocks: list[Block]


def report(scope: Scope, period: Period, *, for_reading: bool = False) -> Report:
    """Return figures and tables, each counted once; `for_reading` the days of a long period are put together."""
    tickets, found = scope.tickets, tiles(scope, period)
    return Report(found, [
        as_block(found, period),
        grids.by_status(tickets, period),
        in_and_out.by_stretch(tickets, period) if for_reading else in_and_out.by_day(tickets, period),
        *tables(scope, period),
        grids.kept_limits(tickets, period),
        grids.hours(tickets, period),
        grids.between_lines(tickets, period),
        grids.turns(tickets, period),
        grids.travelled(tickets, period),
        grids.steps(tickets, period),
        grids.oldest(tickets),
        grids.remarks(tickets, period),
    ])  # fmt: skip


def blocks(scope: Scope, period: Period) -> list[Block]:
    """Return every table of the report."""
    return report(scope, period).blocks


def to_take_out(user: User, scope: Scope, period: Period, *, form: str) -> list[Block]:
    """Return every table for a file; the audit hears of it. Raises ActionRefused without the right to take reports out."""
    verdict = may_export(user)
    if not verdict:
        raise ActionRefused(verdict)
    audit.exported(actor=user, what="analytics", form=form)
    return blocks(scope, period)


def as_book(found: list[Block]) -> Databook:
    """Return the blocks as sheets; the first sheet says what each of the others counts."""
    contents = Dataset(*([block.title, block.definition] for block in found), headers=[_("Table"), _("What it counts")])
    contents.title = _("Contents")
    sheets = [contents]
    for block in found:
        sheet = Dataset(*block.rows, headers=block.file_headers)
        sheet.title = block.title
        sheets.append(sheet)
    return Databook(sheets)


def as_one_table(found: list[Block]) -> Dataset:
    """Return the blocks below each other, the name of each in the first column, what it counts above its headers."""
    width = max(len(block.headers) for block in found)
    table = Dataset(headers=[_("Table"), *(str(number) for number in range(1, width + 1))])
    for block in found:
        rows: list[list[Any]] = [[block.definition], block.file_headers, *block.rows]
        for row in rows:
            cells = [date_format(cell, "Y-m-d") if hasattr(cell, "year") else cell for cell in row]
            table.append([block.title, *cells, *[None] * (width - len(row))])
    return table
