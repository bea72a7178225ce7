"""What does not kill: an end that was asked for, clients that stall, a full disk, a mail server that never answers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.desks import Clients, agree, ask, cycles, desk, tell
from tests.project.test_start import MANAGE, run

pytestmark = pytest.mark.chaos


def test_an_end_that_was_asked_for_breaks_no_request(tmp_path: Path) -> None:
    with desk(tmp_path) as running:
        running.worker()
        web, port = running.web()
        ended = []
        with Clients(running, [port], count=16) as clients:
            for _cycle in range(cycles(3)):
                clients.until(20)
                began = time.monotonic()
                web.terminate()
                assert web.wait(timeout=12) == 0
                ended.append(time.monotonic() - began)
                web, _port = running.web(port)
        found = running.told()

    agree(found, clients.acknowledged)
    broken = clients.statuses[0]
    assert set(clients.statuses) <= {-1, 200, 201, 429}, (clients.statuses, clients.texts)
    tell(f"ended {len(ended)} times, {len(clients.acknowledged)} acknowledged, {broken} broken off, "
         f"{max(ended):.1f} s at most")  # fmt: skip


@contextlib.contextmanager
def stalled(port: int, sent: bytes, count: int = 40) -> Iterator[None]:
    """Hold so many connections that have sent a part of a request and go on with a byte a second."""
    sockets = [socket.create_connection(("127.0.0.1", port)) for _number in range(count)]
    over = threading.Event()

    def drip() -> None:
        while not over.wait(1):
            for each in sockets:
                with contextlib.suppress(OSError):
                    each.send(b"a")

    for each in sockets:
        each.send(sent)
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for each in sockets:
            each.close()


def test_forty_clients_that_stall_hold_up_nobody(tmp_path: Path) -> None:
    head = b"POST /api/v1/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    with desk(tmp_path) as running:
        _web, port = running.web()
        took = []
        for sent in (head + b"X-Slow: ", head + b"Content-Length: 100000\r\n\r\n{"):
            with stalled(port, sent):
                for _number in range(5):
                    began = time.monotonic()
                    status, _text = ask(port, "GET", "/admin/login/", wait=8)
                    assert status == 200
                    took.append(time.monotonic() - began)

    assert max(took) < 8
    tell(f"40 stalled, ten pages: {max(took):.2f} s at most")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB; skips where nobody may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", place], capture_output=True, check=False)  # noqa: S603, S607 - ours
    if made.returncode:
        pytest.skip("a small disk cannot be made here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)  # noqa: S603, S607 - ours


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_a_full_disk_loses_nothing_and_is_got_over(small_disk: Path) -> None:
    with desk(small_disk, LOG_LEVEL="ERROR") as running:
        _web, port = running.web()
        header = {"Authorization": f"Bearer {running.tokens[0]}"}
        body = {"work_type": running.kind, "subject": "Before", "text": "x" * 15_000}
        assert ask(port, "POST", "/api/v1/tickets", body, **header)[0] == 201
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"0" * 4096)

        statuses, text = set(), ""
        for number in range(8):
            status, text = ask(port, "POST", "/api/v1/tickets", {**body, "subject": f"Full {number}"}, **header)
            statuses.add(status)
            time.sleep(0.1)
        unready, why = ask(port, "GET", "/readyz")
        filler.unlink()
        after = ask(port, "POST", "/api/v1/tickets", {**body, "subject": "After"}, **header)[0]
        running.worker()
        found = running.told()

    assert statuses <= {201, 503}, text
    assert 503 in statuses
    assert (unready, after) == (503, 201)
    assert "disk: failed" in why
    agree(found, {"Before", "After"})


RULE = """
from helpdesk.models import NoticeRule
NoticeRule.objects.create(kind="registered", role="line", channel="email", is_on=True)
"""


def test_a_mail_server_that_never_answers_holds_up_neither_pages_nor_notices(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(50)
        values = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(deaf.getsockname()[1])}
        with desk(tmp_path, **values) as running:
            assert run([*MANAGE, "shell", "-v0", "-c", RULE], running.env).returncode == 0
            _web, port = running.web()
            with Clients(running, [port], count=2, name="quiet") as quiet:
                quiet.until(20)
            running.worker()
            deaf.settimeout(20)
            deaf.accept()
            with Clients(running, [port], count=2, name="hung") as hung:
                hung.until(20)
            found = running.told()

    agree(found, quiet.acknowledged | hung.acknowledged)
    medians = [sorted(clients.times)[len(clients.times) // 2] * 1000 for clients in (quiet, hung)]
    tell(f"filing with no worker, and with one at a deaf mail server, median: {medians[0]:.0f} and {medians[1]:.0f} ms")
