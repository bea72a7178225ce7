"""Decides the shape of a report: figures with a change, tables with a definition, and the list behind each of their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import pgettext

from helpdesk.reports.period import Period


class Behind(NamedTuple):
    """The list that a number opens: a figure of `named`, narrowed further than the report, in its period or another.

    Without a `figure` it is the report itself, narrowed.
    """

    figure: str
    narrowed: Mapping[str, int | str] = MappingProxyType({})
    period: Period | None = None

    def query(self, period: Period, narrowed: Mapping[str, int | str]) -> str:
        """Return the address of the list behind the question mark, in a report of `period` that is `narrowed`."""
        query = (self.period or period).query
        for name, value in ({**narrowed, **self.narrowed} if narrowed else self.narrowed).items():
            query += f"&{name}={value}"
        return query


@dataclass(frozen=True)
class Tile:
    """A figure with its value in the period and in the one before; `share` in per cent, `figure` names the list behind it."""

    name: str
    label: str
    definition: str
    value: float | None
    before: float | None
    unit: str = ""
    share: float | None = None
    count: int | None = None
    figure: str = ""


# A cell, and the list that it opens.
Linked = tuple[Any, Behind | None]


@dataclass(frozen=True)
class Block:
    """One table of a report: what it counts in one sentence, its rows, and beside each cell the list behind it.

    `units` says by column what the numbers are: "requests" where the list has as many rows as the number says, "times" where
    a request may be counted more than once, "hours", "rating", "share" in per cent, "request" for the number of one; nothing for words and dates.
    """

    name: str
    title: str
    headers: list[str]
    rows: list[list[Any]]
    definition: str = ""
    units: Sequence[str] = ()
    behind: Sequence[Sequence[Behind | None]] = ()
    has_total: bool = False

    @property
    def file_headers(self) -> list[str]:
        """The headers where numbers stand without their unit, as in files: they say that a column is in hours."""
        units = [*self.units, *[""] * (len(self.headers) - len(self.units))]
        return [
            f"{header}, {pgettext('unit', 'hours')}" if unit == "hours" else header
            for header, unit in zip(self.headers, units, strict=True)
        ]

    def cells(self) -> Iterable[list[tuple[Any, str, Behind | None]]]:
        """Yield the rows as cells: value, unit, what stands behind it."""
        width = len(self.headers)
        units = [*self.units, *[""] * (width - len(self.units))]
        for row, behind in zip_longest(self.rows, self.behind, fillvalue=()):
            opens = [*behind, *[None] * (width - len(behind))]
            yield list(zip(row, units, opens, strict=True))


def linked(name: str, title: str, definition: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Linked]],
           *, has_total: bool = False) -> Block:  # fmt: skip
    """Return a block of `columns` (header and unit) whose cells come with their lists; an empty number opens none."""
    cells = [list(row) for row in rows]
    return Block(
        name, title, [header for header, _unit in columns], [[value for value, _behind in row] for row in cells],
        definition, [unit for _header, unit in columns],
        [[behind if value else None for value, behind in row] for row in cells], has_total,
    )  # fmt: skip
