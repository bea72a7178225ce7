"""Decides whose account it is when the company's provider says who has come: the one linked before, a linked one, or a new one.

A person is known by issuer and subject. An e-mail alone opens no account that exists already (docs/adr/0017).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import attempts, audit, company_groups
from helpdesk.actions.company_claims import Comer
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.models import AuditKind, CompanyIdentity, User
from helpdesk.models.recording import sign
from helpdesk.moment import now


class PasswordNeeded(Exception):
    """An account with this e-mail is here: who came has to show once, by its password, that it is his."""


@dataclass(frozen=True)
class Link:
    """How a person is known to the company, and what he has because of his groups there."""

    identity: CompanyIdentity
    given: list[str]


def sign_in(comer: Comer) -> User:
    """Return the person who came, with his roles and lines as the groups say; the account is made where there is none.

    Raises ActionRefused for who may not come in, PasswordNeeded for whose e-mail an account has already.
    """
    try:
        try:
            return _recognised(comer)
        except IntegrityError:
            # The same person at two windows, or a login taken in this moment: the second look finds what was made.
            return _recognised(comer)
    except ActionRefused as refusal:
        audit.record(AuditKind.SIGN_IN_FAILED, actor=None, person=_owner(comer), way="company", code=refusal.code)
        raise


def link(comer: Comer, *, password: str, address: str) -> User:
    """Link who came to the account that has his e-mail, by its password, and return the person.

    Wrong passwords count as failed sign-ins from `address`. Raises ActionRefused, ValidationError for `password`.
    """
    person = _by_email(comer)
    if person is None:
        raise _refused()
    who = attempts.pair(person.username, address)
    seconds = attempts.sign_in_wait(person.username, address)
    if seconds:
        minutes = -(-seconds // 60)
        text = ngettext("Too many failed attempts. Try again in %(minutes)d minute.",
                        "Too many failed attempts. Try again in %(minutes)d minutes.", minutes)  # fmt: skip
        raise ActionRefused(access.denied("too_many", text % {"minutes": minutes}))
    if not person.check_password(password):
        attempts.sign_in_failed(person.username, address)
        audit.record(AuditKind.SIGN_IN_FAILED, actor=None, person=person, way="company", code="password")
        raise bad_input({"password": _("This is not the password of that account.")})
    attempts.forgive("sign-in", who)
    with transaction.atomic():
        return _arrived(_linked(comer, person), comer)


def unlink(*, actor: User, person: User) -> None:
    """Forget how `person` is known to the company, and take what his groups gave him. Raises ActionRefused."""
    require_right(actor)
    with transaction.atomic():
        company_groups.apply(User.objects.select_for_update().get(pk=person.pk), ())
        for identity in CompanyIdentity.objects.select_for_update().filter(person=person):
            before, number = {"issuer": identity.issuer}, identity.pk
            identity.delete()
            audit.deleted(identity, before, number, actor=actor, person=person)


def link_of(*, actor: User, person: User) -> Link | None:
    """Return how `person` is known to the company now, None where he is not. Raises ActionRefused without the right."""
    require_right(actor)
    identity = CompanyIdentity.objects.filter(person=person, issuer=settings.OIDC_ISSUER).first()
    return Link(identity, company_groups.given_to(person)) if identity else None


def _recognised(comer: Comer) -> User:
    with transaction.atomic():
        identity = CompanyIdentity.objects.filter(issuer=comer.issuer, subject=comer.subject).first()
        if identity is None:
            identity = _first_time(comer)
        return _arrived(identity, comer)


def _first_time(comer: Comer) -> CompanyIdentity:
    owner = _by_email(comer)
    if owner is None and not settings.OIDC_NEW_ACCOUNTS:
        raise _refused()
    if owner is not None and not settings.OIDC_LINK_BY_EMAIL:
        raise PasswordNeeded
    return _linked(comer, owner or _made(comer))


def _by_email(comer: Comer) -> User | None:
    """Return who has the confirmed e-mail of who came. Raises ActionRefused for an account that cannot be linked to."""
    owner = User.objects.filter(email__iexact=comer.email).first() if comer.email else None
    # The address of somebody who left may be given to his successor: an account is linked to one person for good.
    if owner is not None and (not _may_come_in(owner) or _is_linked(owner)):
        raise _refused()
    return owner


def _arrived(identity: CompanyIdentity, comer: Comer) -> User:
    """Remember the sign-in, and give and take what the groups say."""
    person = User.objects.select_for_update().get(pk=identity.person_id)
    if not _may_come_in(person):
        raise _refused()
    identity.last_at = now()
    if comer.groups is not None:
        identity.groups = list(comer.groups)
        company_groups.apply(person, comer.groups)
    identity.save(update_fields=["last_at", "groups"])
    if not person.email and comer.email and not User.objects.filter(email__iexact=comer.email).exists():
        before = audit.values_of(person)
        person.email = comer.email
        sign(person, by=person, at=now())
        person.save(update_fields=["email"])
        audit.changed(person, before, actor=person, reason=company_groups.reason())
    return person


def _made(comer: Comer) -> User:
    person = User(
        username=_free_login(comer), first_name=comer.first_name, last_name=comer.last_name, email=comer.email,
        department=comer.department, phone=comer.phone,
    )  # fmt: skip
    person.set_unusable_password()
    sign(person, by=None, at=now(), reason=company_groups.reason())
    person.save()
    audit.changed(person, {}, actor=person, reason=company_groups.reason())
    return person


def _linked(comer: Comer, person: User) -> CompanyIdentity:
    identity = CompanyIdentity.objects.create(person=person, issuer=comer.issuer, subject=comer.subject)
    changes = [["issuer", None, comer.issuer]]
    audit.record(AuditKind.ADDED, actor=person, person=person, about=identity, changes=changes)
    return identity


def _free_login(comer: Comer) -> str:
    login, number = comer.login, 1
    while User.objects.filter(username__iexact=login).exists():
        number += 1
        login = f"{comer.login}-{number}"
    return login


def _owner(comer: Comer) -> User | None:
    known = CompanyIdentity.objects.filter(issuer=comer.issuer, subject=comer.subject).select_related("person").first()
    return known.person if known else None


def _may_come_in(person: User) -> bool:
    return person.is_active and not person.is_service


def _is_linked(person: User) -> bool:
    return CompanyIdentity.objects.filter(person=person, issuer=settings.OIDC_ISSUER).exists()


def _refused() -> ActionRefused:
    text = _("The company knows you, but there is no open account for you here. Ask the administrator.")
    return ActionRefused(access.denied("no_account", text))


def require_right(actor: User) -> None:
    """Raise ActionRefused without the right to manage people."""
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
