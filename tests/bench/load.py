"""How many answers a second eight connections get and how long the slowest wait: `python -m tests.bench.load 50000`, both databases.

Two workers of gunicorn with four threads each serve a filled desk; each address is asked for by eight clients with a connection of their own that stays
open, for fifteen seconds after five that warm up. On two cores the clients and PostgreSQL take their share of what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench import places
from tests.bench.web.browser import Browser
from tests.bench.web.servers import Server, serving

ENGINES = ("sqlite", "postgresql")
CONNECTIONS, WARM, SECONDS = 8, 5.0, 15.0
GUNICORN = [
    sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", "2", "--worker-class", "gthread", "--threads", "4",
    "--keep-alive", "30", "--bind", "127.0.0.1:{port}", "--log-level", "error", "project.wsgi",
]  # fmt: skip
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.web.settings", "DATABASE_STATEMENT_TIMEOUT": "120"}


@dataclass(frozen=True)
class Load:
    """What is asked for again and again, address by address, and the status of a right answer; `%d` in the body makes each new."""

    name: str
    paths: tuple[str, ...]
    status: int = 200
    body: str | None = None


@dataclass
class Clients:
    """Eight clients with the same headers, and the seconds their answers took."""

    server: Server
    load: Load
    headers: dict[str, str]
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)

    def run(self) -> None:
        """Ask until the time is over."""
        start = time.monotonic() + WARM
        threads = [threading.Thread(target=self._ask, args=(start, start + SECONDS)) for _each in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, start: float, end: float) -> None:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        while (began := time.monotonic()) < end and not self.wrong:
            turn = next(self.turns)
            path, body = self.load.paths[turn % len(self.load.paths)], self.load.body and self.load.body % turn
            connection.request("GET" if body is None else "POST", path, body and body.encode(), self.headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != self.load.status:
                self.wrong.append(f"{answer.status} {text[:300]!r}")
            elif began >= start:
                self.times.append(time.monotonic() - began)
        connection.close()

    def told(self) -> str:
        """Return a line: answers a second, milliseconds of the median, of 95 and of 99 in a hundred."""
        ordered = sorted(self.times)
        parts = [1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)]
        return f"{len(ordered) / SECONDS:>9.1f}" + "".join(f"{part:>9.0f}" for part in parts)


def loads(known: dict[str, Any]) -> list[tuple[Load, str]]:
    """Return what is asked for, each with who asks: a program or an agent."""
    new = json.dumps({"work_type": known["kind"], "subject": "Load @", "text": "Written under load."}).replace(
        "%", "%%"
    )
    pages = tuple(f"/admin/helpdesk/ticket/{number}/change/" for number in known["open"])
    threads = tuple(f"/api/v1/tickets/{number}/messages" for number in known["open"])
    return [
        (Load("API list of 20", ("/api/v1/tickets?page_size=20",)), "program"),
        (Load("list of requests", ("/admin/helpdesk/ticket/?scope=lines",)), "agent"),
        (Load("page of a request", pages), "agent"),
        (Load("API message", threads, 201, '{"text": "Looked into %d."}'), "program"),
        (Load("API create", ("/api/v1/tickets",), 201, new.replace("@", "%d")), "program"),
    ]


def measure(engine: str, tickets: int, keep: Path | None) -> Iterator[str]:
    """Yield a line for each address; `keep` is where filled databases stay. Raises RuntimeError on a wrong answer."""
    with places.filled(engine, tickets, "--swept", keep=keep) as env:
        known = json.loads(places.run(env, "-m", "tests.bench.web.inside"))["known"]
        with serving("desk", {**env, **SETTINGS}, GUNICORN) as server:
            agent = Browser(server.port)
            agent.sign_in("/admin/login/", "a10")
            who = {
                "agent": {"Cookie": "; ".join(f"{name}={value}" for name, value in agent.cookies.items())},
                "program": {"Authorization": f"Bearer {known['agent token']}", "Content-Type": "application/json"},
            }
            for load, asker in loads(known):
                clients = Clients(server, load, who[asker])
                clients.run()
                if clients.wrong:
                    raise RuntimeError(f"{load.name}: {clients.wrong[0]}")
                yield f"{engine:<12}{tickets:>9}  {load.name:<20}{clients.told()}\n"


def main() -> None:
    """Print the table for as many tickets as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tickets", type=int, nargs="?", default=50_000)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the filled databases there, and use those that are there")  # fmt: skip
    asked = parser.parse_args()
    sys.stdout.write(f"load before: {os.getloadavg()[0]:.1f}\n")
    sys.stdout.write(f"{'database':<12}{'tickets':>9}  {'':<20}{'a second':>9}{'p50 ms':>9}{'p95':>9}{'p99':>9}\n")
    for engine in ENGINES:
        for line in measure(engine, asked.tickets, asked.keep):
            sys.stdout.write(line)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
