"""Decides how the demo gets into a database: only into one without other data, once, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from helpdesk import moment
from helpdesk.actions import setup
from helpdesk.demo import cases as city
from helpdesk.demo.desk import ADMIN, Desk, make_desk, make_reports
from helpdesk.demo.story import tell
from helpdesk.models import Service, SupportLine, User
from helpdesk.moment import now

# These two are there, with these addresses, in a demo only.
MARKS = (ADMIN, "employee2")
PASSWORD = "demo"  # noqa: S105 - the demo's sign-ins are printed on the screen


class NotEmptyError(Exception):
    """The database has data of its own; the demo would mix with it."""


def is_loaded() -> bool:
    """Say whether the demo is in the database; an empty one without tables has none."""
    return _has_tables() and User.objects.filter(email__in=[f"{name}@helpdesk.example" for name in MARKS]).exists()


def has_other_data() -> bool:
    """Say whether somebody else's data is in the database: more than `manage.py setup` leaves, and not the demo's."""
    if not _has_tables() or is_loaded():
        return False
    return User.objects.exists() or Service.objects.exists() or SupportLine.objects.filter(is_default=False).exists()


def load_demo(
    *,
    tickets: int = 300,
    days: int = 90,
    cases: bool = True,
    strict: bool = False,
    say: Callable[[str], None] = print,
) -> Desk:
    """Load the demo: about `tickets` tickets over the last `days` days, and the 100 city cases unless `cases` is False.

    Raises NotEmptyError when the database has people, services or lines of its own, the demo's included. One
    transaction: a load that is broken off leaves nothing behind. `strict` raises what a step of the story was refused with.
    """
    if User.objects.exists() or has_other_data():
        raise NotEmptyError
    start = now() - timedelta(days=days + 1)
    beginning = city.FIRST - timedelta(days=1) if cases else start
    with transaction.atomic():
        setup.set_up()
        with moment.at(beginning):
            desk = make_desk(PASSWORD, first_year=start.year)
        say(f"{len(desk.people)} people, {len(desk.lines)} lines, {len(desk.kinds)} kinds of work")
        made = tell(desk, tickets=tickets, days=days, cases=cases, strict=strict)
        # Made long enough ago for the first report to lie in the mailbox soon.
        with moment.at(now() - timedelta(days=8)):
            make_reports(desk)
    say(f"{made} requests")
    return desk


def _has_tables() -> bool:
    return User._meta.db_table in connection.introspection.table_names()
