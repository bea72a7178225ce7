"""Decides what is written down about the desk itself: sign-ins, refusals, roles, tokens, tables in and out, configuration.

A record is written in the transaction of the change it tells of; refusals and failed sign-ins, which change nothing, in
their own. No names of people and no secrets: people are told by number, values of contacts not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk import access, origin
from helpdesk.access import Right
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ApiToken, AuditKind, AuditRecord, Membership, User
from helpdesk.moment import now

logger = logging.getLogger(__name__)

# Codes of refusals that tell of a missing right; the others tell of a state that has changed.
RIGHTS = frozenset({
    "no_right", "not_yours", "not_assignee", "not_support", "not_author", "read_only", "foreign_line", "own_role", "own_account",
})  # fmt: skip
MOST_REFUSALS = 20
_UNTOLD = frozenset(
    {
        "password",
        "last_login",
        "photo",
        "salt",
        "changed_at",
        "recount_after",
        "is_staff",
        "date_joined",
        "pair_round",
        # Who somebody is at the company: people are told by number.
        "subject",
        "groups",
    }
)
_PERSONAL = frozenset({"username", "first_name", "last_name", "email", "phone", "department"})


def record(
    kind: AuditKind, *, actor: User | None, person: User | None = None, about: models.Model | None = None, **data: Any
) -> AuditRecord:
    """Write down what happened: who did it, to whom or which record, from where, and `data` of plain values."""
    came = origin.current()
    subject = about if isinstance(about, User) else person
    return _written(
        at=now(), kind=kind, actor=actor, person=subject,
        object_type=about._meta.model_name or "" if about is not None else "",
        object_id=about.pk if about is not None else None,
        object_name=_name(about),
        data=data, address=came.address[:45], request_id=came.request_id[:64],
    )  # fmt: skip


def who_asks() -> User | None:
    """Return the person whose request is being answered, for what nobody names an actor for."""
    person = origin.current().person()
    return person if isinstance(person, User) else None


def _written(**values: Any) -> AuditRecord:
    """Write the record, and a line of the log with its number: whoever deletes it before it is sealed leaves that line."""
    row = AuditRecord.objects.create(**values)
    logger.info("audit record %d: %s", row.pk, row.kind)
    return row


def values_of(row: models.Model) -> dict[str, Any]:
    """Return the stored values of a record that may be told, by field; empty for one that is not stored yet."""
    stored = type(row)._base_manager.filter(pk=row.pk).first() if row.pk else None
    if stored is None:
        return {}
    return {field.name: _plain(stored, field) for field in row._meta.concrete_fields if _is_told(field)}


def changed(row: models.Model, before: dict[str, Any], *, actor: User | None, reason: str = "") -> None:
    """Write down that a record was added or changed, with old and new; nothing when nothing differs. One query."""
    after = values_of(row)
    changes = [
        [name, None, None] if isinstance(row, User) and name in _PERSONAL else [name, before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    ]
    if not changes and not reason:
        return
    kind = AuditKind.CHANGED if before else AuditKind.ADDED
    person = row.person if isinstance(row, Membership) else None
    if isinstance(row, Membership):
        kind = AuditKind.MEMBERSHIP
    record(kind, actor=actor, about=row, person=person, changes=changes, **({"reason": reason} if reason else {}))


def deleted(
    row: models.Model, before: dict[str, Any], number: int, *, actor: User | None, person: User | None = None, reason: str = ""
) -> None:  # fmt: skip
    """Write down that a record was deleted, with what it held; `number` is the one it had, `person` whom it was about."""
    is_membership = isinstance(row, Membership)
    came = origin.current()
    _written(
        at=now(), kind=AuditKind.MEMBERSHIP if is_membership else AuditKind.DELETED, actor=actor,
        person=row.person if isinstance(row, Membership) else person, object_type=row._meta.model_name or "",
        object_id=number, object_name="" if is_membership else str(row)[:200],
        data={"changes": _ended(row, before),
              **({"reason": reason} if reason else {})},
        address=came.address[:45], request_id=came.request_id[:64],
    )  # fmt: skip


def _ended(row: models.Model, before: dict[str, Any]) -> list[list[Any]]:
    hidden = _PERSONAL if isinstance(row, User) else frozenset()
    return [
        [name, None if name in hidden else value, None] for name, value in before.items() if value not in (None, "")
    ]


def visible_to(user: access.Visitor) -> QuerySet[AuditRecord]:
    """Return the records `user` may read, newest first, with their people. Raises ActionRefused for who administers not."""
    if not access.has_right(user, Right.ADMINISTER):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    return AuditRecord.objects.select_related("actor", "person").order_by("-id")


def people_called(words: Iterable[str]) -> list[int]:
    """Return the numbers of the people whose names, login or e-mail hold all `words`, the first two hundred."""
    people = User.objects.order_by("pk")
    for word in words:
        named = Q(first_name__holds=word) | Q(last_name__holds=word)
        people = people.filter(named | Q(username__holds=word) | Q(email__iexact=word))
    return list(people.values_list("pk", flat=True)[:200])


def exported(*, actor: User | None, what: str, form: str, rows: int | None = None, number: int | None = None) -> None:
    """Write down that a table was taken out of the desk: its name, the form of the file, how many rows, of which import.

    `actor` is None in the shell, where nobody has signed in.
    """
    told: dict[str, Any] = {"what": what, "form": form, "rows": rows, "number": number}
    record(
        AuditKind.EXPORTED,
        actor=actor,
        **{name: value for name, value in told.items() if value is not None or name == "rows"},
    )


def refusals(*, method: str, path: str, status: int, codes: Iterable[tuple[str, int | None]]) -> None:
    """Write down what a signed-in person was refused in one request, by `codes` of refusals or by a page with 403."""
    found = [(code, ticket) for code, ticket in codes if code in RIGHTS][:MOST_REFUSALS]
    if status == 403 and not found:
        found = [("page", None)]
    actor = origin.current().person() if found else None
    if isinstance(actor, User):
        for code, ticket in found:
            record(AuditKind.REFUSED, actor=actor, code=code, ticket=ticket, method=method, path=path[:200])


def signed_in(sender: Any, user: User, **_ignored: Any) -> None:
    """Hear from Django that somebody signed in, by whichever way."""
    record(AuditKind.SIGNED_IN, actor=user, person=user)


def signed_out(sender: Any, user: User | None, **_ignored: Any) -> None:
    """Hear from Django that somebody signed out."""
    if isinstance(user, User):
        record(AuditKind.SIGNED_OUT, actor=user, person=user)


def sign_in_failed(sender: Any, credentials: dict[str, Any], **_ignored: Any) -> None:
    """Hear from Django of a failed sign-in. What was typed is kept only when it is a login: it may be a password."""
    typed = str(credentials.get("username") or "")
    person = User.objects.filter(username__iexact=typed).first() if typed and "\x00" not in typed else None
    record(AuditKind.SIGN_IN_FAILED, actor=None, person=person)


def _name(about: models.Model | None) -> str:
    """People are told by number, and their keys, which they name themselves, by how they begin."""
    if about is None or isinstance(about, User | Membership):
        return ""
    return f"{about.start}…" if isinstance(about, ApiToken) else str(about)[:200]


def _is_told(field: Any) -> bool:
    return not field.primary_key and field.name not in _UNTOLD


def _plain(row: models.Model, field: Any) -> Any:
    value = getattr(row, field.attname)
    if value is None or isinstance(value, bool | int):
        if field.is_relation and value is not None and field.related_model is not User:
            return str(getattr(row, field.name))
        return f"#{value}" if field.is_relation and value is not None else value
    return value if isinstance(value, list | dict) else str(value)
