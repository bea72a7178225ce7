"""Decides how a process of the suite gets its tables: from a copy of a database that was migrated from zero once.

The copy is kept by a digest of what goes into it: migrations and models, the settings that shape them, the versions of
Python, Django and SQLite. A change of any of these asks for a new copy, so a stale one is never met. SQLite keeps it as a
file under `.cache/databases`, PostgreSQL as a database beside those of the tests. Whoever comes first migrates; others, of
this run or another, wait for him at a lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import platform
import sqlite3
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.core import management
from django.db import connections
from django.db.backends.base.creation import BaseDatabaseCreation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache" / "databases"
# Beside the migrations of every application: what decides triggers, permissions and the rows that migrations write.
SOURCES = ("helpdesk/models", "helpdesk/lifecycle", "helpdesk/apps.py", "helpdesk/moment.py", "project/databases.py")
SETTINGS = ("INSTALLED_APPS", "AUTH_USER_MODEL", "DEFAULT_AUTO_FIELD", "LANGUAGE_CODE", "TIME_ZONE", "USE_TZ")
PACKAGES = ("django", "django-simple-history", "djangorestframework_simplejwt")


class Place(Protocol):
    """Where copies are kept, for one kind of database."""

    def has(self, digest: str) -> bool:
        """Say whether there is a copy."""

    def keep(self, digest: str) -> None:
        """Copy what the connection has, in the place of all older copies."""

    def load(self, digest: str) -> None:
        """Give the connection what was kept."""


class Files:
    """Copies of SQLite: files under `.cache/databases`."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def has(self, digest: str) -> bool:
        return file_of(digest).exists()

    def keep(self, digest: str) -> None:
        for old in FOLDER.glob("*.sqlite3*"):
            old.unlink()
        making = FOLDER / "making.sqlite3"
        copy = sqlite3.connect(making)
        self._raw().backup(copy)
        # One file, without the two beside it that a log of changes needs.
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.close()
        making.rename(file_of(digest))

    def load(self, digest: str) -> None:
        kept = sqlite3.connect(f"file:{file_of(digest)}?mode=ro&immutable=1", uri=True)
        kept.backup(self._raw())
        kept.close()

    def _raw(self) -> sqlite3.Connection:
        self.connection.ensure_connection()
        raw = self.connection.connection
        assert isinstance(raw, sqlite3.Connection)
        return raw


class Templates:
    """Copies of PostgreSQL: databases that nobody uses, called after this folder and the digest."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.prefix = f"helpdesk_migrated_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}_"

    def has(self, digest: str) -> bool:
        return self.prefix + digest in self._kept()

    def keep(self, digest: str) -> None:
        self._run(f'DROP DATABASE "{old}"' for old in self._kept())
        self._run([f'CREATE DATABASE "{self.prefix}{digest}" TEMPLATE "{self._name()}"'])

    def load(self, digest: str) -> None:
        name = self._name()
        self._run([f'DROP DATABASE "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{self.prefix}{digest}"'])

    def _name(self) -> str:
        return str(self.connection.settings_dict["NAME"])

    def _kept(self) -> list[str]:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.prefix])
            return [name for (name,) in cursor.fetchall()]

    def _run(self, statements: Iterable[str]) -> None:
        # A database can be copied only while nobody is connected to it.
        self.connection.close()
        with self.connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


@contextmanager
def copied() -> Iterator[None]:
    """Let Django make test databases inside the block with tables that were migrated once."""
    create = BaseDatabaseCreation.create_test_db

    def create_test_db(self: BaseDatabaseCreation, *arguments: Any, **options: Any) -> str:
        with mock.patch.object(management, "call_command", partial(_call, management.call_command)):
            return create(self, *arguments, **options)

    with mock.patch.object(BaseDatabaseCreation, "create_test_db", create_test_db):
        yield


def _call(call_command: Callable[..., Any], name: str, *arguments: Any, **options: Any) -> Any:
    # Migrations that were switched off (`--no-migrations`) leave other tables.
    if name != "migrate" or settings.MIGRATION_MODULES:
        return call_command(name, *arguments, **options)
    connection = connections[options["database"]]
    place: Place = Templates(connection) if connection.vendor == "postgresql" else Files(connection)
    with _alone():
        wanted = digest()
        if place.has(wanted):
            return place.load(wanted)
        call_command(name, *arguments, **options)
        return place.keep(wanted)


def head_start(database: Path) -> None:
    """Let a desk of its own begin with the tables, on SQLite; where no copy is kept it migrates by itself."""
    kept = file_of(digest())
    if kept.exists():
        database.write_bytes(kept.read_bytes())


def file_of(wanted: str) -> Path:
    """Return where SQLite keeps the copy with this digest."""
    return FOLDER / f"{wanted}.sqlite3"


def digest(sources: Iterable[Path] | None = None) -> str:
    """Return what tells one state of migrations and models (`sources`: their files) from another."""
    told = hashlib.sha256()
    for file in all_sources() if sources is None else sources:
        told.update(f"{file}\0".encode() + file.read_bytes())
    told.update(repr([getattr(settings, name) for name in SETTINGS]).encode())
    told.update(repr([metadata.version(name) for name in PACKAGES]).encode())
    told.update(f"{platform.python_version()} {sqlite3.sqlite_version}".encode())
    return told.hexdigest()[:16]


def all_sources() -> Iterator[Path]:
    """Yield the files that decide what a migrated database is."""
    folders = [Path(config.path) / "migrations" for config in apps.get_app_configs()]
    for place in [*folders, *(ROOT / name for name in SOURCES)]:
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []


def structure(database: Path) -> set[tuple[str, str, str]]:
    """Return what a file of SQLite has: the kind, name and definition of its tables, indexes and triggers."""
    with sqlite3.connect(database) as connection:
        return set(connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master"))


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
