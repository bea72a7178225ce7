"""Decides whose turn it was while requests were open: support worked, the requester was waited for, or the review was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from helpdesk.reports import facts, names
from helpdesk.reports.facts import Tally
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period


@dataclass(frozen=True)
class Split:
    """The time the requests done in a period were open, in seconds by the clock on the wall; `key` is the id of their line."""

    key: int | None
    name: str
    done: int
    worked: int
    waited: int
    reviewed: int

    @property
    def whole(self) -> int:
        return self.worked + self.waited + self.reviewed

    def share(self, seconds: int) -> float | None:
        """Return `seconds` of this as per cent of the whole, None of no time at all."""
        return 100 * seconds / self.whole if self.whole else None

    def mean(self, seconds: int) -> float | None:
        """Return how many `seconds` of this came upon each request, None without requests."""
        return seconds / self.done if self.done else None


def by_line(tickets: Tickets, period: Period) -> list[Split]:
    """Return the split for each line on which requests were done in the period, the busiest first."""
    found: dict[int, Tally] = defaultdict(Tally)
    for (line, *_rest), tally in facts.groups(tickets, period).items():
        if tally.done:
            found[line].add(tally)
    called = names.of_catalog(tickets)["line"]
    rows = [_split(key, called[key], tally) for key, tally in found.items()]
    return sorted(rows, key=lambda row: (-row.done, row.name))


def whole(tickets: Tickets, period: Period, name: str = "") -> Split:
    """Return the split of all requests done in the period, called `name`."""
    return _split(None, name, facts.whole(tickets, period))


def _split(key: int | None, name: str, tally: Tally) -> Split:
    return Split(key, name, tally.done, tally.worked, tally.waited, tally.reviewed)
