"""Decides how several programs live as one: they start together, and when one ends or a signal comes, all of them end.

Enough for one machine in front of a person or under a service manager, which restarts the whole. A program gets SIGTERM and
`GRACE` seconds to finish what it does; after that it is killed.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

GRACE = 10.0
POLL = 0.1


class Supervisor:
    """Runs `programs` (name to command line) in the folder `cwd` and reports through `say`, a function that takes a line."""

    def __init__(self, programs: Mapping[str, Sequence[str]], *, cwd: Path, say: Callable[[str], None]) -> None:
        self.programs = programs
        self.cwd = cwd
        self.say = say
        self.stopping = False
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        """Run until a signal comes (status 0) or a program ends by itself (status 1).

        `announce` is called once, as soon as `ready` says that people may come.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            for name, command in self.programs.items():
                # A group of its own: Ctrl-C reaches this process alone, which then ends the others in order.
                self.running[name] = subprocess.Popen(command, cwd=self.cwd, process_group=0)  # noqa: S603 - our own settings
            return self._watch(ready, announce)
        finally:
            self._end_all()

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _watch(self, ready: Callable[[], bool], announce: Callable[[], None]) -> int:
        announced = False
        while not self.stopping:
            for name, process in self.running.items():
                status = process.poll()
                if status is not None:
                    self.say(f"The {name} process ended by itself ({_outcome(status)}). Stopping the rest.")
                    return 1
            if not announced and ready():
                announced = True
                announce()
            time.sleep(POLL)
        self.say("Stopping.")
        return 0

    def _end_all(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE
        for name, process in self.running.items():
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"The {name} process does not end; killing it.")
                process.kill()
                process.wait()


def answers(host: str, port: int) -> bool:
    """Return True when something accepts connections on `host`:`port`."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _outcome(status: int) -> str:
    """Return how a process ended, in words; `status` is that of `Popen.poll`."""
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
