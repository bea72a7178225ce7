"""Makes the words of tickets quick to ask: an FTS5 table kept by triggers on SQLite, GIN indexes on PostgreSQL."""

from django.db import migrations

SQLITE = (
    """CREATE VIRTUAL TABLE helpdesk_search USING fts5(
        public, internal, content='helpdesk_searchdoc', content_rowid='ticket_id',
        tokenize='unicode61 remove_diacritics 0', prefix='2 3'
    )""",
    """CREATE TRIGGER helpdesk_search_insert AFTER INSERT ON helpdesk_searchdoc BEGIN
        INSERT INTO helpdesk_search(rowid, public, internal) VALUES (new.ticket_id, new.public, new.internal);
    END""",
    """CREATE TRIGGER helpdesk_search_delete AFTER DELETE ON helpdesk_searchdoc BEGIN
        INSERT INTO helpdesk_search(helpdesk_search, rowid, public, internal)
        VALUES ('delete', old.ticket_id, old.public, old.internal);
    END""",
    """CREATE TRIGGER helpdesk_search_update AFTER UPDATE ON helpdesk_searchdoc BEGIN
        INSERT INTO helpdesk_search(helpdesk_search, rowid, public, internal)
        VALUES ('delete', old.ticket_id, old.public, old.internal);
        INSERT INTO helpdesk_search(rowid, public, internal) VALUES (new.ticket_id, new.public, new.internal);
    END""",
)
SQLITE_BACK = (
    "DROP TRIGGER helpdesk_search_insert",
    "DROP TRIGGER helpdesk_search_delete",
    "DROP TRIGGER helpdesk_search_update",
    "DROP TABLE helpdesk_search",
)
POSTGRESQL = (
    "CREATE INDEX helpdesk_search_public ON helpdesk_searchdoc USING gin (to_tsvector('simple', public))",
    "CREATE INDEX helpdesk_search_all ON helpdesk_searchdoc USING gin (to_tsvector('simple', public || ' ' || internal))",
)
POSTGRESQL_BACK = ("DROP INDEX helpdesk_search_public", "DROP INDEX helpdesk_search_all")


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
