"""Decides how a person changes his own password: the old one is needed, and what was signed in elsewhere ends."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.actions import tokens
from helpdesk.actions.refusals import bad_input
from helpdesk.models import User
from helpdesk.models.recording import sign
from helpdesk.moment import now


def change(*, actor: User, old: str, new: str) -> User:
    """Set a new password. Every other session ends by itself, every token is revoked. Raises ValidationError by field."""
    if not actor.check_password(old):
        raise bad_input({"old_password": _("This is not your present password.")})
    if old == new:
        raise bad_input({"new_password": _("The new password is the same as the old one.")})
    try:
        password_validation.validate_password(new, actor)
    except ValidationError as error:
        raise ValidationError({"new_password": error.messages}) from error
    with transaction.atomic():
        actor.set_password(new)
        sign(actor, by=actor, at=now())
        actor.save(update_fields=["password"])
        tokens.revoke_all(person=actor)
    return actor


class TokensEnd:
    """A password validator that accepts everything; Django tells it of every new password, wherever it was set."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept."""

    def get_help_text(self) -> str:
        """Return nothing: there is no rule to follow."""
        return ""

    def password_changed(self, password: str, user: Any = None) -> None:
        """End the tokens of the person, as his other sessions end."""
        if isinstance(user, User) and user.pk:
            tokens.revoke_all(person=user)
