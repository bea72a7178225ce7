"""Decides how the steps between statuses are pictured: on the diagram of the lifecycle, arrows as thick as they were travelled."""

from __future__ import annotations

from dataclasses import dataclass

from admin_ext.analytics.cells import Cell
from helpdesk.diagram import HEIGHT, PLACES, SIZE, WAYS, WIDTH
from helpdesk.lifecycle import CLOSED, Status

THINNEST, THICKEST = 1.5, 9


@dataclass(frozen=True)
class Way:
    """A step that was made: its line and how thick it is, where its words stand, how often and how long before."""

    path: str
    width: float
    x: int
    y: int
    anchor: str
    source: str
    target: str
    times: Cell
    before: Cell


@dataclass(frozen=True)
class Box:
    """A status in its place."""

    x: float
    y: float
    middle: int
    words: int
    label: str
    is_closed: bool


@dataclass(frozen=True)
class Picture:
    """The steps that have a way of their own in the diagram; `rest` is how many were made along none (corrections)."""

    width: int
    height: int
    box: tuple[int, int]
    ways: list[Way]
    boxes: list[Box]
    rest: int


def picture(rows: list[list[Cell]]) -> Picture | None:
    """Return the picture of rows of from, to, times, median time before; None where no step was made."""
    status_of = {str(status.label): status for status in Status}
    most = max((row[2].value or 0 for row in rows), default=0)
    if not most:
        return None
    ways, rest = [], 0
    for source, target, times, before in rows:
        count = times.value or 0
        way = WAYS.get((status_of[source.text], status_of[target.text]))
        if way is None:
            rest += int(count)
            continue
        path, x, y, anchor = way
        width = round(THINNEST + (THICKEST - THINNEST) * count / most, 1)
        ways.append(Way(path, width, x, y, anchor, source.text, target.text, times, before))
    boxes = [
        Box(x - WIDTH / 2, y - HEIGHT / 2, x, y + 5, str(Status(status).label), status in CLOSED)
        for status, (x, y) in PLACES.items()
    ]
    return Picture(*SIZE, (WIDTH, HEIGHT), ways, boxes, rest)
