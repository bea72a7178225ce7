"""The product starts with one command, answers, keeps what was entered, and ends in seconds; a wrong value stops it."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command

from tests import database

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, "manage.py"]
PASSWORD = "a-password-nobody-guesses"


def environment(folder: Path, **values: str) -> dict[str, str]:
    """Return a bare environment whose data lies in `folder`."""
    return {"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1", **values}


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end."""
    return subprocess.run(  # noqa: S603 - our own commands
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Set up a desk with one administrator; return the environment to start it with."""
    folder = tmp_path_factory.mktemp("desk")
    database.head_start(folder / "db.sqlite3")
    env = environment(folder, PORT=str(free_port()))
    made = run([*MANAGE, "setup"], env)
    assert made.returncode == 0, made.stderr
    account = {
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "DJANGO_SUPERUSER_USERNAME": "olga",
        "DJANGO_SUPERUSER_EMAIL": "o@x.ru",
    }
    made = run([*MANAGE, "createsuperuser", "--noinput"], env | account)
    assert made.returncode == 0, made.stderr
    return env


@contextmanager
def serving(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run `manage.py serve`, wait until pages and worker are both up, whichever comes first; kill what is left at the end."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*MANAGE, "serve"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        awaited = {"HelpDesk is at ", "worker started"}
        for line in process.stdout:
            awaited = {sign for sign in awaited if sign not in line}
            if not awaited:
                break
        assert not awaited, "ended before it was up"
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)
        process.stdout.close()


def sign_in(port: str) -> str:
    """Sign in as the administrator and return the address one arrives at."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    address = f"http://127.0.0.1:{port}/admin/login/"
    with browser.open(address, timeout=20) as page:
        assert page.status == 200
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token
    form = {"username": "olga", "password": PASSWORD, "csrfmiddlewaretoken": token[1], "next": "/admin/"}
    with browser.open(address, data=urlencode(form).encode(), timeout=20) as page:
        return str(page.url)


@pytest.mark.slow
@pytest.mark.own_desk
def test_it_answers_ends_in_order_within_seconds_and_keeps_what_was_entered(desk: dict[str, str]) -> None:
    with serving(desk) as process:
        with urllib.request.urlopen(f"http://127.0.0.1:{desk['PORT']}/admin/login/", timeout=20) as page:
            assert page.status == 200
            assert page.headers["Content-Security-Policy"].count("'unsafe-inline'") == 1

        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)

    assert time.monotonic() - asked < 8
    assert process.returncode == 0
    assert "worker stopped" in output
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{desk['PORT']}/admin/login/", timeout=5)

    assert run([*MANAGE, "setup"], desk).returncode == 0
    with serving(desk):
        assert sign_in(desk["PORT"]).endswith("/admin/")


@pytest.mark.slow
@pytest.mark.own_desk
def test_the_demo_leaves_a_desk_with_people_of_its_own_alone(desk: dict[str, str]) -> None:
    refused = run([*MANAGE, "demo"], {**desk, "PORT": str(free_port())})

    assert refused.returncode == 1
    assert refused.stderr == (
        "CommandError: This database has data of its own, and the demo would mix with it. Nothing was changed. "
        f"Give the demo a database of its own, for example DATABASE_URL=sqlite:///{desk['VAR_DIR']}/demo.sqlite3\n"
    )
    with sqlite3.connect(f"{desk['VAR_DIR']}/db.sqlite3") as database_of_desk:
        assert database_of_desk.execute("SELECT username FROM helpdesk_user").fetchall() == [("olga",)]


@pytest.mark.parametrize("name", ["serve", "demo"])
def test_a_port_that_is_taken_is_told_in_one_line(name: str, settings: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.PORT = other.getsockname()[1]

        with pytest.raises(CommandError) as refused:
            call_command(name)

    assert str(refused.value) == (
        f"Something already listens on 127.0.0.1:{settings.PORT}. End it, or choose another port, for example PORT=8123."
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        [*MANAGE, "serve"],
        [*MANAGE, "migrate"],
        [*MANAGE, "help"],
        [sys.executable, "-m", "project.web"],
        [sys.executable, "-c", "import project.wsgi"],
        [sys.executable, "-c", "import project.asgi"],
    ],
    ids=lambda command: " ".join(command[1:]),
)
def test_a_wrong_value_stops_every_entrance_with_one_line(tmp_path: Path, command: list[str]) -> None:
    refused = run(command, environment(tmp_path, DATABASE_URL="mysql://root:hunter2@127.0.0.1/help"))

    assert refused.returncode == 3
    assert refused.stderr == (
        "HelpDesk cannot start: DATABASE_URL must start with sqlite:// or postgres://. It must look like "
        "sqlite:////var/lib/helpdesk/db.sqlite3 or postgres://user:password@host:5432/name.\n"
    )
    assert refused.stdout == ""


@pytest.mark.slow
@pytest.mark.own_desk
def test_gunicorn_gives_up_on_a_wrong_value_instead_of_trying_for_ever(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", "127.0.0.1:0", "project.wsgi"]

    refused = run(command, environment(tmp_path, TIME_ZONE="Moscow"))

    assert refused.returncode == 3
    assert refused.stderr.count("HelpDesk cannot start: TIME_ZONE must be a time zone such as Europe/Moscow") == 1
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_server_that_starts_has_loaded_every_address_and_looks_for_garbage_in_none_of_it(tmp_path: Path) -> None:
    told = "import gc, sys, project.wsgi; print('admin_ext.views.analytics' in sys.modules, gc.get_freeze_count() > 100_000)"

    started = run([sys.executable, "-c", told], environment(tmp_path))

    assert (started.stdout, started.returncode) == ("True True\n", 0), started.stderr
