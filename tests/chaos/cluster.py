"""A PostgreSQL of a test's own, in a folder of its own, that may be killed without disturbing anybody."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.project.test_start import free_port


def programs() -> Path | None:
    """Return the folder with PostgreSQL's server programs, None where there are none."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


class Cluster:
    """A server on a port of its own; it refuses to run as root, and then runs as the user `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else None
        self.server: subprocess.Popen[bytes] | None = None
        place = programs()
        assert place is not None
        self.place = place
        if self.user:
            shutil.chown(folder, self.user)
        subprocess.run(  # noqa: S603 - a program of PostgreSQL
            [place / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
            user=self.user, stdout=subprocess.DEVNULL, check=True, cwd=folder,
        )  # fmt: skip

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start and wait until it takes connections."""
        self.server = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL
            [self.place / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder],
            user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder,
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                return

    def kill(self) -> None:
        """Kill the server without a word, as a power cut does to its processes."""
        assert self.server is not None
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        # Its children notice by themselves; the file with its number would be in the way where nobody reaps them.
        time.sleep(0.5)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """End it."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(timeout=20)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server for the time of the block."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-pg-", dir="/tmp") as name:
        made = Cluster(Path(name))
        made.start()
        try:
            yield made
        finally:
            made.stop()
