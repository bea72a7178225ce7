"""A new desk, whose tables are made at once, is what a desk becomes that went through every migration; both go on alike."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from tests.contracts.sources import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

# A desk that an earlier version made, was left alone for a while, and is upgraded; then its last version knew no shortcut.
GROW = """
import django; django.setup()
from unittest import mock
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
load = MigrationLoader.load_disk
def load_steps(self):
    load(self)
    steps = {key: each for key, each in self.disk_migrations.items() if key[0] != "helpdesk" or not each.replaces}
    self.disk_migrations = steps
with mock.patch.object(MigrationLoader, "load_disk", load_steps):
    call_command("migrate", "helpdesk", "0023_case_previews", verbosity=0)
call_command("migrate", verbosity=0)
assert MigrationRecorder.Migration.objects.filter(app="helpdesk", name__contains="_squashed_").delete()[0] == 1
call_command("migrate", check_unapplied=True, verbosity=0)
call_command("migrate")
"""
SQLITE = ("SELECT type, name, sql FROM sqlite_master",)
POSTGRESQL = (
    (
        "SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default, is_identity"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    ),
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint",
    "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'",
    "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace",
)
# Rows under the names they go by, for their numbers tell only who came first.
NAMED = {
    "django_migrations": "SELECT app, name FROM django_migrations",
    "django_content_type": "SELECT app_label, model FROM django_content_type",
    "auth_permission": "SELECT app_label, model, codename, name FROM auth_permission p"
    " JOIN django_content_type t ON t.id = p.content_type_id",
}


@contextmanager
def another(folder: Path) -> Iterator[tuple[BaseDatabaseWrapper, dict[str, str]]]:
    """Yield an empty database of the kind the suite runs on, and the environment of a desk that lives in it."""
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "project.settings", "VAR_DIR": str(folder)}
    if connection.vendor != "postgresql":
        yield _connect(str(folder / "db.sqlite3")), env
        return
    name = f"{connection.settings_dict['NAME']}_grown"
    _run(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    other = _connect(name)
    try:
        yield other, env | {"DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()}
    finally:
        other.close()
        _run(f'DROP DATABASE "{name}"')


def _connect(name: str) -> BaseDatabaseWrapper:
    return ConnectionHandler({"default": {**connection.settings_dict, "NAME": name}})["default"]


def _run(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def ask(database: BaseDatabaseWrapper, *queries: str) -> set[tuple[Any, ...]]:
    """Return the rows that answer the queries."""
    rows: set[tuple[Any, ...]] = set()
    with database.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            rows.update(cursor.fetchall())
    return rows


def structure(database: BaseDatabaseWrapper) -> set[tuple[Any, ...]]:
    """Return what a database is made of: tables with columns, indexes, constraints, triggers and functions."""
    if database.vendor == "postgresql":
        return ask(database, *POSTGRESQL)
    # Columns stand in the order in which they came, which says nothing.
    return {(*row, *sorted(str(sql).split(", "))) for *row, sql in ask(database, *SQLITE)}


def contents(database: BaseDatabaseWrapper) -> dict[str, set[tuple[Any, ...]]]:
    """Return the rows of all tables that have some."""
    tables = database.introspection.table_names()
    rows = {table: ask(database, NAMED.get(table, f'SELECT * FROM "{table}"')) for table in tables}  # noqa: S608 - our tables
    return {table: found for table, found in rows.items() if found}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_desk_that_has_grown_is_as_a_new_one(tmp_path: Path) -> None:
    with another(tmp_path) as (grown, env):
        told = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", GROW], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False
        )

        assert told.returncode == 0, told.stderr
        assert "No migrations to apply." in told.stdout
        assert structure(grown) == structure(connection)
        assert contents(grown) == contents(connection)
