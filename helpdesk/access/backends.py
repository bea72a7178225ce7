"""Decides whose password and session are taken: those of people. Accounts of programs act by their tokens only.

Where people sign in by the company alone, a password still lets administrators in, for the day the company cannot.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import get_hasher, get_hashers, identify_hasher, is_password_usable, make_password

from helpdesk.access.roles import roles_of
from helpdesk.models import User


class PeopleBackend(ModelBackend):
    """Django's check of login and password, closed to service accounts; a session of one is nobody's."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **given: Any) -> Any:
        """Return whose login and password these are, None where they do not let anybody in.

        A failure costs one hash of every sort in use, whoever was asked for: its time tells nothing of the account.
        """
        if username is None or password is None:
            return None
        person = User.objects.filter(username=username).first()
        present, kept = str(get_hasher().algorithm), person.password if person is not None else ""
        if person is None:
            make_password(password)
            right, spent = False, {present}
        else:
            right, spent = person.check_password(password), {_sort(kept) or present}
        if person is not None and right and self.user_can_authenticate(person) and may_sign_in_here(person):
            return person
        # A right password of a former sort was hashed anew.
        _spend(password, spent | {present} if right else spent)
        return None

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether `user` may sign in at all: his account is on and belongs to a person."""
        return super().user_can_authenticate(user) and not user.is_service


def may_sign_in_here(person: User) -> bool:
    """Say whether `person` comes in by what this desk keeps of him, a password or a passkey, not by the company alone."""
    return not settings.OIDC_ONLY or roles_of(person).is_administrator


def _sort(kept: str) -> str:
    """Return by which algorithm a kept hash was made, nothing where there is none: then Django spends the present one."""
    try:
        return str(identify_hasher(kept).algorithm) if is_password_usable(kept) else ""
    except ValueError:
        return ""


def _spend(password: str, spent: set[str]) -> None:
    """Hash `password` by the present algorithm and by every former one that somebody still has, unless it was `spent`."""
    for number, hasher in enumerate(get_hashers()):
        is_used = number == 0 or User.objects.filter(password__startswith=f"{hasher.algorithm}$").exists()
        if is_used and hasher.algorithm not in spent:
            hasher.encode(password, hasher.salt())
