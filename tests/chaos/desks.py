"""A desk in processes of its own, and clients that write to it and remember what was acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.project.test_start import MANAGE, ROOT, environment, free_port, run

# A token may write 120 times a minute: many clients take turns with many tokens.
TOKENS = 40
MAKE = f"""
from helpdesk.actions import tokens
from helpdesk.models import User, Service, WorkType, SupportLine, Membership
line = SupportLine.objects.get(is_default=True)
line.calendar = None  # around the clock: letters leave at night too
line.save()
service = Service.objects.create(code="MAIL", name="Mail")
kind = WorkType.objects.create(service=service, code="MAIL.1", name="Mailbox", line=line, reaction_limit="4h", execution_limit="2bd")
agent = User.objects.create(username="agent", email="agent@example.com", is_staff=True)
Membership.objects.create(line=line, person=agent)
print(kind.pk)
for number in range({TOKENS}):
    person = User.objects.create(username=f"person{{number}}", email=f"person{{number}}@example.com")
    print(tokens.create(actor=person, name="load", scopes=["read", "write"])[1])
"""
TELL = """
import json
from collections import Counter
from helpdesk import search
from helpdesk.models import Event, Notice, SearchDoc, Ticket
from django.db import connection
kept = list(Ticket.objects.values_list("subject", flat=True))
whole = "ok"
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        whole = cursor.fetchone()[0]
print(json.dumps({
    "subjects": kept, "whole": whole, "differences": search.differences(),
    "histories": Ticket.history.filter(last_action="register").count(),
    "clocks": sum(ticket.clocks.count() for ticket in Ticket.objects.all()),
    "unhandled": Event.objects.filter(handled_at=None).count(),
    "notices": max(Counter(Notice.objects.values_list("event", "person")).values(), default=0),
    "told": Notice.objects.filter(kind="registered").count(),
}))
"""


@dataclass
class RunningDesk:
    """A desk on one database, with as many web servers and workers as a test starts."""

    env: dict[str, str]
    kind: int
    tokens: list[str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def web(self, port: int | None = None) -> tuple[subprocess.Popen[bytes], int]:
        """Start a web server and wait until it answers."""
        port = port or free_port()
        process = self._start([sys.executable, "-m", "project.web"], PORT=str(port))
        deadline = time.monotonic() + 30
        while ask(port, "GET", "/livez")[0] != 200:
            assert process.poll() is None, "the web server ended"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return process, port

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self._start([*MANAGE, "worker"])

    def _start(self, command: list[str], **values: str) -> subprocess.Popen[bytes]:
        with (Path(self.env["VAR_DIR"]) / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env={**self.env, **values}, stdout=log, stderr=log)  # noqa: S603 - our own commands
        self.running.append(process)
        return process

    def told(self) -> dict[str, Any]:
        """Return what the database holds, once every event has been handled."""
        deadline = time.monotonic() + 60
        while True:
            done = run([*MANAGE, "shell", "-v0", "-c", TELL], self.env)
            assert done.returncode == 0, done.stderr
            found: dict[str, Any] = json.loads(done.stdout)
            if not found["unhandled"] or time.monotonic() > deadline:
                return found
            time.sleep(0.5)

    def log(self) -> str:
        """Return everything the processes said."""
        return (Path(self.env["VAR_DIR"]) / "log").read_text(encoding="utf-8")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill one process without a word."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End everything."""
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def desk(folder: Path, **values: str) -> Iterator[RunningDesk]:
    """Set up a desk in `folder` with people who hold tokens; end its processes afterwards."""
    env = environment(folder, **values)
    for command in ([*MANAGE, "setup"], [*MANAGE, "shell", "-v0", "-c", MAKE]):
        done = run(command, env)
        assert done.returncode == 0, done.stderr
    kind, *tokens = done.stdout.split()
    made = RunningDesk(env, int(kind), tokens)
    try:
        yield made
    finally:
        made.end()


def ask(port: int, method: str, path: str, body: Any = None, *, wait: float = 20, **headers: str) -> tuple[int, str]:
    """Return status and text of one answer on a connection of its own; -1 when nobody listens, 0 when it broke off."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=wait)
    try:
        try:
            connection.connect()
        except ConnectionRefusedError:
            return -1, ""
        data = None if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, data, {"Content-Type": "application/json", **named})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


@dataclass
class Clients:
    """Clients that file requests, each with a key of its own, and try again with the same key until it is acknowledged."""

    desk: RunningDesk
    ports: list[int]
    count: int = 8
    name: str = "key"
    acknowledged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    by_port: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        made = 0
        while not self._over.is_set():
            made += 1
            self._file(f"{self.name}-{number}-{made}", made * self.count + number)

    def _file(self, key: str, turn: int) -> None:
        body = {"work_type": self.desk.kind, "subject": key, "text": "Written under load."}
        token = self.desk.tokens[turn % len(self.desk.tokens)]
        while not self._over.is_set():
            port = self.ports[turn % len(self.ports)]
            began = time.monotonic()
            status, text = ask(
                port,
                "POST",
                "/api/v1/tickets",
                body,
                Authorization=f"Bearer {token}",
                Idempotency_Key=f"{key}-{token[-6:]}",
            )
            self.statuses[status] += 1
            if status in {200, 201}:
                self.times.append(time.monotonic() - began)
                self.by_port[port] += 1
                self.acknowledged.add(key)
                return
            if status >= 400 and status != 429:
                self.texts.add(text[:300])
            turn += 1 if len(self.ports) > 1 else 0
            time.sleep(0.02 if status != 429 else 0.3)

    def until(self, count: int, *, patience: float = 60) -> None:
        """Wait until so many more were acknowledged."""
        wanted, deadline = len(self.acknowledged) + count, time.monotonic() + patience
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, self.statuses
            time.sleep(0.02)


def agree(found: dict[str, Any], acknowledged: set[str]) -> None:
    """Fail unless everything acknowledged is stored once and whole, and everybody was told once."""
    kept = found["subjects"]
    assert acknowledged - set(kept) == set(), "acknowledged and lost"
    assert len(kept) == len(set(kept)), "stored twice"
    assert found["whole"] == "ok"
    assert found["differences"] == []
    assert found["histories"] == len(kept)
    assert found["clocks"] == 2 * len(kept)
    assert found["unhandled"] == 0
    assert found["notices"] <= 1, "told twice"
    assert found["told"] == len(kept)


def cycles(few: int) -> int:
    """Return how often to kill: CHAOS_CYCLES times, as `make chaos` says, else a few times."""
    return int(os.environ.get("CHAOS_CYCLES", few))


def tell(line: str) -> None:
    """Print what was measured; `make chaos` shows it."""
    sys.stdout.write(f"\n{line}\n")
