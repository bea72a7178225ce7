"""Decides how an employee makes his own account: that sign-up is open, and that the e-mail is his before anything exists.

Whoever signs up is answered alike whether his login or e-mail is known or not, after the same work; only the letter tells.
Where the desk wants it so, an administrator decides about a confirmed one (`approving`), or only the invited may (`inviting`).
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import access
from helpdesk.actions import approving, attempts, new_accounts
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import Invitation, JoiningLetter, SignUp, User
from helpdesk.moment import now

KEPT = timedelta(days=3)
LETTERS_KEPT, INVITATIONS_KEPT = timedelta(days=30), timedelta(days=90)
PAUSE = timedelta(minutes=5)
FROM_ONE_ADDRESS = 20
_State = SignUp.State


def is_open() -> bool:
    """Say whether people may ask for accounts of their own, to be approved or not."""
    return settings.SIGN_UP in ("open", "approval") and not settings.OIDC_ONLY


def sign_up(*, address: str = "", **values: Any) -> None:
    """Keep what somebody wrote, and let a letter go to his e-mail; nothing tells whether the login or the e-mail is known.

    Takes first_name, last_name, department, email, phone, username, password, and photo (an upload or None). `address` is where
    he came from. Raises ValidationError by field, ActionRefused when sign-up is closed or many came from `address` of late.
    """
    _let_in(address)
    row, picture = new_accounts.checked(values)
    row.password = make_password(values["password"])
    attempts.count_failure("sign-up", address)
    if SignUp.objects.filter(email__iexact=row.email, state=_State.ASKED, created_at__gt=now() - PAUSE).exists():
        return
    if picture is not None:
        row.photo.save("photo", picture, save=False)
    with transaction.atomic():
        row.save()
        JoiningLetter.objects.create(kind=JoiningLetter.Kind.CONFIRM, email=row.email, sign_up=row)


def waiting(secret: str) -> SignUp | None:
    """Return what waits for the holder of the secret of a letter, or None when it is used, old or wrong."""
    digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
    return SignUp.objects.filter(digest=digest, state=_State.ASKED, created_at__gt=now() - KEPT).first()


def confirm(*, secret: str, username: str | None = None) -> User | None:
    """Make the account of the holder of the secret, under another `username` if he gives one; the secret works once.

    Return None where an administrator decides about it first. Raises ActionRefused when the link is over, ValidationError
    for `username` when it is taken.
    """
    with transaction.atomic():
        found = waiting(secret)
        row = SignUp.objects.select_for_update().filter(pk=found.pk, state=_State.ASKED).first() if found else None
        if row is None or not is_open() or User.objects.filter(email__iexact=row.email).exists():
            raise ActionRefused(access.denied("link_over", _("The link has been used or is too old.")))
        if settings.SIGN_UP == "approval":
            approving.hold(row, username=username)
            return None
        person = new_accounts.make(row, actor=None, username=username)
        forget_others(row)
        row.delete()
    return person


def forget_others(row: SignUp) -> None:
    """Let the other links that went to the same e-mail open nothing; no more letters go there."""
    others = SignUp.objects.filter(email__iexact=row.email, state=_State.ASKED).exclude(pk=row.pk)
    JoiningLetter.objects.filter(sign_up__in=others, state=JoiningLetter.State.PENDING).delete()
    others.update(digest="")


def forget_old() -> int:
    """Delete what nobody confirmed in three days or was refused, with its photos, old letters and invitations; return how many."""
    at = now()
    over = SignUp.objects.filter(state=_State.ASKED, created_at__lte=at - KEPT)
    refused = SignUp.objects.filter(state=_State.REFUSED, state_at__lte=at - KEPT)
    old = [*over, *refused]
    for row in old:
        if row.photo:
            row.photo.delete(save=False)
        row.letters.all().delete()
        row.delete()
    JoiningLetter.objects.filter(created_at__lte=at - LETTERS_KEPT).delete()
    Invitation.objects.filter(expires_at__lte=at - INVITATIONS_KEPT).delete()
    return len(old)


def _let_in(address: str) -> None:
    if not is_open():
        text = _("Nobody signs up here. Ask the administrator for an account.")
        if settings.SIGN_UP == "invitation":
            text = _("Who is invited by an administrator gets a letter with a link. Ask for one.")
        raise ActionRefused(access.denied("sign_up_closed", text))
    seconds = attempts.seconds_to_wait("sign-up", address, most=FROM_ONE_ADDRESS)
    if seconds:
        minutes = -(-seconds // 60)
        text = ngettext(
            "Too many people sign up from your network. Try again in %(minutes)d minute.",
            "Too many people sign up from your network. Try again in %(minutes)d minutes.",
            minutes,
        )
        raise ActionRefused(access.denied("too_many", text % {"minutes": minutes}))
