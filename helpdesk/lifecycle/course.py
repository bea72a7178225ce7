"""Decides how the course of a ticket is cut into stays, and what a closing comes to. Knows neither people nor rows.

A stay is a stretch in which status, line and assignee were the same. A closing is the entry into a closed status; what it
took is added up from the stays before it. Time is counted by the clock on the wall, in whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from helpdesk.lifecycle.terms import CLOSED, Status

# Whose turn it is while a request is open: the requester's, or the judge's; at all other times support's.
WAITS = (Status.WAITING,)
REVIEWS = (Status.ON_REVIEW,)
# How a path is written: a letter for each status.
LETTERS = {Status.NEW: "n", Status.IN_WORK: "i", Status.WAITING: "w", Status.ON_REVIEW: "r", Status.REWORK: "k",
           Status.DONE: "d", Status.CANCELLED: "c"}  # fmt: skip
STATUS_OF = {letter: status for status, letter in LETTERS.items()}


@dataclass
class Stay:
    """A stretch of a ticket's course. `line`, `assignee` and `left_line` are ids, `until` is None while it lasts.

    Where the status is another than before, `came_from` is that status and `spent` the seconds in it; where the line is
    another, `left_line` is that line and `back` says whether the ticket had been on this one before.
    """

    number: int
    status: str
    line: int
    assignee: int | None
    since: datetime
    until: datetime | None = None
    came_from: str = ""
    spent: int | None = None
    left_line: int | None = None
    back: bool = False


@dataclass
class Closing:
    """An end of a ticket and what it took since registration, in seconds.

    `execution` ends with the submission that was judged, None when none was. `worked`, `waited` and `reviewed` together
    are the time the ticket was open. `path` is the statuses it went through, a letter (`LETTERS`) for each.
    """

    status: str
    at: datetime
    assignee: int | None
    execution: int | None
    worked: int
    waited: int
    reviewed: int
    returned: bool
    path: str


def seconds(since: datetime, until: datetime) -> int:
    """Return the seconds from the one moment to the other, of each the whole second; 0 when the clock was set back meanwhile."""
    return max(0, int(until.timestamp()) - int(since.timestamp()))


def next_stay(stays: Sequence[Stay], status: str, line: int, assignee: int | None, at: datetime) -> Stay | None:
    """Return the stay that begins at `at` behind `stays` (in order), None when the ticket stays where it is."""
    if not stays:
        return Stay(1, status, line, assignee, at)
    last = stays[-1]
    if (last.status, last.line, last.assignee) == (status, line, assignee):
        return None
    found = Stay(last.number + 1, status, line, assignee, at)
    if last.status != status:
        found.came_from, found.spent = last.status, seconds(_entered(stays), at)
    if last.line != line:
        found.left_line, found.back = last.line, any(stay.line == line for stay in stays)
    return found


def _entered(stays: Sequence[Stay]) -> datetime:
    """Return when the status of the last stay was entered; line and assignee may have changed since."""
    since = stays[-1].since
    for stay in reversed(stays):
        if stay.status != stays[-1].status:
            break
        since = stay.since
    return since


def closing(stays: Sequence[Stay]) -> Closing | None:
    """Return the closing that the last of `stays` (all of a ticket so far, in order) begins, None when it begins none."""
    *before, last = stays
    if last.status not in CLOSED or not last.came_from:
        return None
    took = {"worked": 0, "waited": 0, "reviewed": 0}
    for stay, following in zip(before, stays[1:], strict=True):
        if stay.status not in CLOSED:
            took[_turn(stay.status)] += seconds(stay.since, following.since)
    submitted = _entered(before) if last.came_from in REVIEWS else None
    execution = None if submitted is None else seconds(stays[0].since, submitted)
    returned = any(stay.status == Status.REWORK and stay.came_from in REVIEWS for stay in before)
    path = "".join(LETTERS[Status(status)] for status, _run in groupby(stay.status for stay in stays))
    return Closing(last.status, last.since, last.assignee, execution, **took, returned=returned, path=path)


def _turn(status: str) -> str:
    return "waited" if status in WAITS else "reviewed" if status in REVIEWS else "worked"


@dataclass
class Course:
    """All stays of a ticket and its closings, each with the number of the stay it begins."""

    stays: list[Stay]
    closings: list[tuple[int, Closing]]


def course(points: Iterable[tuple[str, int, int | None, datetime]]) -> Course:
    """Return the course of a ticket of which status, line, assignee and moment after each action are known, in order."""
    found = Course([], [])
    for status, line, assignee, at in points:
        stay = next_stay(found.stays, status, line, assignee, at)
        if stay is None:
            continue
        if found.stays:
            found.stays[-1].until = at
        found.stays.append(stay)
        if ended := closing(found.stays):
            found.closings.append((stay.number, ended))
    return found
