"""`manage.py sync_roles`: keep the role groups in step with roles and lines; tell what was not."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from helpdesk.actions import roles


class Command(BaseCommand):
    """Safe to repeat: the second run finds nothing. With --check nothing is changed, and status 1 tells that something is to do."""

    help = "Create missing role groups, put agents and leads into theirs as the lines say, keep the staff flag."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit with 1 when something is out of step"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Print a line for each difference, +group and -group, then how many there were."""
        found = roles.differences() if check else roles.sync()
        for each in found:
            self.stdout.write(str(each))
        state = "out of step" if check else "brought into step"
        self.stdout.write(f"{len(found)} {state}." if found else "Roles and groups are in step.")
        if check and found:
            sys.exit(1)
