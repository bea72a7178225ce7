"""Decides what erasing a person means: what is replaced, what ends, what stays, and that it happens whole or not at all.

Requests, messages, ratings and history stay with the number of the account, so figures do not change. Nothing brings a
name back. What people wrote into texts is not looked through; `mentions` lists where to look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from helpdesk import access, phones, search
from helpdesk.access import Right
from helpdesk.actions import audit, letting_go, records, traces
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.models import Attachment, AuditKind, Message, Rating, Theme, Ticket, User
from helpdesk.models.recording import sign
from helpdesk.moment import now
from helpdesk.notify import file_letters


@dataclass(frozen=True)
class Outlook:
    """What an erasing would leave in place, with the number of the account instead of a name."""

    requests: int
    worked: int
    messages: int
    ratings: int
    files: int


def require_right(actor: User) -> None:
    """Raise ActionRefused without the right to erase people."""
    if not access.has_right(actor, Right.ERASE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))


def outlook(*, actor: User, person: User) -> Outlook:
    """Return what stays of `person`. Raises ActionRefused without the right."""
    require_right(actor)
    return Outlook(
        Ticket.objects.filter(requester=person).count(),
        Ticket.objects.filter(assignee=person).count(),
        Message.objects.filter(author=person).count(),
        Rating.objects.filter(author=person).count(),
        Attachment.objects.filter(uploaded_by=person).count(),
    )


def erase(*, actor: User, person: User, typed: str) -> User:
    """Erase the personal data of `person`, who is let go if he was not; `typed` must be his login. It cannot be undone.

    Files (photo, tables that name him) are deleted last, inside the transaction. Raises ActionRefused, ValidationError.
    """
    require_right(actor)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        known = _refuse(actor, person, typed)
        letting_go.end(actor=actor, person=person)
        files: list[FieldFile] = [person.photo] if person.photo else []
        address = person.email
        files += traces.end_sign_ups(known)
        traces.end_own_rows(person)
        login = person.username
        _replace(actor, person)
        rows, tables = traces.clean_imports(person, known)
        rows += traces.clean_remarks(person, known)
        history = traces.replace_history(person)
        search.index_of_person(person)
        search.purge()
        audit.record(AuditKind.ERASED, actor=actor, about=person, history=history, rows=rows, files=len(tables))
        _delete([*files, *tables])
        file_letters.forget(address or login)
    return person


def mentions(*, actor: User, person: User) -> QuerySet[Ticket]:
    """Return the requests whose texts may name `person`, newest first: in subject, text, messages, ratings, names of files.

    Reads every text: seconds on a large desk. Other forms of a name are not found. Raises ActionRefused.
    """
    require_right(actor)
    words = _words(person)
    if not words:
        return Ticket.objects.none()
    there = _any(words, "subject", "text")
    for model, fields in ((Message, ["text"]), (Rating, ["comment"]), (Attachment, ["name"])):
        rows = model._default_manager.filter(_any(words, *fields), ticket=OuterRef("pk"))
        there |= Q(Exists(rows.order_by()))
    return Ticket.objects.filter(there).order_by("-pk")


def _words(person: User) -> list[str]:
    """The last name without the ending that a case changes, e-mail, login, phone in both notations; short ones tell nothing."""
    name = person.last_name[:-1] if person.last_name[-1:] in "ая" else person.last_name
    found = [name, person.email, person.username, person.phone, phones.shown(person.phone)]
    return sorted({word for word in found if len(word) > 2})


def _any(words: Iterable[str], *fields: str) -> Q:
    # SQLite knows the case of Latin letters only; to fold every text of a large desk would take it a minute.
    written = {form for word in words for form in (word, word.lower(), word.upper())}
    there = Q(pk__in=[])
    for form in sorted(written):
        for field in fields:
            there |= Q(**{f"{field}__icontains": form})
    return there


def _refuse(actor: User, person: User, typed: str) -> traces.Known:
    if person.erased_at is not None:
        raise ActionRefused(access.denied("erased", _("The personal data of this account is erased already.")))
    # It takes an administrator to erase, and nobody erases himself: one is always left.
    records.refuse_to_end_oneself(actor, person.pk, is_active=False)
    if typed.strip().casefold() != person.username.casefold():
        raise bad_input({"typed": _("This is not the login of the person.")})
    known = traces.known_of(person)
    if waiting := traces.unfinished(known):
        text = _("An import that names this person is not finished: %(names)s. Carry it out or drop it first.")
        raise ActionRefused(access.denied("import_waits", text % {"names": ", ".join(waiting)}))
    return known


def _replace(actor: User, person: User) -> None:
    for name in traces.PERSONAL:
        setattr(person, name, "")
    person.username = _free_login(person)
    person.photo, person.theme, person.letters_wait = "", Theme.AUTO, True
    person.last_login, person.is_superuser, person.is_staff, person.is_active = None, False, False, False
    person.set_unusable_password()
    person.erased_at = now()
    sign(person, by=actor, at=now(), reason=_("Personal data erased"))
    person.save()


def _free_login(person: User) -> str:
    wanted = f"erased-{person.pk}"
    while User.objects.filter(username__iexact=wanted).exclude(pk=person.pk).exists():
        wanted += "-"
    return wanted


def _delete(files: Iterable[FieldFile]) -> None:
    for file in files:
        file.storage.delete(str(file.name))
