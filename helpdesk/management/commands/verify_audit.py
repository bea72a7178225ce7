"""`manage.py verify_audit`: tell whether the audit has a gap or a changed record; exit with 1 when it has."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from helpdesk.actions import audit_chain


class Command(BaseCommand):
    help = "Check the chain of audit records and the guards of append-only tables; note the head it prints elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", default="", help="a head printed earlier, place:checksum")

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit_chain.verify(expected=options["expect"])
        for fault in found.faults:
            self.stdout.write(fault)
        self.stdout.write(f"{found.sealed} records sealed, {found.waiting} waiting. Head: {found.head}")
        if found.faults:
            sys.exit(1)
