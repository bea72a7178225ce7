"""Decides how hand-overs between lines are pictured: lines on both sides, bands between them as wide as what went over."""

from __future__ import annotations

from dataclasses import dataclass

from admin_ext.analytics.cells import Cell

WIDTH, NAMES, BAR, GAP, LEAST = 1000, 310, 12, 26, 3
# One hand-over is at most this high, all of them together at most that high.
ONE, ALL = 16, 260


@dataclass(frozen=True)
class Band:
    """What went from one line to another: the outline of its band, in the units of the picture, and where it leads."""

    path: str
    source: str
    target: str
    moves: Cell
    back: Cell
    tone: int


@dataclass(frozen=True)
class Side:
    """A line on one side of the picture: the bar of all that left it or came to it."""

    name: str
    count: int
    x: float
    y: float
    height: float
    middle: float


@dataclass(frozen=True)
class Picture:
    """The whole picture; `height` in its units."""

    height: float
    bands: list[Band]
    left: list[Side]
    right: list[Side]


def picture(rows: list[list[Cell]]) -> Picture | None:
    """Return the picture of rows of source, target, hand-overs, came back; None where nothing was handed over."""
    moves = [(row[0].text, row[1].text, int(row[2].value or 0)) for row in rows]
    total = sum(count for _source, _target, count in moves)
    if not total:
        return None
    scale = min(ONE, ALL / total)
    left = _side([(source, count) for source, _target, count in moves], scale, NAMES)
    right = _side([(target, count) for _source, target, count in moves], scale, WIDTH - NAMES - BAR)
    used = {id(side): side.y for side in (*left.values(), *right.values())}
    names = list(left)
    bands = []
    for row, (source, target, count) in zip(rows, moves, strict=True):
        height = max(LEAST, count * scale)
        one, other = left[source], right[target]
        path = _band(one.x + BAR, used[id(one)], other.x, used[id(other)], height)
        used[id(one)] += height
        used[id(other)] += height
        bands.append(Band(path, source, target, row[2], row[3], names.index(source) % 5))
    lowest = max(side.y + side.height for side in (*left.values(), *right.values()))
    return Picture(round(lowest + GAP / 2, 1), bands, list(left.values()), list(right.values()))


def _side(moves: list[tuple[str, int]], scale: float, x: float) -> dict[str, Side]:
    found: dict[str, list[int]] = {}
    for name, count in moves:
        found.setdefault(name, []).append(count)
    y, sides = GAP / 2, {}
    for name, counts in found.items():
        height = sum(max(LEAST, count * scale) for count in counts)
        sides[name] = Side(name, sum(counts), x, round(y, 1), round(height, 1), round(y + height / 2, 1))
        y += height + GAP
    return sides


def _band(x1: float, y1: float, x2: float, y2: float, height: float) -> str:
    middle = (x1 + x2) / 2
    low1, low2 = y1 + height, y2 + height
    return (
        f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        f"V{low2:.1f}C{middle:.1f} {low2:.1f} {middle:.1f} {low1:.1f} {x1:.1f} {low1:.1f}Z"
    )
