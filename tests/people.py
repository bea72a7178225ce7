"""The named people of the tests, with fixed roles, and the desk they meet at.

Anna and Boris file requests. Alla and Artem are agents of the first line, which is the default one; Lev leads it. Egor works
on the second line. Katya keeps the catalog, Olga analyses, Roman administers. Ivan's account is switched off.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from helpdesk import moment
from helpdesk.actions import registration
from helpdesk.actions.dispatch import act
from helpdesk.lifecycle import Status
from helpdesk.models import Membership, Role, Service, SupportLine, Ticket, User, WorkType

# A Tuesday, ten o'clock in Moscow.
NOON = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
PASSWORD = "demo"

# PostgreSQL does not take numbers back with a rolled-back test, so a small one may be somebody's by now.
NO_ROW = 2_000_000_001

LOGINS = {
    "anna": ("Anna", "Smirnova"), "boris": ("Boris", "Kovalev"), "alla": ("Alla", "Fedorova"), "artem": ("Artem", "Lebedev"),
    "lev": ("Lev", "Morozov"), "egor": ("Egor", "Nikitin"), "katya": ("Katya", "Orlova"), "olga": ("Olga", "Krylova"),
    "roman": ("Roman", "Belov"), "ivan": ("Ivan", "Gusev"),
}  # fmt: skip
GROUPS = {"katya": Role.CATALOG, "olga": Role.ANALYST, "roman": Role.ADMINISTRATOR}
LINES = {
    "alla": ("first", "member"),
    "artem": ("first", "member"),
    "lev": ("first", "lead"),
    "egor": ("second", "member"),
}


@dataclass
class Desk:
    """The people, lines and kinds of work of a test, and what can happen there."""

    people: dict[str, User]
    first: SupportLine
    second: SupportLine
    mail: Service
    mailbox: WorkType
    server: WorkType

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def client(self, name: str) -> Client:
        """Return a browser in which the person has signed in."""
        client = Client()
        client.force_login(self.people[name])
        return client

    def file(self, requester: str = "anna", kind: WorkType | None = None, **values: Any) -> Ticket:
        """Let a person file a request."""
        given = {"subject": "Mail does not go out", "text": "Error 550 since the morning.", **values}
        return registration.register(actor=self.people[requester], work_type=kind or self.mailbox, **given)

    def act(self, name: str, actor: str, ticket: Ticket, **raw: Any) -> Ticket:
        """Let a person carry out an action."""
        return act(name, actor=self.people[actor], ticket_id=ticket.pk, raw=raw)

    def ticket(self, status: str = Status.NEW) -> Ticket:
        """Return Anna's request in `status`, reached by real actions; Alla is its assignee from `in_work` on."""
        ticket = self.file()
        for name, actor, raw in ROADS[Status(status)]:
            self.act(name, actor, ticket, **raw)
        return Ticket.objects.select_related("assignee", "line", "requester").get(pk=ticket.pk)


_TAKE = ("take", "alla", {})
_SUBMIT = ("submit", "alla", {"comment": "Mended."})
ROADS: dict[Status, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    Status.NEW: (),
    Status.IN_WORK: (_TAKE,),
    Status.WAITING: (_TAKE, ("ask", "alla", {"comment": "Which error?"})),
    Status.ON_REVIEW: (_TAKE, _SUBMIT),
    Status.REWORK: (_TAKE, _SUBMIT, ("return", "anna", {"comment": "Still broken."})),
    Status.DONE: (_TAKE, _SUBMIT, ("accept", "anna", {"rating": "5"})),
    Status.CANCELLED: (("cancel", "anna", {"comment": "Not needed."}),),
}


@pytest.fixture
def noon() -> Iterator[datetime]:
    """Stop the clock on a Tuesday at ten."""
    with moment.at(NOON) as now:
        yield now


@pytest.fixture
def desk(db: None, noon: datetime) -> Desk:
    """Return the desk with its people."""
    return make_desk()


@pytest.fixture(scope="module")
def desk_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """Return a desk whose rows all tests of a module begin with: each undoes what it wrote, the last leaves nothing.

    For what takes long to furnish. A module furnishes it in a fixture of its own scope, and hands out a copy: `as_new`.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with moment.at(NOON):
            made = make_desk()
        yield made
        transaction.set_rollback(True)


def as_new(desk: Desk) -> Desk:
    """Return the desk as it was furnished, whatever a test did to its people in memory."""
    return copy.deepcopy(desk)


def make_desk() -> Desk:
    """Create the people, two lines and two kinds of work."""
    missing = set(Role.values) - set(Group.objects.values_list("name", flat=True))
    Group.objects.bulk_create(Group(name=name) for name in Role.values if name in missing)
    first = SupportLine.objects.create(name="First line", is_default=True)
    second = SupportLine.objects.create(name="Second line")
    lines = {"first": first, "second": second}
    # Made in bulk: every test begins here, and none asks for the history of how its people came about.
    password = make_password(PASSWORD)
    people = {
        login: User(
            username=login, email=f"{login}@example.com", password=password, first_name=name, last_name=last,
            is_active=login != "ivan", is_staff=login in {**LINES, **GROUPS}, language="en",
        )
        for login, (name, last) in LOGINS.items()
    }  # fmt: skip
    User.objects.bulk_create(people.values())
    groups = {group.name: group for group in Group.objects.all()}
    User.groups.through.objects.bulk_create(
        User.groups.through(user=people[login], group=groups[name])
        for login, name in [*GROUPS.items(), *((login, "agent") for login in LINES), ("lev", "lead")]
    )
    Membership.objects.bulk_create(
        Membership(line=lines[key], person=people[login], role=role) for login, (key, role) in LINES.items()
    )
    mail = Service.objects.create(code="MAIL", name="Mail")
    mailbox = WorkType.objects.create(
        service=mail, code="MAIL.1", name="Mailbox", reaction_limit="30m", execution_limit="4h"
    )
    server = WorkType.objects.create(
        service=mail, code="MAIL.2", name="Mail server", line=second, reaction_limit="1h", execution_limit="2bd"
    )
    mailbox.refresh_from_db()
    server.refresh_from_db()
    return Desk(people, first, second, mail, mailbox, server)


def state(ticket: Ticket) -> tuple[Any, ...]:
    """Return everything that a refused action must not change."""
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    return (
        row,
        ticket.history.count(),
        list(ticket.events.values_list("pk", flat=True)),
        list(ticket.messages.values_list("pk", "text")),
        list(ticket.clocks.order_by("pk").values()),
        ticket.ratings.count(),
        ticket.attachments.count(),
    )
