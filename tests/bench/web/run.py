"""Decides what a benchmark of the pages runs: which databases, which servers, and what is printed. See `manage.py bench`."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import places
from tests.bench.web import goals
from tests.bench.web.rounds import WARM, Rounds
from tests.bench.web.servers import WORKERS, serving

ENGINES = {"sqlite": ("sqlite",), "postgres": ("postgresql",), "both": ("sqlite", "postgresql")}

# Of a million the peer's programs would read every request for one, in minutes and gigabytes.
MOST_OF_PEER = 200_000


def options(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked for."""
    parser.add_argument(
        "--tickets", type=int, nargs="+", default=[10_000, 100_000], help="how many; several are compared"
    )
    parser.add_argument(
        "--database", choices=ENGINES, default="sqlite", help="PostgreSQL is the server of TEST_POSTGRES_URL"
    )
    parser.add_argument(
        "--peer",
        action="store_true",
        help=f"beside django-helpdesk from PyPI, in an environment of its own, up to {MOST_OF_PEER} tickets",
    )
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for")
    parser.add_argument("--small", action="store_true", help="few people and no warming up: to see that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the filled databases there, and use those that are there")  # fmt: skip


def bench(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure what was asked for, print it, and return it."""
    runs = []
    for engine in ENGINES[asked.database]:
        found = measure(engine, asked)
        runs += found
        if asked.json:
            asked.json.write_text(json.dumps(runs, ensure_ascii=False, indent=1), encoding="utf-8")
        sys.stdout.writelines(table(run) for run in found)
    sys.stdout.writelines(f"{verdict}\n" for verdict in goals.of_growth(runs))
    return runs


def measure(engine: str, asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the figures of each database of `engine`; all are asked in turn, so that a slow hour makes no size look slow."""
    with ExitStack() as stack:
        desks = [_Desk.opened(stack, engine, tickets, asked) for tickets in asked.tickets]
        for turn in range(0 if asked.small else -WARM, asked.rounds):
            for desk in desks:
                desk.rounds.run(turn)
        return [desk.told(peer=asked.peer) for desk in desks]


@dataclass
class _Desk:
    """A filled database, its servers, and what they had in memory when they came."""

    engine: str
    tickets: int
    env: dict[str, str]
    inside: dict[str, Any]
    rounds: Rounds
    fresh: list[float]

    @classmethod
    def opened(cls, stack: ExitStack, engine: str, tickets: int, asked: argparse.Namespace) -> _Desk:
        people = ("--people", "20") if asked.small else ()
        env = stack.enter_context(places.filled(engine, tickets, "--swept", *people, keep=asked.keep))
        inside = json.loads(places.run(env, "-m", "tests.bench.web.inside"))
        servers = {
            name: stack.enter_context(serving(name, env, workers=1 if asked.small else WORKERS))
            for name in ("desk", "floor", "limit")
        }
        return cls(engine, tickets, env, inside, Rounds(servers, inside["known"]), servers["desk"].megabytes())

    def told(self, *, peer: bool) -> dict[str, Any]:
        """Return the figures, and the verdicts on them."""
        told: dict[str, Any] = {
            "engine": self.engine, "tickets": self.tickets, "counters": self.inside["counters"], "export": self.rounds.export(),
        }  # fmt: skip
        after = self.rounds.servers["desk"].megabytes()
        told["workers, MB"] = {"fresh": _rounded(self.fresh), "after": _rounded(after)}
        told["figures"] = {name: figure.told() for name, figure in self.rounds.figures.items()}
        if peer and self.tickets <= MOST_OF_PEER:
            from tests.bench.peer import beside

            told["figures"] |= beside.measured(self.engine, self.tickets, self.env, self.inside["known"])
        told["verdicts"] = [
            {"goal": one.goal, "found": one.found, "most": one.most, "met": one.met} for one in goals.of_one(told)
        ]
        return told


def _rounded(sizes: list[float]) -> list[int]:
    return [round(size) for size in sizes]


def table(run: dict[str, Any]) -> str:
    """Return what one database gave, as text."""
    lines = [
        f"\n{run['engine']}, {run['tickets']} tickets",
        f"{'':<34}{'best ms':>9}{'median':>9}{'CPU ms':>9}{'queries':>9}{'SQL ms':>8}{'KB':>7}",
    ]
    for name, figure in run["figures"].items():
        queries, sql, cpu = (figure[key] for key in ("queries", "sql", "cpu"))
        lines.append(
            f"{name:<34}{figure['best']:>9.1f}{figure['median']:>9.1f}{'' if cpu is None else f'{cpu:.1f}':>9}"
            f"{'' if queries is None else queries:>9}{'' if sql is None else f'{sql:.1f}':>8}{figure['size'] / 1000:>7.0f}"
        )
    lines += [f"{name}: {run[name]}" for name in ("counters", "export", "workers, MB")]
    verdicts = [goals.Verdict(one["goal"], one["found"], one["most"]) for one in run["verdicts"]]
    return "\n".join([*lines, *(str(one) for one in sorted(verdicts, key=lambda one: not one.met)), ""])


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    options(parser)
    bench(parser.parse_args())


if __name__ == "__main__":
    main()
