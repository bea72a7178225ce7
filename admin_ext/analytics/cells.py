"""Decides how the cells of a report read on a page, where they lead, and which of them are bad news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import get_language

from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope
from helpdesk.reports.shapes import Behind, Block
from helpdesk.reports.wording import span_words

LEVELS = 5
COUNTS = frozenset({"requests", "times"})
NUMBERS = COUNTS | {"hours", "rating", "share"}


class Cell(NamedTuple):
    """A cell as it is shown. `tone` is "late" for bad news; `level` says from 0 to 5 how much it is beside the other cells.

    `is_number` says that it stands in a column of numbers, `value` is the number where there is one.
    """

    text: str
    href: str = ""
    tone: str = ""
    level: int = 0
    value: float | None = None
    is_number: bool = False


@dataclass(frozen=True)
class Addresses:
    """Where the numbers of one report lead, from its page on: there are so many that each letter of an address counts."""

    period: Period
    asked: Scope

    def of(self, behind: Behind | None) -> str:
        """Return the address of the list behind a number, empty when there is none."""
        if behind is None:
            return ""
        query = behind.query(self.period, self.asked.narrowed)
        return f"tickets/{behind.figure}/?{query}" if behind.figure else f"?{query}"


def rows(block: Block, leads: Addresses) -> list[list[Cell]]:
    """Return the rows of `block` as they are shown."""
    busiest = _busiest(block)
    return [[_cell(*cell, leads, busiest) for cell in row] for row in block.cells()]


def headers(block: Block) -> list[tuple[str, bool]]:
    """Return the headers of `block`, each with whether it stands above numbers."""
    units = [*block.units, *[""] * (len(block.headers) - len(block.units))]
    return [(header, unit in NUMBERS) for header, unit in zip(block.headers, units, strict=True)]


def _cell(value: Any, unit: str, behind: Behind | None, leads: Addresses, busiest: float) -> Cell:
    number = value if isinstance(value, int | float) else None
    text, is_number = words(value, unit), unit in NUMBERS
    if behind is None or not value:
        href = reverse("admin:helpdesk_ticket_change", args=[value]) if unit == "request" else ""
        return Cell(text, href, value=number, is_number=is_number)
    level = -(-int(number * LEVELS) // int(busiest)) if busiest and number and _is_hour(behind.figure) else 0
    return Cell(text, leads.of(behind), _tone(behind.figure), level, number, is_number)


def _is_hour(figure: str) -> bool:
    return figure.startswith("hour_")


def _busiest(block: Block) -> float:
    """Return the highest number of the inner cells of the table of hours; 0 for all other tables."""
    if block.name != "load":
        return 0
    return max((value for row in block.rows[:-1] for value in row[1:-1]), default=0)


@lru_cache(maxsize=1000)
def _tone(figure: str) -> str:
    """Return whether a figure is bad news. There are a few dozen, and a page has a thousand cells."""
    return "late" if figure == "overdue" or figure.endswith("_missed") or figure.startswith("back_") else ""


def words(value: Any, unit: str) -> str:
    """Return a value as people read it: hours as a stretch of time, a rating with two digits, days, a number with groups."""
    if value is None:
        return "–"
    # Most cells are counts without groups of digits.
    if type(value) is int and 0 <= value < 1000 and unit in COUNTS:
        return str(value)
    if unit == "hours":
        return span_words(timedelta(hours=value))
    if unit == "rating":
        return _decimal(value, 2)
    if unit == "share":
        return _decimal(value, 1)
    if unit == "request":
        return f"#{value}"
    if isinstance(value, date):
        return day_words(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Period):
        return value.label
    return number_format(value, force_grouping=True) if isinstance(value, int | float) else str(value)


def _decimal(value: float, digits: int) -> str:
    # Ratings and shares are too small for groups of digits, and a table has hundreds of them.
    return f"{value:.{digits}f}".replace(".", get_format("DECIMAL_SEPARATOR"))


def short_day(day: date) -> str:
    """Return a day without its year: "24 Nov", «24 ноября»."""
    return day_words(day, "j E" if get_language() == "ru" else "j M")


def day_words(day: date, form: str) -> str:
    """Return a day as `form` has it. A page has a hundred and fifty of them, the next one the same."""
    return _day_words(day, form, get_language())


@lru_cache(maxsize=2000)
def _day_words(day: date, form: str, _language: str | None) -> str:
    return date_format(day, form)
