"""Keeps the words of entries on PostgreSQL as the search reads them: to take an entry to pieces at every look takes ten times as long.

Words that everybody may find have the weight A, so that one column and one index serve those who read notes as well.
"""

from django.db import migrations

COLUMN = (
    "ALTER TABLE helpdesk_searchdoc ADD COLUMN words tsvector GENERATED ALWAYS AS"
    " (setweight(to_tsvector('simple', public), 'A') || to_tsvector('simple', internal)) STORED"
)
FORWARDS = (
    "DROP INDEX helpdesk_search_public",
    "DROP INDEX helpdesk_search_all",
    COLUMN,
    "CREATE INDEX helpdesk_search_words ON helpdesk_searchdoc USING gin (words)",
)
BACKWARDS = (
    "ALTER TABLE helpdesk_searchdoc DROP COLUMN words",
    "CREATE INDEX helpdesk_search_public ON helpdesk_searchdoc USING gin (to_tsvector('simple', public))",
    "CREATE INDEX helpdesk_search_all ON helpdesk_searchdoc USING gin (to_tsvector('simple', public || ' ' || internal))",
)


def forwards(apps, schema_editor):
    run(schema_editor, FORWARDS)


def backwards(apps, schema_editor):
    run(schema_editor, BACKWARDS)


def run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0032_months_of_lines")]

    operations = [migrations.RunPython(forwards, backwards)]
