"""`manage.py import_catalog FILE…`: bring a table in from the shell, by the same reading and the same rules as the panel.

Exit codes: 0 done or nothing to change, 1 rows are rejected (nothing was written), 2 the file cannot be read or a choice
is needed, 3 refused.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from helpdesk.actions import imports
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ImportChange, ImportState, ImportSubject, SpreadsheetImport, User
from helpdesk.spreadsheets import intake
from helpdesk.spreadsheets.columns import plain_header
from helpdesk.spreadsheets.wording import differences, entity_label

SHOWN = 200


class Command(BaseCommand):
    help = "Import services and kinds of work (or lines, people, calendars) from xlsx, xls, ods or csv files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--subject", choices=ImportSubject.values, default=ImportSubject.CATALOG.value)
        parser.add_argument("--user", help="login of the administrator in whose name it is done", required=True)
        parser.add_argument("--dry-run", action="store_true", help="only print what would change")
        parser.add_argument("--sheet", help="name of the sheet to read")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=HEADER", help="which column a field is"
        )
        parser.add_argument("--reaction", default="", help="reaction limit for rows without one, such as 4h")
        parser.add_argument("--execution", default="", help="execution limit for rows without one, such as 2bd")
        parser.add_argument("--without-rejected", action="store_true", help="take the good rows, leave the others")
        parser.add_argument("--with-missing", action="store_true", help="switch off what the files lack")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = User.objects.filter(username=options["user"], is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no active account “{options['user']}”.", returncode=3)
        try:
            imported = self._read(actor, options)
            self._report(imported)
            code = self._confirm(actor, imported, options)
        except ActionRefused as refusal:
            raise CommandError(str(refusal.reason), returncode=3) from refusal
        if code:
            sys.exit(code)

    def _read(self, actor: User, options: dict[str, Any]) -> SpreadsheetImport:
        uploads = []
        for path in options["files"]:
            try:
                data = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}", returncode=2) from error
            uploads.append(imports.Upload(path.name, ContentFile(data, path.name), len(data)))
        imported = imports.receive(actor=actor, subject=options["subject"], uploads=uploads)
        imported.choices = {"limits": {"reaction_limit": options["reaction"], "execution_limit": options["execution"]}}
        intake.read(imported)
        if options["sheet"] or options["map"]:
            self._choose(actor, imported, options)
        return imported

    def _choose(self, actor: User, imported: SpreadsheetImport, options: dict[str, Any]) -> None:
        tables = imported.question.get("tables", [])
        if options["sheet"]:
            tables = [table for table in tables if table["id"].split(":", 2)[2] == options["sheet"]]
            if not tables:
                raise CommandError(f"There is no sheet “{options['sheet']}”.", returncode=2)
        else:
            tables = [table for table in tables if table["chosen"]] or tables[:1]
        fields = {table["id"]: dict(table["fields"]) for table in tables}
        for pair in options["map"]:
            name, _sep, header = pair.partition("=")
            for table in tables:
                headers = [plain_header(text) for text in table["headers"]]
                if plain_header(header) not in headers:
                    raise CommandError(f"There is no column “{header}”.", returncode=2)
                fields[table["id"]][name] = headers.index(plain_header(header))
        choices = {**imported.choices, "tables": list(fields), "fields": fields}
        imports.choose(actor=actor, imported=imported, choices=choices, remember=[])
        intake.read(imported)

    def _report(self, imported: SpreadsheetImport) -> None:
        if imported.state == ImportState.FAILED:
            raise CommandError(imported.trouble, returncode=2)
        if imported.state == ImportState.QUESTION:
            tables = "".join(
                f"\n  {table['name']}: {', '.join(table['headers'])}" for table in imported.question["tables"]
            )
            raise CommandError(imported.question["why"] + tables + "\nUse --sheet and --map.", returncode=2)
        self.stdout.write(", ".join(intake.in_words(imported.counts)) or "Nothing to change.")
        for change in imported.changes.all()[:SHOWN]:
            self.stdout.write(self._line(change))

    def _line(self, change: ImportChange) -> str:
        if change.outcome == ImportChange.Outcome.REJECTED:
            faults = "; ".join(f"{fault['address']}: {fault['reason']}" for fault in change.remarks)
            return f"  rejected, {change.place} row {change.row}: {faults}"
        told = "; ".join(f"{item.label}: {item.old} → {item.new}".replace(":  →", ":") for item in differences(change))
        return f"  {change.outcome}, {entity_label(change)} {change.label}" + (f" ({told})" if told else "")

    def _confirm(self, actor: User, imported: SpreadsheetImport, options: dict[str, Any]) -> int:
        counts = imported.counts
        if options["dry_run"]:
            imports.drop(actor=actor, imported=imported)
            return 1 if counts["rejected"] else 0
        if counts["rejected"] and not options["without_rejected"]:
            imports.drop(actor=actor, imported=imported)
            self.stderr.write("Nothing was written. Mend the rejected rows, or use --without-rejected.")
            return 1
        imports.confirm(actor=actor, imported=imported, with_missing=options["with_missing"], without_rejected=True)
        self.stdout.write(f"Done: import #{imported.pk}.")
        return 0
