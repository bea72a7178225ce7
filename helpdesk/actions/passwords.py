"""Decides how a password changes: by its owner who knows the old one, or by the link of a letter sent to its owner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit, sign_ins, tokens
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.models import AccountLetter, AuditKind, Letter, User
from helpdesk.models.recording import sign
from helpdesk.moment import now

PAUSE = timedelta(minutes=5)


def change(*, actor: User, old: str, new: str) -> User:
    """Set a new password. Every other session ends by itself, every token is revoked.

    Raises ActionRefused for who has none, ValidationError by field.
    """
    require_password(actor)
    if not actor.check_password(old):
        raise bad_input({"old_password": _("This is not your present password.")})
    if old == new:
        raise bad_input({"new_password": _("The new password is the same as the old one.")})
    _set(actor, new)
    return actor


def require_password(actor: User) -> None:
    """Raise ActionRefused for who signs in without a password of his own."""
    if not actor.has_usable_password():
        text = _("You sign in by the company; there is no password here.")
        raise ActionRefused(access.denied("no_password", text))


def _set(person: User, new: str) -> None:
    try:
        password_validation.validate_password(new, person)
    except ValidationError as error:
        raise ValidationError({"new_password": error.messages}) from error
    with transaction.atomic():
        person.set_password(new)
        sign(person, by=person, at=now())
        person.save(update_fields=["password"])
        tokens.revoke_all(person=person)


def ask_for_link(*, email: str) -> None:
    """Let a letter be written to the active person with this address, if there is one; nothing tells whether there is.

    One letter in five minutes: the page cannot be used to flood a mailbox.
    """
    person = (
        User.objects.filter(email__iexact=email.strip(), is_active=True, is_service=False).exclude(email="").first()
    )
    if person is None:
        return
    recent = Letter.objects.filter(
        person=person, kind=AccountLetter.PASSWORD, created_at__gt=now() - PAUSE, state=Letter.State.PENDING
    )
    sent = Letter.objects.filter(person=person, kind=AccountLetter.PASSWORD, sent_at__gt=now() - PAUSE)
    if not (recent.exists() or sent.exists()):
        Letter.objects.create(person=person, kind=AccountLetter.PASSWORD, created_at=now(), next_at=now())


def invite(*, actor: User, people: Iterable[User]) -> int:
    """Send each of `people` who has an address a letter with a link to set a password; return how many. Raises ActionRefused."""
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    at = now()
    letters = [
        Letter(person=person, kind=AccountLetter.INVITATION, created_at=at, next_at=at)
        for person in people
        if person.email and person.is_active and not person.is_service
    ]
    return len(Letter.objects.bulk_create(letters, batch_size=500))


def owner_of_link(uid: str, token: str) -> User | None:
    """Return the active person whose password the link of a letter sets, or None when it is used, old or wrong."""
    try:
        number = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    if not 0 < number < 2**63:
        return None
    person = User.objects.filter(pk=number, is_active=True, is_service=False).first()
    return person if default_token_generator.check_token(person, token) else None


def set_by_link(*, uid: str, token: str, new: str) -> User:
    """Set the password of the person to whom the link was sent. Raises ActionRefused, and ValidationError by field."""
    person = owner_of_link(uid, token)
    if person is None:
        raise ActionRefused(access.denied("link_over", _("The link has been used or is too old. Ask for another one.")))
    _set(person, new)
    return person


class TokensEnd:
    """A password validator that accepts everything; Django tells it of every new password, wherever it was set."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept."""

    def get_help_text(self) -> str:
        """Return nothing: there is no rule to follow."""
        return ""

    def password_changed(self, password: str, user: Any = None) -> None:
        """End the tokens and the sign-ins of the person; who changes his own password keeps his by a new key."""
        if isinstance(user, User) and user.pk:
            audit.record(AuditKind.PASSWORD, actor=audit.who_asks(), person=user)
            tokens.revoke_all(person=user)
            sign_ins.end_all(person=user)
