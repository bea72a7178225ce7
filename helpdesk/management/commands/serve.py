"""Decides how the product runs on one machine: pages and background work side by side, ended together."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from helpdesk.management.supervision import Supervisor, answers


class Command(BaseCommand):
    """`manage.py serve`: the web server and the worker, until Ctrl-C or SIGTERM."""

    help = "Run the web server and the worker together until Ctrl-C or SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run both; exit with status 1 when one of them dies."""
        self.require_free_port()
        self.run_until_stopped()

    def require_free_port(self) -> None:
        """Raise CommandError when another program already listens where the pages should be."""
        if answers(settings.LISTEN_HOST, settings.PORT):
            raise CommandError(
                f"Something already listens on {settings.LISTEN_HOST}:{settings.PORT}. "
                "End it, or choose another port, for example PORT=8123."
            )

    def run_until_stopped(self) -> None:
        """Run the programs of `settings.PROCESSES`, print the address when pages are answered, and exit with their status."""
        supervisor = Supervisor(settings.PROCESSES, cwd=settings.BASE_DIR, say=self.say)
        sys.exit(supervisor.run(ready=lambda: answers(settings.LISTEN_HOST, settings.PORT), announce=self.announce))

    def announce(self) -> None:
        """Tell where the panel is."""
        self.say(f"HelpDesk is at {settings.PUBLIC_URL}/ (Ctrl-C ends it)")

    def say(self, line: str) -> None:
        """Print a line at once, also into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
