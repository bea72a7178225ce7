"""The goals, as ratios within one run and on the least times, and whether they are met.

On SQLite, where both servers tell the time of the processor, that is compared: on a shared machine it is steadier than the clock
on the wall, which the table shows beside it. PostgreSQL is another process, whose work is no server's, the peer tells no time of
the processor, and the limit leaves its work to the database: there the wall counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """A goal at one database: what was found and what was allowed."""

    goal: str
    found: float
    most: float

    @property
    def met(self) -> bool:
        return self.found <= self.most

    def __str__(self) -> str:
        return f"{'met   ' if self.met else 'MISSED'}  {self.goal}: {self.found:.3g} (at most {self.most:g})"


# A page or an address, beside what, and how many times as long it may take.
RATIOS = (
    ("list, my lines", "floor: list, my lines", 4),
    ("list, all", "floor: list, all", 4),
    ("filter, open", "floor: filter, open", 4),
    ("filter, done", "floor: filter, done", 4),
    ("list, all, last page", "list, all", 1.5),
    ("search in the list, rare", "list, all", 2),
    ("search in the list, common", "list, all", 2),
    ("ticket, card", "floor: ticket", 8),
    ("ticket, messages", "floor: ticket", 8),
    ("ticket, history", "floor: ticket", 8),
    ("create", "floor: create", 4),
    ("message", "floor: create", 4),
    ("transition", "floor: create", 4),
    ("API list of 25", "floor: DRF list of 25", 2),
    ("API list of 25 by due time", "floor: DRF list of 25", 2),
    ("API list of 25 of a requester", "floor: DRF list of 25", 2),
    ("API one ticket", "floor: DRF list of 25", 2),
    ("analytics, a month", "limit: report, a month", 5),
    ("analytics, a year", "limit: report, a year", 5),
)
QUERIES = (
    ("list, my lines", 14), ("list, all", 14), ("ticket, card", 20), ("ticket, messages", 20), ("ticket, history", 20),
    ("API list of 25", 8), ("API list of 25 by due time", 8), ("API list of 25 of a requester", 8), ("API one ticket", 8),
)  # fmt: skip
BYTES = (("ticket, card", 150_000), ("ticket, messages", 150_000), ("ticket, history", 150_000))
# How many times as long with the most tickets as with the fewest.
GROWTH = (
    ("list, my lines", 1.3), ("list, all open", 1.3), ("list, all", 1.3), ("filter, open", 1.3), ("filter, done", 1.3), ("list, all, last page", 1.3),
    ("search in the list, rare", 2), ("search in the list, common", 2), ("ticket, card", 1.3), ("ticket, messages", 1.3),
    ("ticket, history", 1.3), ("create", 1.3), ("message", 1.3), ("transition", 1.3), ("API list of 25", 1.3),
    ("API list of 25 by due time", 1.3), ("API list of 25 of a requester", 1.3), ("API one ticket", 1.3), ("analytics, a month", 2),
)  # fmt: skip
# Against the peer: our page or pages, its pages together, and the share of its time by the number of tickets.
PEER = (
    (
        "list, my lines",
        ("peer: list shell", "peer: list rows, open"),
        {10_000: 1 / 5, 100_000: 1 / 15, 1_000_000: 1 / 50},
    ),
    ("search in the list, rare", ("peer: search, rare",), {10_000: 1 / 3, 100_000: 1 / 15, 1_000_000: 1 / 100}),
    ("ticket, messages", ("peer: ticket",), {10_000: 1 / 6, 100_000: 1 / 6, 1_000_000: 1 / 6}),
    ("analytics, a year", ("peer: reports",), {10_000: 1 / 10, 100_000: 1 / 50, 1_000_000: 1 / 500}),
    ("API list of 25", ("peer: API list of 25",), {10_000: 1 / 50, 100_000: 1 / 500}),
)


def ratio(one: dict[str, Any], other: dict[str, Any], *, wall: bool = False) -> float:
    """Return how many times as long one figure took as the other."""
    what = "cpu" if one["cpu"] and other["cpu"] and not wall else "best"
    return float(one[what] / other[what])


def of_one(run: dict[str, Any]) -> Iterator[Verdict]:
    """Yield the verdicts on one database, as the runner tells it."""
    figures: dict[str, dict[str, Any]] = run["figures"]
    for name, beside, most in RATIOS:
        if name in figures and beside in figures:
            found = ratio(figures[name], figures[beside], wall=_by_the_wall(run) or beside.startswith("limit"))
            yield Verdict(f"{name} / {beside}", found, most)
    for name, most in QUERIES:
        if name in figures:
            yield Verdict(f"{name}, queries", figures[name]["queries"], most)
    for name, most in BYTES:
        if name in figures:
            yield Verdict(f"{name}, bytes", figures[name]["size"], most)
    for who, cost in run["counters"].items():
        yield Verdict(f"counters of {who}, queries", cost["queries"], 2)
        yield Verdict(f"counters of {who}, ms of SQL", cost["ms"], 1)
    yield Verdict("export, first byte, s", run["export"]["first byte, s"], 0.5)
    yield Verdict("export, memory grown, MB", run["export"]["memory grown, MB"], 30)
    yield Verdict("a worker after everything, MB", max(run["workers, MB"]["after"]), 200)
    for name, beside, shares in PEER:
        if all(other in figures for other in beside) and run["tickets"] in shares:
            theirs = sum(figures[other]["best"] for other in beside)
            yield Verdict(f"{name} / {' + '.join(beside)}", figures[name]["best"] / theirs, shares[run["tickets"]])


def _by_the_wall(run: dict[str, Any]) -> bool:
    return bool(run["engine"] == "postgresql")


def of_growth(runs: list[dict[str, Any]]) -> Iterator[Verdict]:
    """Yield the verdicts on growth, between the smallest and the largest database of each engine."""
    for engine in dict.fromkeys(run["engine"] for run in runs):
        sizes = sorted((run for run in runs if run["engine"] == engine), key=lambda run: int(run["tickets"]))
        if len(sizes) < 2:
            continue
        few, many = sizes[0], sizes[-1]
        for name, most in GROWTH:
            grown = ratio(many["figures"][name], few["figures"][name], wall=_by_the_wall(few))
            yield Verdict(f"{engine}, {name}, {many['tickets']} / {few['tickets']} tickets", grown, most)
