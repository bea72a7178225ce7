"""Decides which figure a name in an address means: those at the top of the page and those inside its tables."""

from __future__ import annotations

from helpdesk.lifecycle import Status
from helpdesk.reports import handovers, inside, limits, load, paths
from helpdesk.reports.figures import FIGURES, Figure
from helpdesk.reports.inside import INSIDE, OF_PERSON
from helpdesk.whole_numbers import whole_number, whole_numbers

# What a name begins with, and how many numbers follow it.
_NUMBERED = {"weekday": 1, "clock": 1, "rated": 1, "hour": 2, "flow": 2, "back": 2}


def find(name: str) -> Figure | None:
    """Return the figure called `name`, None when there is none."""
    first, _sep, rest = name.partition("_")
    if name in FIGURES or name in INSIDE:
        return FIGURES.get(name) or INSIDE[name]
    if first == "status" and rest in Status.values:
        return inside.with_status(Status(rest))
    if first in ("path", "arrow"):
        return (paths.on_path if first == "path" else paths.along)(rest)
    whole, _by, person = name.rpartition("_by_")
    if whole in OF_PERSON and (of := whole_number(person)) is not None:
        return inside.of_person(whole, of)
    if name.startswith("done_on_"):
        return inside.done_on(name.removeprefix("done_on_"))
    if first in limits.KINDS and rest in limits.OUTCOMES:
        return limits.figure(next(kind for kind in limits.KINDS if kind.value == first), rest)
    parts = rest.split("_")
    numbers = whole_numbers(parts)
    return _numbered(first, numbers) if _NUMBERED.get(first) == len(parts) == len(numbers) else None


def _numbered(first: str, numbers: list[int]) -> Figure | None:
    found: Figure | None = None
    if first == "rated":
        found = inside.rated_for(numbers[0])
    elif first in ("flow", "back"):
        found = (handovers.figure if first == "flow" else handovers.came_back)(*numbers)
    elif first == "weekday" and numbers[0] < 7:
        found = load.on_weekday(numbers[0])
    elif first == "clock" and numbers[0] < 24:
        found = load.at_hour(numbers[0])
    elif first == "hour" and numbers[0] < 7 and numbers[1] < 24:
        found = load.figure(*numbers)
    return found
