"""`manage.py check_catalog`: print what is wrong with the catalog; exit with 1 when something is."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.actions import catalog_check


class Command(BaseCommand):
    help = "Look for kinds without a line, reaction longer than execution, unreachable services and the like."

    def handle(self, *args: Any, **options: Any) -> None:
        found = catalog_check.findings()
        last = ""
        for finding in found:
            if finding.check != last:
                self.stdout.write(f"{catalog_check.NAMES[finding.check]}:")
                last = finding.check
            self.stdout.write(f"  {finding.record}: {finding.text}")
        if found:
            sys.exit(1)
        self.stdout.write("Nothing to mend.")
