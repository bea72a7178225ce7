"""Decides how what is left of a clock becomes a due moment, and how a due moment becomes what is left. No rows here.

What is left is a list of stretches that follow each other: an untouched limit (`{"limit": "2bd"}`), or an amount in
seconds counted by the calendar (`{"work": 5400}`) or on the wall (`{"wall": 86400}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from helpdesk import worktime
from helpdesk.worktime import Calendar, Limit

Stretch = dict[str, Any]
_limit = lru_cache(maxsize=1000)(Limit.parse)


def untouched(limits: Iterable[Limit]) -> list[Stretch]:
    """Return what is left at the start: everything."""
    return [{"limit": str(limit)} for limit in limits]


def due(calendar: Calendar, start: datetime, left: Sequence[Stretch]) -> datetime:
    """Return the moment at which `left`, counted from `start`, runs out."""
    moment = start
    for _stretch, _start, moment in _walk(calendar, start, left):  # noqa: B007  the last end is the answer
        pass
    return moment


def left_at(calendar: Calendar, start: datetime, left: Sequence[Stretch], moment: datetime) -> list[Stretch]:
    """Return what is left at `moment` of a clock that has run since `start`; nothing when it has run out."""
    rest: list[Stretch] = []
    for stretch, begins, ends in _walk(calendar, start, left):
        if ends <= moment:
            continue
        if begins >= moment:
            rest.append(stretch)
        elif _is_wall(stretch):
            rest.append({"wall": (ends - moment).total_seconds()})
        else:
            rest.append({"work": worktime.between(calendar, moment, ends).total_seconds()})
    return rest


def _walk(calendar: Calendar, start: datetime, left: Sequence[Stretch]) -> Iterator[tuple[Stretch, datetime, datetime]]:
    for stretch in left:
        end = _end(calendar, start, stretch)
        yield stretch, start, end
        start = end


def _end(calendar: Calendar, start: datetime, stretch: Stretch) -> datetime:
    if "limit" in stretch:
        return worktime.add(calendar, start, _limit(stretch["limit"]))
    if "wall" in stretch:
        return start + timedelta(seconds=stretch["wall"])
    return worktime.add_working(calendar, start, timedelta(seconds=stretch["work"]))


def _is_wall(stretch: Stretch) -> bool:
    return "wall" in stretch or ("limit" in stretch and _limit(stretch["limit"]).is_wall)
