"""`manage.py doctor`: looks at everything that can be wrong with a desk, and says what to do."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from helpdesk.health import doctor
from helpdesk.health.findings import Level, worst

STATUS = {Level.OK: 0, Level.WARNING: 1, Level.FAILED: 2}
SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.FAILED: "FAILED "}


class Command(BaseCommand):
    """Exit status 0: all is well; 1: something should be mended; 2: something does not work."""

    help = "Look at settings, database, outbox, clocks, calendars, search, files, backups; exit status 0, 1 or 2."
    # It tells of them itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line per finding."""
        found = doctor.examine()
        level = worst(found)
        if options["json"]:
            told = {"status": level, "checks": [finding._asdict() for finding in found]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for finding in found:
                remedy = f"\n         {finding.remedy}" if finding.remedy else ""
                self.stdout.write(f"{SIGNS[finding.level]}  {finding.check}: {finding.says}{remedy}")
        sys.exit(STATUS[level])
