"""`manage.py setup`: makes the database what this version needs, and gives a new desk roles, a calendar and a line."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from helpdesk.actions import setup


class Command(BaseCommand):
    """Creates or updates the database; safe to repeat."""

    help = "Create or update the database and what every desk needs. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then set up."""
        call_command("migrate", verbosity=0, interactive=False)
        setup.set_up()
        self.stdout.write("The database is ready. Next: manage.py createsuperuser, then manage.py serve")
