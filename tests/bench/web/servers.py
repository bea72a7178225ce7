"""Starts servers as they run in earnest, two workers of gunicorn each, and weighs them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.bench.places import ROOT
from tests.project.test_start import free_port

WORKERS = 2
# The application, its settings, and an address that answers once it is up.
APPLICATIONS = {
    "desk": ("project.wsgi", "tests.bench.web.settings", "/livez"),
    "floor": ("django.core.wsgi:get_wsgi_application()", "tests.bench.floor.settings", "/login"),
    "limit": ("tests.bench.limit:application", "", "/list"),
}


@dataclass
class Server:
    """A running server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Return the ids of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in children.read_text(encoding="ascii").split()]

    def megabytes(self, what: str = "VmRSS") -> list[float]:
        """Return the memory of each worker: VmRSS as it is, VmHWM at its highest."""
        found = []
        for worker in self.workers():
            status = Path(f"/proc/{worker}/status").read_text(encoding="ascii")
            found.append(int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024)
        return found

    def forget_peak(self) -> None:
        """Let the highest memory count from now on."""
        for worker in self.workers():
            Path(f"/proc/{worker}/clear_refs").write_text("5", encoding="ascii")


@contextmanager
def serving(
    name: str, env: dict[str, str], command: list[str] | None = None, *, folder: Path = ROOT, workers: int = WORKERS
) -> Iterator[Server]:
    """Run one of APPLICATIONS, or `command` with `{port}` in it, in the environment `env` until the end of the block."""
    port = free_port()
    application, settings, page = APPLICATIONS.get(name, ("", "", "/login/"))
    words = command or [
        sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", str(workers), "--bind", "127.0.0.1:{port}",
        "--timeout", "300", "--log-level", "error", application,
    ]  # fmt: skip
    told = {"DJANGO_SETTINGS_MODULE": settings, "PORT": str(port), "DATABASE_STATEMENT_TIMEOUT": "120"}
    process = subprocess.Popen(  # noqa: S603 - our own commands
        [word.format(port=port) for word in words], cwd=folder, env={**env, **({} if command else told)}
    )
    try:
        _await(port, page, process)
        yield Server(name, port, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            # What was measured is worth more than an orderly end.
            process.kill()
            process.wait()


def _await(port: int, page: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", page)
            connection.getresponse()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start") from error
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
