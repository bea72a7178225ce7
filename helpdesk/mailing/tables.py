"""Decides which tables of a report stand in its letter, how long they are, and where their numbers lead."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.models import Ticket
from helpdesk.notify import envelope
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope
from helpdesk.reports.shapes import Behind, Block, Tile
from helpdesk.reports.wording import change_words, note_words, value_words

# A letter is read on a phone; the rest is in the file and on the page.
SHOWN = 10
COLOURS = {"good": "#1b7f4b", "bad": "#b3261e", "": "#5b6675"}
# In the order of the letter; of the wide ones a few columns.
_WIDE = ("by_line", "by_service", "by_kind", "by_assignee")
_MAIN = ("limits", *_WIDE, "handovers", "oldest", "remarks")


class Cell(NamedTuple):
    """A cell in words, what its column is called, and the address it opens."""

    column: str
    text: str
    address: str
    is_number: bool


class Table(NamedTuple):
    """A table of the letter. `more` rows are left out; `total` is empty where there is none."""

    title: str
    headers: list[tuple[str, bool]]
    rows: list[list[Cell]]
    more: int
    total: list[Cell]


def tiles(found: list[Tile], asked: Scope, stretch: Period) -> list[list[dict[str, str]]]:
    """Return the figures in words with their change, two in a row."""
    shown = [_tile(tile, asked, stretch) for tile in found]
    return [shown[number : number + 2] for number in range(0, len(shown), 2)]


def _tile(tile: Tile, asked: Scope, stretch: Period) -> dict[str, str]:
    change, tone = change_words(tile)
    return {
        "label": tile.label, "value": value_words(tile.value, tile.unit), "note": note_words(tile), "change": change,
        "colour": COLOURS[tone], "address": _address(Behind(tile.figure), asked, stretch) if tile.figure else "",
    }  # fmt: skip


def main(found: list[Block], asked: Scope, stretch: Period) -> list[Table]:
    """Return the tables for the letter, those without rows left out."""
    by_name = {block.name: block for block in found}
    blocks = [by_name[name] for name in _MAIN if name in by_name and by_name[name].rows]
    return [_table(block, asked, stretch) for block in blocks]


def _table(block: Block, asked: Scope, stretch: Period) -> Table:
    columns = _columns(block)
    rows = [[row[at] for at in columns] for row in block.cells()]
    last = rows.pop() if block.has_total else []
    if block.name in _WIDE and len(rows) > SHOWN:
        rows.sort(key=lambda row: -row[1][0])

    units = [*block.units, *[""] * len(block.headers)]
    names = [block.headers[at] for at in columns]

    def told(row: list[Any]) -> list[Cell]:
        return [_cell(name, cell, asked, stretch) for name, cell in zip(names, row, strict=True)]

    headers = [(name, bool(units[at]) and units[at] != "request") for name, at in zip(names, columns, strict=True)]
    shown = [told(row) for row in rows[:SHOWN]]
    return Table(block.title, headers, shown, len(rows) - len(shown), told(last) if last else [])


def _columns(block: Block) -> list[int]:
    if block.name in ("oldest", "remarks"):
        narrow = {_("Line"), _("Assignee")}
        return [at for at, header in enumerate(block.headers) if header not in narrow]
    wanted = {pgettext("figure", "Registered"), pgettext("figure", "Done"), pgettext("figure", "Overdue"),
              _("Median execution")}  # fmt: skip
    if block.name not in _WIDE:
        return list(range(len(block.headers)))
    return [at for at, header in enumerate(block.headers) if at == 0 or header in wanted]


def _cell(column: str, cell: tuple[Any, str, Behind | None], asked: Scope, stretch: Period) -> Cell:
    value, unit, behind = cell
    if unit == "request":
        return Cell(column, f"#{value}", envelope.address(Ticket(pk=value).get_absolute_url()), is_number=False)
    if isinstance(value, date):
        return Cell(column, date_format(value, "SHORT_DATE_FORMAT"), "", is_number=False)
    if unit == "hours":
        return Cell(column, value_words(value and value * 3600, "seconds"), "", is_number=True)
    text = value_words(value, unit if unit == "rating" else "") if unit else str(value) or "–"
    return Cell(column, text, _address(behind, asked, stretch) if behind else "", is_number=bool(unit))


def _address(behind: Behind, asked: Scope, stretch: Period) -> str:
    page = envelope.page("analytics_tickets", behind.figure) if behind.figure else envelope.page("analytics")
    return f"{page}?{behind.query(stretch, asked.narrowed)}"
