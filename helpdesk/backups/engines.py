"""Decides how a database is copied out under writes and put back: the backup API of SQLite, pg_dump and psql for PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

SQLITE_FILE, POSTGRESQL_FILE = "database.sqlite3", "database.dump"
# Everything of ours in the schema goes before the copy comes, in the same transaction: tables of a later version would
# be in the way of the migrations that make them.
_EMPTY = """DO $$ DECLARE it record; BEGIN
FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
  EXECUTE format('DROP TABLE %I CASCADE', it.tablename);
END LOOP;
FOR it IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
  EXECUTE 'DROP FUNCTION ' || it.name || ' CASCADE';
END LOOP; END $$;"""


class Trouble(Exception):
    """A backup or a restore that cannot go on; the text is a sentence for the person at the shell."""


def file_name() -> str:
    """Return under which name the copy of this database lies in a backup."""
    return POSTGRESQL_FILE if connection.vendor == "postgresql" else SQLITE_FILE


def copy_out(target: Path) -> tuple[list[str], dict[str, int]]:
    """Write a copy of the database to `target`, of one moment while others write; return its migrations and row counts."""
    return _dump(target) if connection.vendor == "postgresql" else _copy(target)


def has_data() -> bool:
    """Return True when the database holds any person or request."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in {"helpdesk_user", "helpdesk_ticket"} & set(tables):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - one of two names
            if cursor.fetchone():
                return True
    return False


def put_back(source: Path) -> None:
    """Replace the whole database by the copy at `source`, all or nothing. Raises Trouble."""
    connections.close_all()
    if connection.vendor == "postgresql":
        _undump(source)
    else:
        _copy_back(source)


def _tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed)


def _count(execute: Any, tables: Iterable[str]) -> dict[str, int]:
    return {table: execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608 - our tables


def _names(rows: Iterable[Any]) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in rows)


def _copy(target: Path) -> tuple[list[str], dict[str, int]]:
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=30)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        # One file without companions: the copy is read where nobody keeps a write-ahead log.
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Trouble("The database is damaged: PRAGMA quick_check does not say ok. Restore an earlier backup.")
        return _names(copy.execute("SELECT app, name FROM django_migrations")), _count(copy.execute, _tables())


def _copy_back(source: Path) -> None:
    with (
        closing(sqlite3.connect(source)) as copy,
        closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=30)) as live,
    ):
        try:
            copy.backup(live)
        except sqlite3.Error as error:
            raise Trouble(f"The database cannot be replaced: {error}. End everything that uses it first.") from error


def _dump(target: Path) -> tuple[list[str], dict[str, int]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # This transaction holds the moment while the other program copies, which takes as long as it takes.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _program("pg_dump", *arguments)
        names = _names(MigrationRecorder.Migration.objects.values_list("app", "name"))
        return names, _count(lambda sql: (cursor.execute(sql), cursor)[1], _tables())


def _undump(source: Path) -> None:
    script = source.with_suffix(".sql")
    _program("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source), connects=False)
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    # Whoever still holds a table would let this wait for ever.
    _program("psql", *options, "--command=SET lock_timeout = '30s'", f"--command={_EMPTY}", f"--file={script}")
    script.unlink()


def _program(name: str, *arguments: str, connects: bool = True) -> None:
    path = shutil.which(name)
    if path is None:
        raise Trouble(f"{name} is not installed. It comes with the client of PostgreSQL (postgresql-client).")
    told = connection.settings_dict
    variables = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {variable: str(told[key]) for variable, key in variables.items() if told[key]}
    environment |= {f"PG{key.upper()}": str(told["OPTIONS"][key]) for key in told["OPTIONS"] if key.startswith("ssl")}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with our own arguments
        [path, *arguments],
        env={"PATH": os.environ.get("PATH", ""), **(environment if connects else {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Trouble(f"{name} failed: {done.stderr.strip()[:500] or 'it says nothing'}")
