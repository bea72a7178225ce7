"""How a test starts real processes of the product on its own database.

To import the product takes a process seconds, so one does it for all: each of ours is a fork of that one, which has asked
no database, and begins at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NamedTuple, TextIO

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(["tests.races.imported"])
# Whoever hangs so many seconds ends by himself, and so does the test that waits for him.
PATIENCE = 180


class Program(NamedTuple):
    """A process at work: what it reads, what it writes, and the process itself."""

    stdin: TextIO
    stdout: TextIO
    process: ForkServerProcess

    def awaits(self, said: str) -> None:
        """Fail unless the next line is `said`."""
        assert self.stdout.readline() == f"{said}\n"

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        self.process.terminate()

    def kill(self) -> None:
        """Kill it without a word."""
        self.process.kill()
        self.wait()

    def wait(self) -> int:
        """Wait for the end and return its status, negative for a signal."""
        self.process.join()
        assert self.process.exitcode is not None
        return self.process.exitcode

    def end(self) -> str:
        """Say no more; return what it answers until it ends in good order."""
        self.stdin.close()
        answer = self.stdout.read()
        assert self.wait() == 0
        return answer.strip()


def start(text: str, *arguments: str) -> Program:
    """Start `text` in a process of its own, with the database of the test and `arguments` in `sys.argv[1:]`."""
    reads, stdin = os.pipe()
    stdout, writes = os.pipe()
    ends = Connection(reads, writable=False), Connection(writes, readable=False)
    database = str(connection.settings_dict["NAME"])
    process = FORKED.Process(target=_run, args=(text, arguments, database, *ends), daemon=True)
    process.start()
    for end in ends:
        end.close()
    return Program(os.fdopen(stdin, "w"), os.fdopen(stdout), process)


def _run(text: str, arguments: tuple[str, ...], database: str, reads: Connection, writes: Connection) -> None:
    signal.alarm(PATIENCE)
    assert connection.connection is None, "two processes must not share a connection"
    settings.DATABASES["default"]["NAME"] = database
    os.dup2(reads.fileno(), 0)
    os.dup2(writes.fileno(), 1)
    sys.stdin, sys.argv[1:] = open(0, closefd=False), arguments  # noqa: SIM115 - it is a descriptor
    exec(text, {"settings": settings, "sys": sys, "time": time})  # noqa: S102 - our own program


def together(running: list[Program]) -> list[str]:
    """Let programs that have said "ready" and read a moment go on at the same moment; return what each says."""
    for program in running:
        program.awaits("ready")
    moment = f"{time.time() + 0.3}\n"
    for program in running:
        program.stdin.write(moment)
        program.stdin.flush()
    return [program.end() for program in running]
