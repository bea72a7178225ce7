"""`manage.py demo`: the product with a story in it, for looking around; the second start keeps what was entered."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser

from helpdesk.actions import audit
from helpdesk.demo import has_other_data, is_loaded, load_demo
from helpdesk.demo.load import PASSWORD, NotEmptyError
from helpdesk.management.commands.serve import Command as Serve

SIGN_INS = (
    ("employee, employee2", "file requests"),
    ("agent, agent2", "first support line"),
    ("expert", "second support line"),
    ("lead", "leads the first line"),
    ("catalog", "keeps the catalog"),
    ("admin", "administers"),
)
INTERRUPTED = 130


@contextmanager
def nobodys_acts() -> Iterator[None]:
    """Keep the audit out of the log: what the story does is nobody's act, and its lines would bury what is said here."""
    log = logging.getLogger(audit.__name__)
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(logging.NOTSET)


class Command(Serve):
    """Migrates, loads the demo once, serves."""

    help = "Run HelpDesk with demo people and requests (password: demo)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --no-serve and --tickets."""
        parser.add_argument("--no-serve", action="store_true", help="only load the demo into the database")
        parser.add_argument("--tickets", type=int, default=300, help="about how many requests to tell of (300)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the database ready, tell the story when it is new, run web and worker."""
        if not options["no_serve"]:
            self.require_free_port()
        # Asked before anything is touched: somebody's real data is not even migrated by a demo.
        if has_other_data():
            raise self.refusal()
        call_command("migrate", verbosity=0, interactive=False)
        if is_loaded():
            self.say("The demo is in the database already; it stays as you left it.")
        else:
            self.load(options["tickets"])
        if not options["no_serve"]:
            self.run_until_stopped()

    def load(self, tickets: int) -> None:
        """Tell the story, saying how long it took."""
        started = time.monotonic()
        self.say("Telling the story of ninety days to a new database; this takes about half a minute…")
        try:
            with nobodys_acts():
                load_demo(tickets=tickets, say=self.say)
        except NotEmptyError as error:
            raise self.refusal() from error
        except KeyboardInterrupt:
            self.say("Broken off; the database is as empty as before.")
            sys.exit(INTERRUPTED)
        self.say(f"done in {time.monotonic() - started:.0f} s")

    def refusal(self) -> CommandError:
        """Return what to say about a database with data of its own, with a way out that works as it is written."""
        return CommandError(
            "This database has data of its own, and the demo would mix with it. Nothing was changed. "
            f"Give the demo a database of its own, for example DATABASE_URL=sqlite:///{settings.VAR_DIR}/demo.sqlite3"
        )

    def announce(self) -> None:
        """Tell the address and who can sign in."""
        super().announce()
        self.say(f"Sign in with password “{PASSWORD}” as:")
        for names, what in SIGN_INS:
            self.say(f"  {names:<20} {what}")
