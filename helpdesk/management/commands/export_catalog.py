"""`manage.py export_catalog FILE`: write a table in exactly the columns that the import reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from helpdesk.actions import audit
from helpdesk.models import ImportSubject
from helpdesk.spreadsheets import writing
from helpdesk.spreadsheets.resources import table_of


class Command(BaseCommand):
    help = "Write services and kinds of work (or lines, people, calendars) to an xlsx or csv file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--subject", choices=ImportSubject.values, default=ImportSubject.CATALOG.value)
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="ru")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if path.suffix not in (".xlsx", ".csv"):
            raise CommandError("The file has to be called .xlsx or .csv.")
        with translation.override(options["language"]):
            table = table_of(options["subject"])
            title = str(ImportSubject(options["subject"]).label)
            data = writing.as_csv(table) if path.suffix == ".csv" else writing.as_xlsx(table, title)
        path.write_bytes(data)
        audit.exported(actor=None, what=options["subject"], form=path.suffix[1:], rows=len(table))
        self.stdout.write(f"{len(table)} rows in {path.name}.")
