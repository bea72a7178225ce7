"""Decides what is kept of a finished month, and how it is written: for the whole desk, and for the requests of each line.

A part is a list of rows. A day (`2026-03-10`) says when something happened after the month was over, by the clock of the desk;
what happened within it has the month's first day, what did not happen is an empty text. A report that ends before that day
does not count it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from helpdesk.models import MonthPart
from helpdesk.reports.facts import KEY

Rows = list[list[Any]]
Key = tuple[Any, ...]


@dataclass
class Sums:
    """What is added up of some requests in a month; times in seconds.

    `came` counts by `KEY` and when late; `closed` has, by `KEY`, status and when closed so again: how many, returned,
    ratings, their sum, seconds worked, waited, reviewed. `moments` counts what happened by day, and by weekday and hour.
    """

    came: Counter[Key] = field(default_factory=Counter)
    reactions: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    closed: dict[Key, tuple[int, ...]] = field(default_factory=dict)
    executions: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    moments: Counter[tuple[str, Any, Any]] = field(default_factory=Counter)
    paths: Counter[tuple[str, str]] = field(default_factory=Counter)
    # Clock, when met, when missed, whether called off.
    limits: Counter[tuple[str, str, str, bool]] = field(default_factory=Counter)
    # The seconds before each step, by the statuses it leads from and to.
    steps: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    # What was open when the month ended, as `standing.at_end` counts it, and the first day of the month it was registered in.
    standing: Counter[Key] = field(default_factory=Counter)

    @property
    def registered(self) -> int:
        return self.came.total()

    def add_closing(self, group: Key, more: tuple[int, ...]) -> None:
        """Add what `closed` has of one closing to its `group`."""
        sums = self.closed.get(group)
        self.closed[group] = more if sums is None else tuple(map(int.__add__, sums, more))

    def parts(self) -> dict[MonthPart, str]:
        """Return every part as it is stored."""
        came = [[*group, count, sorted(self.reactions.get(group, ()))] for group, count in self.came.items()]
        closed = [[*group, *sums, sorted(self.executions.get(group, ()))] for group, sums in self.closed.items()]
        return {
            part: json.dumps(rows, separators=(",", ":"))
            for part, rows in (
                (MonthPart.REGISTERED, came),
                (MonthPart.REGISTERED_SUM, _without_key(came, 1)),
                (MonthPart.CLOSED, closed),
                (MonthPart.CLOSED_SUM, _without_key(closed, 2)),
                (MonthPart.MOMENTS, _counted(self.moments)),
                (MonthPart.LIMITS, _counted(self.limits)),
                (MonthPart.PATHS, _counted(self.paths)),
                (MonthPart.ARROWS, [[*step, sorted(seconds)] for step, seconds in self.steps.items()]),
                (MonthPart.STANDING, _counted(self.standing)),
            )
        }


def _without_key(rows: Rows, conditions: int) -> Rows:
    """Return the rows without `KEY`, added up for each value of the `conditions` columns behind it."""
    found: dict[Key, list[Any]] = {}
    start = len(KEY)
    for row in rows:
        at, sums = tuple(row[start : start + conditions]), row[start + conditions :]
        found[at] = [one + other for one, other in zip(found[at], sums, strict=True)] if at in found else sums
    return [[*at, *sums, sorted(seconds)] for at, (*sums, seconds) in found.items()]


def _counted(counts: Counter[Any]) -> Rows:
    return [[*what, count] for what, count in counts.items()]
