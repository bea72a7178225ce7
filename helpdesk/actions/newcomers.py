"""Decides how people of another desk get accounts here: many at once, switched off, without a password, with their history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.text import slugify

from helpdesk.actions.notices import administrator
from helpdesk.models import User
from helpdesk.moment import now

BATCH = 500


def drafts(names: Iterable[str], source: str, taken: set[str]) -> list[User]:
    """Return an account for each of `names`, not stored yet; logins are none of `taken`, which are folded."""
    people, used = [], set(taken)
    prefix = slugify(source) or "other"
    for number, name in enumerate(names, start=1):
        stem = f"{prefix}-{slugify(name) or number}"[:140]
        login, more = stem, 1
        while login.casefold() in used:
            more += 1
            login = f"{stem}-{more}"
        used.add(login.casefold())
        people.append(User(username=login, first_name=called(name), is_active=False))
    return people


def called(name: str) -> str:
    """Return what somebody is called here whose `name` has odd blanks or is longer than an account has room for."""
    return " ".join(name.split())[:150]


def add(*, actor: User, people: Sequence[User]) -> None:
    """Store `people`. An administrator switches on whoever comes along. Raises ActionRefused."""
    administrator(actor)
    for person in people:
        person.set_unusable_password()
    with transaction.atomic():
        User.objects.bulk_create(people, batch_size=BATCH)
        User.history.bulk_history_create(people, batch_size=BATCH, default_user=actor, default_date=now())
