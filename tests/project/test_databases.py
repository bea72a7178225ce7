"""DATABASE_URL becomes the settings of one database, and what it cannot say is refused with one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from project import databases


def read(monkeypatch: pytest.MonkeyPatch, url: str, folder: Path = Path("/srv")) -> dict[str, object]:
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)
    monkeypatch.setenv("DATABASE_URL", url)
    return databases.from_environment(folder)


def test_without_an_address_it_is_sqlite_among_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = read(monkeypatch, "", tmp_path)

    assert found["ENGINE"] == "project.sqlite3"
    assert found["NAME"] == tmp_path / "db.sqlite3"


@pytest.mark.parametrize("url", ["", "postgres://127.0.0.1/help"])
def test_connections_are_kept_for_a_minute(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch, url, tmp_path)["CONN_MAX_AGE"] == 60


def test_a_path_may_hold_escaped_signs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch, f"sqlite:///{tmp_path}/my%20desk.sqlite3")["NAME"] == tmp_path / "my desk.sqlite3"


def test_a_postgresql_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_STATEMENT_TIMEOUT", "15")

    found = read(monkeypatch, "postgresql://desk:p%40ss%2Fword@db.example.org:6543/help?sslmode=require")

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"]) == ("desk", "p@ss/word")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", 6543, "help")
    assert found["CONN_HEALTH_CHECKS"] is True
    assert found["OPTIONS"] == {
        "sslmode": "require",
        "options": "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c jit=off",
        "connect_timeout": 5,
        "prepare_threshold": 5,
    }


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@127.0.0.1/help",
        "help.sqlite3",
        "sqlite://help.sqlite3",
        "sqlite:///relative.sqlite3",
        "sqlite:////no/such/folder/db.sqlite3",
        "sqlite:////tmp",
        "sqlite:///:memory:",
        "postgres://127.0.0.1",
        "postgres://127.0.0.1:port/help",
        "postgres://127.0.0.1/help/desk",
        "postgres://127.0.0.1/help?options=-c%20fsync=off",
        "postgres://[::1/help",
    ],
)
def test_an_odd_address_ends_the_process_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        read(monkeypatch, url)

    assert stopped.value.code == 3
    message = capsys.readouterr().err
    assert message.startswith("HelpDesk cannot start: DATABASE_URL ")
    assert message.count("\n") == 1


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read(monkeypatch, "mysql://root:hunter2@127.0.0.1/help")

    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="speaks of SQLite")
@pytest.mark.parametrize(
    ("pragma", "expected"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 20_000)]
)
def test_sqlite_runs_with_the_pragmas_the_races_were_measured_with(pragma: str, expected: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")

        assert cursor.fetchone() == (expected,)


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="speaks of PostgreSQL")
@pytest.mark.parametrize(
    ("name", "expected"), [("lock_timeout", "5s"), ("jit", "off"), ("idle_in_transaction_session_timeout", "30s")]
)
def test_postgresql_gives_up_before_a_person_does_and_compiles_nothing(name: str, expected: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")

        assert cursor.fetchone() == (expected,)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="speaks of SQLite")
def test_a_transaction_takes_the_write_lock_at_its_start() -> None:
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
