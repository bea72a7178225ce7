"""Mixed work of many people for minutes: `python -m tests.chaos.soak --minutes 10`; prints times, faults and growth.

40 % pages of requests, 20 % lists, 20 % lists of the API, 10 % messages, 5 % new requests, 5 % transitions; half a second to
think. With DATABASE_URL of an empty database on PostgreSQL, else on SQLite, in a folder that is thrown away; `--servers 2` shares
the work between two web servers, as PostgreSQL allows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import psycopg

from tests.chaos.desks import RunningDesk, ask, desk
from tests.project.test_start import MANAGE, run

THINK = 0.5
# The first ten minutes of hours, the first sixth of minutes, fill caches and pools: growth counts from then on.
SETTLED = 600.0
KINDS = (("page", 40), ("list", 20), ("api list", 20), ("message", 10), ("create", 5), ("transition", 5))
READS = ("page", "list", "api list")
MAKE = """
from django.conf import settings
from django.test import Client
from helpdesk.actions import registration, tokens
from helpdesk.models import Membership, SupportLine, User, WorkType
line, kind = SupportLine.objects.get(is_default=True), WorkType.objects.get(code="MAIL.1")
for number in range(%d):
    person = User.objects.create(username=f"agent{number}", is_staff=True)
    Membership.objects.create(line=line, person=person)
    browser = Client()
    browser.force_login(person)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    print(session, tokens.create(actor=person, name="load", scopes=["read", "write"])[1])
actor = User.objects.get(username="person0")
for number in range(%d):
    registration.register(actor=actor, work_type=kind, subject=f"Printer {number}", text="It stands still. " * 20)
"""


@dataclass
class Soak:
    """What was asked, how long it took, and how large the processes were at which second."""

    running: RunningDesk
    webs: list[tuple[subprocess.Popen[bytes], int]]
    tickets: int
    times: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    sizes: list[dict[str, int]] = field(default_factory=list)

    def work(self, session: str, token: str, until: float, dice: random.Random) -> None:
        """Be one person until the end."""
        while time.monotonic() < until:
            kind = dice.choices([name for name, _share in KINDS], [share for _name, share in KINDS])[0]
            began = time.monotonic()
            status, text = self._ask(kind, session, token, dice.randint(1, self.tickets))
            self.times[kind].append((began, time.monotonic() - began))
            self.statuses[status] += 1
            if status in {0, -1} or status >= 500:
                self.faults.append(f"{kind} {status} {text[:200]}")
            elif status == 302:
                self.faults.append(f"{kind} leads to the sign-in")
            time.sleep(THINK * dice.uniform(0.5, 1.5))

    def _ask(self, kind: str, session: str, token: str, number: int) -> tuple[int, str]:
        page, key = {"Cookie": f"sessionid={session}"}, {"Authorization": f"Bearer {token}"}
        ticket = f"/api/v1/tickets/{number}"
        new = {"work_type": self.running.kind, "subject": "From the soak", "text": "Written under load."}
        asked: dict[str, tuple[str, str, Any, dict[str, str]]] = {
            "page": ("GET", f"/admin/helpdesk/ticket/{number}/change/", None, page),
            "list": ("GET", "/admin/helpdesk/ticket/", None, page),
            "api list": ("GET", "/api/v1/tickets", None, key),
            "message": ("POST", f"{ticket}/messages", {"text": "On my way."}, key),
            "create": ("POST", "/api/v1/tickets", new, key),
            "transition": ("POST", f"{ticket}/actions/take", {}, key),
        }
        method, path, body, headers = asked[kind]
        _process, port = self.webs[number % len(self.webs)]
        return ask(port, method, path, body, **headers)

    def watch(self, until: float, settled: float, every: float) -> None:
        """Weigh once it has settled, then again and again until the end (seconds of the monotonic clock)."""
        time.sleep(max(0.0, settled - time.monotonic()))
        while time.monotonic() < until:
            self.weigh()
            time.sleep(max(0.0, min(every, until - time.monotonic())))

    def weigh(self) -> None:
        """Write down memory (KB), descriptors, the write-ahead log (KB) and the connections of PostgreSQL of this moment."""
        size: dict[str, int] = {}
        names = [*(f"web {number}" for number, _web in enumerate(self.webs, 1)), "worker"]
        for name, process in zip(names, self.running.running, strict=True):
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            size[f"{name} KB"] = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
            size[f"{name} files"] = sum(1 for _each in Path(f"/proc/{process.pid}/fd").iterdir())
        log = Path(self.running.env["VAR_DIR"]) / "db.sqlite3-wal"
        size["wal KB"] = log.stat().st_size // 1024 if log.exists() else 0
        if url := self.running.env.get("DATABASE_URL"):
            with psycopg.connect(url) as asking:
                asked = asking.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                size["connections"] = cast("tuple[int]", asked.fetchone())[0]
        self.sizes.append(size)

    def report(self, seconds: float) -> dict[str, Any]:
        """Return the figures: milliseconds by kind, of the first and of the last third, faults, growth."""
        begin = min(times[0][0] for times in self.times.values())
        told: dict[str, Any] = {"seconds": round(seconds), "answers": sum(self.statuses.values())}
        told["per second"] = round(told["answers"] / seconds, 1)
        told["statuses"] = dict(self.statuses)
        told["faults"] = self.faults[:5]
        for kind, times in self.times.items():
            told[kind] = {"median": _at(times, 0.5), "p95": _at(times, 0.95)}
        part = min(SETTLED, seconds / 3)
        for name, low, high in (("first", 0.0, part), ("last", seconds - part, seconds + 99)):
            reads = [each for kind in READS for each in self.times[kind] if low <= each[0] - begin < high]
            told[f"reads p95, {name} {part:.0f} s"] = _at(reads, 0.95)
        # Weighed once a minute.
        told["sizes"] = {
            name: {"settled": first, "largest": max(size[name] for size in self.sizes), "last": self.sizes[-1][name]}
            for name, first in self.sizes[0].items()
        }
        return told


def processor(pid: int) -> float:
    """Return how many seconds of the processor a process has used."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _at(times: list[tuple[float, float]], share: float) -> int:
    ordered = sorted(took for _began, took in times)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000) if ordered else 0


def soak(
    folder: Path, *, seconds: float, users: int, tickets: int = 300, servers: int = 1, **values: str
) -> dict[str, Any]:
    """Run a desk in `folder` with so many web servers and let so many people work; return the figures."""
    with desk(folder, **values) as running:
        made = run([*MANAGE, "shell", "-v0", "-c", MAKE % (users, tickets)], running.env)
        if made.returncode:
            raise RuntimeError(made.stderr)
        people = [line.split() for line in made.stdout.splitlines()]
        work = Soak(running, [running.web() for _each in range(servers)], tickets)
        running.worker()
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=work.work, args=(session, token, until, random.Random(number)))  # noqa: S311 - load, no secret
            for number, (session, token) in enumerate(people)
        ]
        began, used = time.monotonic(), sum(processor(web.pid) for web, _port in work.webs)
        for thread in threads:
            thread.start()
        work.watch(until, began + min(SETTLED, seconds / 6), every=60)
        for thread in threads:
            thread.join()
        work.weigh()
        told = work.report(time.monotonic() - began)
        # What one process can answer at most, on a processor of its own; `per second` depends on who else is on the machine.
        used = sum(processor(web.pid) for web, _port in work.webs) - used
        told["web, ms of processor per answer"] = round(1000 * used / told["answers"], 1)
        told["lines of trouble in the log"] = [line for line in running.log().splitlines() if " ERROR " in line][:5]
        return told


def main() -> None:
    """Soak for the minutes that were asked for and print the figures as JSON; status 1 when anything failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--users", type=int, default=30)
    parser.add_argument("--servers", type=int, default=1)
    asked = parser.parse_args()
    values = {"DATABASE_URL": os.environ["DATABASE_URL"]} if os.environ.get("DATABASE_URL") else {}
    with tempfile.TemporaryDirectory(prefix="helpdesk-soak-") as folder:
        told = soak(Path(folder), seconds=asked.minutes * 60, users=asked.users, servers=asked.servers, **values)
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    sys.exit(1 if told["faults"] else 0)


if __name__ == "__main__":
    main()
