"""Decides which figure a name in an address means: those at the top of the page and those inside its tables."""

from __future__ import annotations

from helpdesk.reports import handovers, limits, load
from helpdesk.reports.figures import FIGURES, Figure


def find(name: str) -> Figure | None:
    """Return the figure called `name`, None when there is none."""
    if name in FIGURES:
        return FIGURES[name]
    first, *rest = name.split("_")
    if len(rest) == 1 and first in limits.KINDS and rest[0] in limits.OUTCOMES:
        return limits.figure(next(kind for kind in limits.KINDS if kind.value == first), rest[0])
    if len(rest) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in rest):
        return None
    left, right = int(rest[0]), int(rest[1])
    if first == "hour" and left < 7 and right < 24:
        return load.figure(left, right)
    return handovers.figure(left, right) if first == "flow" else None
