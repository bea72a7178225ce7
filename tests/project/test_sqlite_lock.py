"""A transaction on SQLite waits for the write lock by looking steadily, begins when it is free, and gives up when it was told to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, transaction
from django.db.utils import ConnectionHandler

from project import databases
from project.sqlite3 import base


@pytest.fixture
def desk_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any) -> Iterator[Any]:
    """Yield a connection as the product opens it, to a file of its own with one table."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/db.sqlite3")
    opened = ConnectionHandler({"default": databases.from_environment(tmp_path)})["default"]
    with django_db_blocker.unblock():
        opened.connect()
        with opened.cursor() as cursor:
            cursor.execute("CREATE TABLE word (text)")
        yield opened
        opened.close()


def _patience(opened: Any) -> int:
    return int(opened.connection.execute("PRAGMA busy_timeout").fetchone()[0])


def _write(opened: Any, text: str) -> None:
    opened.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    opened.connection.execute("INSERT INTO word VALUES (?)", (text,))
    opened.commit()
    opened.set_autocommit(True)


def test_it_begins_as_soon_as_the_other_one_has_ended(desk_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(desk_file.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    looks: list[float] = []

    def wait(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 5:
            other.execute("COMMIT")

    monkeypatch.setattr(base.time, "sleep", wait)

    _write(desk_file, "mine")

    assert looks == [base.LOOK] * 5, "whoever has waited for long would look less often"
    assert other.execute("SELECT text FROM word").fetchall() == [("mine",)]
    assert _patience(desk_file) == 20_000
    other.close()


def test_it_gives_up_when_its_patience_is_at_an_end(desk_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(desk_file.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    clock = [0.0]
    monkeypatch.setattr(base.time, "sleep", lambda _seconds: clock.__setitem__(0, clock[0] + 7))
    monkeypatch.setattr(base.time, "monotonic", lambda: clock[0])

    with pytest.raises(OperationalError, match="locked"):
        _write(desk_file, "mine")

    assert clock[0] == 21
    assert other.execute("SELECT COUNT(*) FROM word").fetchone() == (0,)
    assert _patience(desk_file) == 20_000
    other.close()


def test_what_is_no_lock_is_told_at_once(desk_file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.time, "sleep", lambda _seconds: pytest.fail("it waited"))
    desk_file.connection.execute("BEGIN")

    with pytest.raises(DatabaseError, match="within a transaction"):
        desk_file._start_transaction_under_autocommit()

    assert _patience(desk_file) == 20_000


@pytest.mark.django_db(transaction=True)
def test_the_desk_itself_waits_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("speaks of SQLite")
    looked: list[bool] = []
    begun = base.DatabaseWrapper._begun
    monkeypatch.setattr(
        base.DatabaseWrapper, "_begun", lambda self, may_wait: looked.append(may_wait) or begun(self, may_wait=may_wait)
    )

    with transaction.atomic():
        pass

    assert looked == [True]
