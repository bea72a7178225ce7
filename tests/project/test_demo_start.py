"""`manage.py demo` goes from nothing to a running desk with one command; the second start is quick and keeps what is there."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests import database
from tests.project.test_start import MANAGE, PASSWORD, ROOT, environment, free_port, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.own_desk]
ENTERED = "Введено между запусками"
COUNT = "from helpdesk.models import User; print(User.objects.filter(department='{department}').count())"
CHANGE = "from helpdesk.models import User; u = User.objects.get(username='employee'); u.department = '{department}'; u.save()"


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


def shell(code: str, env: dict[str, str]) -> str:
    """Run a line of Python in the product and return what it prints."""
    done = run([sys.executable, "manage.py", "shell", "-v0", "-c", code], env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


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

    shell(CHANGE.format(department=ENTERED), env)
    process, lines, seconds = start(env)
    try:
        assert "The demo is in the database already; it stays as you left it.\n" in lines
        assert seconds < 20
    finally:
        stop(process)
    assert shell(COUNT.format(department=ENTERED), env) == "1"


def test_a_desk_with_people_of_its_own_is_left_alone(tmp_path: Path) -> None:
    env = environment(tmp_path, PORT=str(free_port()))
    database.head_start(tmp_path / "db.sqlite3")
    assert run([*MANAGE, "setup"], env).returncode == 0
    account = {
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "DJANGO_SUPERUSER_USERNAME": "olga",
        "DJANGO_SUPERUSER_EMAIL": "o@x.ru",
    }
    assert run([*MANAGE, "createsuperuser", "--noinput"], env | account).returncode == 0

    refused = run([*MANAGE, "demo"], env)

    assert refused.returncode == 1
    assert refused.stderr == (
        "CommandError: This database has data of its own, and the demo would mix with it. Nothing was changed. "
        f"Give the demo a database of its own, for example DATABASE_URL=sqlite:///{tmp_path}/demo.sqlite3\n"
    )
    assert (
        shell("from helpdesk.models import User; print(*User.objects.values_list('username', flat=True))", env)
        == "olga"
    )
