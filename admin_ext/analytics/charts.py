"""Decides which tables of a report are drawn as charts and how: from the shown rows, so that a bar says what its cell says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from admin_ext.analytics.cells import Addresses, Cell, short_day, words
from helpdesk.reports.period import Period, between, month_of
from helpdesk.reports.shapes import Behind, Block

# More days than this are drawn by week, more than that by month; more rows than this are left to the table.
DAYS, WEEKS, ROWS = 62, 190, 10


@dataclass(frozen=True)
class Drawing:
    """How a table is drawn: its sort, and which column is drawn in which tone."""

    sort: str
    tones: dict[int, str]


_OF_PART = Drawing("bars", {1: "in", 5: "out", 4: "late"})
DRAWINGS = {
    "by_day": Drawing("days", {1: "in", 2: "out", 3: "line"}),
    "by_status": Drawing("bars", {1: "in"}),
    "limits": Drawing("stack", {1: "out", 2: "late", 3: "wait", 4: "rest"}),
    "turns": Drawing("stack", {2: "in", 3: "wait", 4: "rest"}),
    "paths": Drawing("bars", {1: "in"}),
    "by_line": _OF_PART,
    "by_service": _OF_PART,
    "by_kind": _OF_PART,
    "by_assignee": _OF_PART,
}


def chart(block: Block, shown: list[list[Cell]], leads: Addresses) -> dict[str, Any] | None:
    """Return what the script needs to draw `block`, None where it has no picture or nothing to draw."""
    drawing = DRAWINGS.get(block.name)
    body = shown[:-1] if block.has_total else shown
    if drawing is None or not any(row[at].value for row in body for at in drawing.tones):
        return None
    if drawing.sort == "days":
        return _days(block, drawing, body, leads)
    body = (
        [row for row in body if any(row[at].value for at in drawing.tones)][:ROWS] if drawing.sort == "bars" else body
    )
    return _told(block, drawing, [row[0].text for row in body], [row[0].text for row in body], body)


def _told(
    block: Block, drawing: Drawing, labels: list[str], names: list[str], body: Sequence[Sequence[Cell]]
) -> dict[str, Any]:
    series = [
        {
            "label": block.headers[at], "tone": tone,
            "values": [row[at].value for row in body], "texts": [row[at].text for row in body], "lists": [row[at].href for row in body],
        }
        for at, tone in drawing.tones.items()
    ]  # fmt: skip
    units = {block.units[at] for at in drawing.tones}
    axis = pgettext("unit", "hours") if units == {"hours"} else ""
    return {"name": block.name, "sort": drawing.sort, "labels": labels, "names": names, "series": series, "axis": axis}


def _days(block: Block, drawing: Drawing, body: list[list[Cell]], leads: Addresses) -> dict[str, Any]:
    """Draw days as they are, or many of them in weeks or months: sums of what came and went, the last of what was open."""
    days = [row[0] for row in (block.rows[:-1] if block.has_total else block.rows)]
    if len(days) <= DAYS:
        names = [date_format(day, "DATE_FORMAT") for day in days]
        return _told(block, drawing, [short_day(day) for day in days], names, body)
    labels, names, together = [], [], []
    for _key, group in groupby(zip(days, body, strict=True), key=lambda pair: _bundle(pair[0], len(days))):
        pairs = list(group)
        stretch = between(pairs[0][0], pairs[-1][0])
        is_month = len(days) > WEEKS
        labels.append(_month(stretch) if is_month else short_day(stretch.first))
        names.append(labels[-1] if is_month else _("Week of %(dates)s") % {"dates": stretch.label})
        together.append(_sum([row for _day, row in pairs], drawing, stretch, leads))
    return _told(block, drawing, labels, names, together)


def _bundle(day: date, days: int) -> tuple[int, int]:
    return (day.year, day.month) if days > WEEKS else day.isocalendar()[:2]


def _month(stretch: Period) -> str:
    month = month_of(stretch.first)
    return f"{str(MONTHS[month.first.month]).capitalize()} {month.first.year}"


def _sum(rows: list[list[Cell]], drawing: Drawing, stretch: Period, leads: Addresses) -> list[Cell]:
    found = [rows[-1][0]]
    within = f"done_on_{stretch.first:%Y%m%d}_{stretch.last:%Y%m%d}"
    lists = {1: Behind("registered", period=stretch), 2: Behind(within), 3: Behind("open", period=stretch)}
    for at in drawing.tones:
        values = [value for row in rows if (value := row[at].value) is not None]
        total = (values[-1] if values else None) if drawing.tones[at] == "line" else sum(values)
        found.append(Cell(words(total, ""), leads.of(lists[at]), value=total))
    return found
