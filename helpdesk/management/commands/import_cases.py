"""`manage.py import_cases FILE --map MAP.json`: bring cases of another desk in, or go on where it was broken off.

Exit codes: 0 done, 1 done but rows were left out, 2 the file or the mapping cannot be used, 3 refused.
"""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from helpdesk.actions import foreign
from helpdesk.actions.refusals import ActionRefused
from helpdesk.cases import mapping, running
from helpdesk.models import CaseImportState, User
from helpdesk.spreadsheets.sniffing import UnreadableFile

SHOWN = 200


class Command(BaseCommand):
    help = "Bring in cases of another desk: a log of events or a table of cases, csv or xlsx."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", type=Path, required=True, metavar="MAP.json", help="what columns and words mean")
        parser.add_argument("--user", help="login of the administrator in whose name it is done", required=True)
        parser.add_argument("--dry-run", action="store_true", help="only print what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = User.objects.filter(username=options["user"], is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no active account “{options['user']}”.", returncode=3)
        try:
            data, chosen = self._read(options)
            counts = self._bring(actor, options["file"].name, data, chosen, dry=options["dry_run"])
        except ActionRefused as refusal:
            raise CommandError(str(refusal.reason), returncode=3) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        except (UnreadableFile, mapping.BadMapping, LookupError) as error:
            raise CommandError(str(error.args[0]), returncode=2) from error
        if counts.get("left_out"):
            sys.exit(1)

    def _read(self, options: dict[str, Any]) -> tuple[bytes, mapping.CaseMapping]:
        try:
            data = options["file"].read_bytes()
            chosen = mapping.from_json(json.loads(options["map"].read_text(encoding="utf-8")))
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}", returncode=2) from error
        except ValueError as error:
            raise CommandError(f"{options['map']}: {error}", returncode=2) from error
        return data, chosen

    def _bring(self, actor: User, name: str, data: bytes, chosen: mapping.CaseMapping, *, dry: bool) -> dict[str, int]:
        imported = None
        if not dry:
            imported = foreign.unfinished(source=chosen.source, sha256=hashlib.sha256(data).hexdigest())
        if imported is None:
            imported = foreign.receive(actor=actor, name=name, data=data)
            foreign.choose(actor=actor, imported=imported, mapping=chosen.as_json())
        if dry:
            found = running.preview(imported)
            foreign.drop(actor=actor, imported=imported)
            return self._report(found.counts, ((item.row, item.case, item.text) for item in found.remarks))
        try:
            done = running.bring_in(imported, self._progress)
        except ActionRefused:
            if imported.state == CaseImportState.MAPPING:
                foreign.drop(actor=actor, imported=imported)
            raise
        return self._report(done.counts, done.remarks.values_list("row", "case", "text").iterator())

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"{done} of {total}")

    def _report(self, counts: dict[str, int], remarks: Iterable[tuple[int | None, str, str]]) -> dict[str, int]:
        self.stdout.write(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
        for number, (row, case, text) in enumerate(remarks):
            if number >= SHOWN:
                self.stdout.write("  … the rest stands in the report of the panel")
                break
            self.stdout.write(f"  row {row}, case {case}: {text}")
        return counts
