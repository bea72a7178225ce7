"""Decides what is told of how long things took: the middle, the mean, the ninth tenth, exact to the second."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True)
class Durations:
    """How long things took, in seconds: the middle, the mean, and what nine of ten stay below. None without cases."""

    count: int
    median: float | None
    mean: float | None
    p90: float | None


def durations(seconds: Sequence[int]) -> Durations:
    """Return the middle, the mean and the ninth tenth of stretches of time in seconds."""
    if not seconds:
        return Durations(0, None, None, None)
    ordered = sorted(seconds)
    ninth = ordered[max(0, -(-len(ordered) * 9 // 10) - 1)]
    return Durations(len(ordered), median(ordered), fmean(ordered), ninth)


def middle(runs: Sequence[Sequence[int]]) -> float:
    """Return the median of all numbers of `runs`, each of which is in order; not all may be empty.

    Nothing is sorted: a year has more steps than seconds to spare.
    """
    count = sum(map(len, runs))
    upper = _at(runs, count // 2)
    return upper if count % 2 else (_at(runs, count // 2 - 1) + upper) / 2


def _at(runs: Sequence[Sequence[int]], place: int) -> int:
    """Return the number that would stand at `place`, counted from 0, if all were in one order."""
    if len(runs) == 1:
        return runs[0][place]
    low, high = min(run[0] for run in runs if run), max(run[-1] for run in runs if run)
    while low < high:
        number = (low + high) // 2
        if sum(bisect_right(run, number) for run in runs) > place:
            high = number
        else:
            low = number + 1
    return low
