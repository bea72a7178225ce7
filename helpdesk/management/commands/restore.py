"""`manage.py restore`: brings a desk back from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import backups


class Command(BaseCommand):
    """Checks the backup, then replaces database and uploads by it, all or nothing."""

    help = "Bring database and uploads back from a backup. End the web server and the worker first."
    # The database may be empty, or broken.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, --check, --replace and --key."""
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--check", action="store_true", help="only look whether the backup is whole")
        parser.add_argument("--replace", action="store_true", help="let the data that is here go")
        parser.add_argument("--key", type=Path, help="the file with the private key, for a sealed backup")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Say what came back; status 1 with a sentence, and nothing changed, when it cannot."""
        try:
            if options["check"]:
                manifest = backups.check(file, key_file=options["key"])
            else:
                manifest = backups.restore(file, key_file=options["key"], replace=options["replace"])
        except backups.Trouble as error:
            raise CommandError(str(error)) from error
        rows = manifest.rows
        self.stdout.write(
            f"{'Whole' if options['check'] else 'Restored'}: the desk of {manifest.made_at}, "
            f"{rows['helpdesk_ticket']} requests, {rows['helpdesk_user']} people, "
            f"{sum(name.startswith('files/') for name in manifest.files)} files."
        )
