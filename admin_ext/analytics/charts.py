"""Decides which tables of a report are drawn as charts and how: from the shown rows, so that a bar says what its cell says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from admin_ext.analytics.cells import Cell, day_words, short_day
from helpdesk.reports.shapes import Block

# More rows than this are left to the table.
ROWS = 10


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


def chart(block: Block, shown: list[list[Cell]], grain: str) -> dict[str, Any] | None:
    """Return what the script needs to draw `block`, of a period told by `grain` (`Period.grain`), None where it has no picture or nothing to draw."""
    drawing = DRAWINGS.get(block.name)
    body = shown[:-1] if block.has_total else shown
    if drawing is None or not any(row[at].value for row in body for at in drawing.tones):
        return None
    if drawing.sort == "days":
        return _days(block, drawing, body, grain)
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


def _days(block: Block, drawing: Drawing, body: list[list[Cell]], grain: str) -> dict[str, Any]:
    """Draw days, weeks or months: a short name on the axis, the whole one where the hand points."""
    heads = [row[0] for row in (block.rows[:-1] if block.has_total else block.rows)]
    if grain == "day":
        labels, names = [short_day(day) for day in heads], [day_words(day, "DATE_FORMAT") for day in heads]
    elif grain == "week":
        labels = [short_day(week.first) for week in heads]
        names = [_("Week of %(dates)s") % {"dates": week.label} for week in heads]
    else:
        labels = names = [month.label for month in heads]
    return _told(block, drawing, labels, names, body)
