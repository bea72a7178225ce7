"""`manage.py rebuild_search`: stores the searchable words of every request again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from helpdesk import search


class Command(BaseCommand):
    """Rebuilds the index while people work; safe to repeat."""

    help = "Store the searchable words of every request again; people may go on working."

    def handle(self, *args: Any, **options: Any) -> None:
        """Index every ticket and say how many there are."""
        self.stdout.write(f"{search.rebuild()} requests indexed.")
