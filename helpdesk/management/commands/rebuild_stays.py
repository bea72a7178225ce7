"""`manage.py rebuild_stays`: tells the stays and closings behind the figures anew from the history."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.actions import stays


class Command(BaseCommand):
    """Rebuilds what the figures are counted from while people work; safe to repeat."""

    help = "Tell the stays and closings of every request anew from its history; people may go on working."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them and say of how many tickets."""
        self.stdout.write(f"Stays of {stays.rebuild()} requests told anew.")
