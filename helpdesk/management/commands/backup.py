"""`manage.py backup`: makes a backup while people work, and lets old ones go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import backups
from helpdesk.actions import audit


class Command(BaseCommand):
    """Makes one file of database and uploads; keeps 7 days, 4 weeks, 12 months."""

    help = "Make a backup of database and uploads while people work, and delete those that need not stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --to, --keep-all and --make-key."""
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="the folder (BACKUP_DIR)")
        parser.add_argument("--keep-all", action="store_true", help="delete no older backup")
        parser.add_argument("--make-key", type=Path, metavar="FILE", help="only make a private key in this new file")

    def handle(self, *args: Any, to: Path, **options: Any) -> None:
        """Print where the backup is and what went; status 1 with a sentence when there is none."""
        if options["make_key"]:
            self.make_key(options["make_key"])
            return
        try:
            made = backups.make(to, recipients=settings.BACKUP_RECIPIENTS)
        except (backups.Trouble, ValueError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        audit.exported(actor=None, what="backup", form="sealed" if settings.BACKUP_RECIPIENTS else "open")
        self.stdout.write(f"{made} ({made.stat().st_size / 2**20:.1f} MB)")
        if settings.FILES:
            self.stdout.write("Uploads are in a bucket (FILES_URL) and not in it: keep versions of them there.")
        if not settings.BACKUP_RECIPIENTS:
            self.stdout.write("It is not sealed, and the secret key is not in it: keep that one elsewhere.")
        if not options["keep_all"]:
            for path in backups.rotate(to):
                self.stdout.write(f"deleted {path.name}")

    def make_key(self, path: Path) -> None:
        """Make a key and say what to do with its two halves."""
        try:
            public = backups.make_key(path)
        except OSError as error:
            raise CommandError(f"No key was made: {error}") from error
        self.stdout.write(
            f"Set BACKUP_RECIPIENTS={public}, and keep {path} away from this machine: it opens the backups."
        )
