"""`manage.py demo` goes from nothing to a running desk with one command; the second start is quick and keeps what is there."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests import database
from tests.project.test_start import MANAGE, ROOT, environment, free_port

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.own_desk]
ENTERED = "Введено между запусками"


def start(env: dict[str, str]) -> tuple[subprocess.Popen[str], list[str], float]:
    """Run the demo until its sign-ins are printed; return process, output so far and the seconds it took."""
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*MANAGE, "demo", "--tickets", "40"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.split()[:1] == ["admin"]:
            break
    return process, lines, time.monotonic() - begun


def stop(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C and return what was printed after it; kill what does not end."""
    process.send_signal(signal.SIGINT)
    try:
        output, _ = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
    return output


def sign_in(port: str, login: str) -> str:
    """Sign in and return the text of the page one arrives at."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    address = f"http://127.0.0.1:{port}/admin/login/"
    with browser.open(address, timeout=20) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    form = {"username": login, "password": "demo", "csrfmiddlewaretoken": token[1], "next": "/admin/"}
    with browser.open(address, data=urlencode(form).encode(), timeout=20) as page:
        return str(page.read().decode())


def test_the_demo_starts_from_nothing_keeps_what_was_entered_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """Start without tables, as every first start does, and hold the copy that other tests begin with to what comes of it."""
    env = environment(tmp_path, PORT=str(free_port()))

    process, lines, _seconds = start(env)
    try:
        assert f"HelpDesk is at http://127.0.0.1:{env['PORT']}/ (Ctrl-C ends it)\n" in lines
        assert "Анна" in sign_in(env["PORT"], "employee")
    finally:
        output = stop(process)
    assert process.returncode == 0
    assert "worker stopped" in output
    kept = database.file_of(database.digest())
    if kept.exists():
        assert database.structure(kept) == database.structure(tmp_path / "db.sqlite3")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{env['PORT']}/admin/login/", timeout=5)

    with sqlite3.connect(tmp_path / "db.sqlite3") as desk:
        desk.execute("UPDATE helpdesk_user SET department = ? WHERE username = 'employee'", [ENTERED])
    process, lines, seconds = start(env)
    try:
        assert "The demo is in the database already; it stays as you left it.\n" in lines
        assert seconds < 20
    finally:
        stop(process)
    with sqlite3.connect(tmp_path / "db.sqlite3") as desk:
        assert desk.execute("SELECT username FROM helpdesk_user WHERE department = ?", [ENTERED]).fetchall() == [
            ("employee",)
        ]
