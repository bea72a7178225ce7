"""Decides what a cell of a foreign file says: a text, nothing, or a moment in the time zone of its column."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.spreadsheets.reading import as_text

_TIMES = (" %H:%M:%S", " %H:%M", "", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
_DAY_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")


class BadMoment(ValueError):
    """The cell holds no moment anybody could tell."""


class Cells:
    """Reads the cells of one file: which marks mean nothing, whether days come before months."""

    def __init__(self, unknown: list[str], *, day_first: bool) -> None:
        self._unknown = {mark.casefold() for mark in unknown}
        first, then = (_DAY_FIRST, _MONTH_FIRST) if day_first else (_MONTH_FIRST, _DAY_FIRST)
        self._first = [day + clock for day in first for clock in _TIMES]
        self._then = [day + clock for day in then for clock in _TIMES]

    def text(self, cell: Any) -> str:
        """Return what the cell shows, empty when it is one of the marks for nothing."""
        text = as_text(cell)
        return "" if text.casefold() in self._unknown else text

    def moment(self, cell: Any, zone: ZoneInfo) -> datetime | None:
        """Return the moment of the cell in UTC, None for nothing. Raises BadMoment."""
        if isinstance(cell, datetime):
            found = cell
        elif isinstance(cell, date):
            found = datetime.combine(cell, time.min)
        else:
            text = self.text(cell)
            if not text:
                return None
            found = self._read(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise BadMoment(str(cell)) from error

    def _read(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text.replace(" UTC", "+00:00"))
        except ValueError:
            pass
        for position, form in enumerate((*self._first, *self._then)):
            try:
                found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone of the column is put on by the caller
            except ValueError:
                continue
            if 0 < position < len(self._first):
                # A file has one form: it is tried first from now on.
                self._first.insert(0, self._first.pop(position))
            return found
        raise BadMoment(text)
