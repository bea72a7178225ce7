"""Decides whose password and session are taken: those of people. Accounts of programs act by their tokens only.

Where people sign in by the company alone, a password still lets administrators in, for the day the company cannot.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from helpdesk.access.roles import roles_of
from helpdesk.models import User


class PeopleBackend(ModelBackend):
    """Django's check of login and password, closed to service accounts; a session of one is nobody's."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **given: Any) -> Any:
        """Return whose login and password these are, None where they do not let anybody in."""
        person: Any = super().authenticate(request, username=username, password=password, **given)
        return person if person is not None and may_sign_in_here(person) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether `user` may sign in at all: his account is on and belongs to a person."""
        return super().user_can_authenticate(user) and not user.is_service


def may_sign_in_here(person: User) -> bool:
    """Say whether `person` comes in by what this desk keeps of him, a password or a passkey, not by the company alone."""
    return not settings.OIDC_ONLY or roles_of(person).is_administrator
