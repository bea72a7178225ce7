"""Decides which tables nobody may change: triggers of the database refuse UPDATE and DELETE on the audit and on history.

History has one door, a row of `HistoryDoor` in the same transaction, which erasing personal data opens. The audit has
none: two empty columns of a row may be filled once, when it is sealed. Triggers are put in place after every migration,
because SQLite makes a table anew when a column changes and loses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from helpdesk.models.audit import AuditRecord, HistoryDoor

_AUDIT = AuditRecord._meta.db_table
_DOOR = HistoryDoor._meta.db_table
_OPERATIONS = ("update", "delete")
_SEALING = frozenset({"position", "digest"})
_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION helpdesk_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM {_DOOR}) THEN
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE FUNCTION helpdesk_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'UPDATE' AND OLD.position IS NULL
     AND to_jsonb(OLD) - 'position' - 'digest' = to_jsonb(NEW) - 'position' - 'digest' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""  # noqa: S608 - names of our own tables


def history_tables() -> list[str]:
    """Return the tables that django-simple-history keeps, those of many-to-many fields too."""
    models = apps.get_app_config("helpdesk").get_models(include_auto_created=True)
    keys = {"history_id", "m2m_history_id"}
    return sorted({model._meta.db_table for model in models if model._meta.pk.name in keys})


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that should be there and are not."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return [name for table in (_AUDIT, *history_tables()) for name in _names(table) if name not in found]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place that are missing."""
    lacking = set(missing(connection))
    if not lacking:
        return
    tables = [table for table in (_AUDIT, *history_tables()) if lacking & set(_names(table))]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTIONS)
        for table in tables:
            for operation, name in zip(_OPERATIONS, _names(table), strict=True):
                if name in lacking:
                    cursor.execute(_trigger(connection.vendor, table, operation, name))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away; migrations do so before they change tables, and put them back."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in (_AUDIT, *history_tables()):
            for name in _names(table) if table in present else ():
                where = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{where}')


@contextmanager
def open_history(reason: str) -> Iterator[None]:
    """Let the recorded history be changed inside the block, which is one transaction; others still cannot."""
    with transaction.atomic():
        door = HistoryDoor.objects.create(reason=reason)
        yield
        door.delete()


def before_migration(sender: Any, plan: Any, using: str, **_ignored: Any) -> None:
    """Take the triggers away when tables are about to change."""
    from django.db import connections

    if plan:
        remove(connections[using])


def after_migration(sender: Any, using: str, **_ignored: Any) -> None:
    """Put the triggers back, and those of new tables in place."""
    from django.db import connections

    connection = connections[using]
    if {_AUDIT, _DOOR, *history_tables()} <= set(connection.introspection.table_names()):
        install(connection)


def _names(table: str) -> tuple[str, str]:
    return f"{table}_keeps_update", f"{table}_keeps_delete"


def _trigger(vendor: str, table: str, operation: str, name: str) -> str:
    if vendor == "postgresql":
        function = "helpdesk_keep_audit" if table == _AUDIT else "helpdesk_keep_history"
        return f'CREATE TRIGGER "{name}" BEFORE {operation} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {function}()'
    condition, told = f"NOT EXISTS (SELECT 1 FROM {_DOOR})", "history is append-only"  # noqa: S608
    if table == _AUDIT:
        kept = [field.column for field in AuditRecord._meta.concrete_fields if field.name not in _SEALING]
        differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in kept)
        condition = f"OLD.position IS NOT NULL OR {differs}" if operation == "update" else "1"
        told = "the audit is append-only"
    return f'CREATE TRIGGER "{name}" BEFORE {operation} ON "{table}" WHEN {condition} BEGIN SELECT RAISE(ABORT, \'{told}\'); END'
