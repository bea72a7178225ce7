"""Decides who becomes a person of the desk where an administrator has the word: who waits, approved, or refused with a reason."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit, new_accounts
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.actions.texts import clean_text
from helpdesk.models import AccountLetter, AuditKind, JoiningLetter, Letter, Role, SignUp, User
from helpdesk.moment import now

# Administrators hear of the first who waits, not of each.
PAUSE = timedelta(hours=1)
_State = SignUp.State


def require_right(actor: access.Visitor) -> None:
    """Raise ActionRefused without the right to manage people."""
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))


def waiting_for(actor: access.Visitor) -> QuerySet[SignUp]:
    """Return who waits for approval, the longest first. Raises ActionRefused without the right."""
    require_right(actor)
    return SignUp.objects.filter(state=_State.WAITING).order_by("state_at")


def waits(login: str, password: str) -> bool:
    """Say whether somebody waits whose login and password these are; asked after a sign-in has failed.

    It takes one hash whether anybody waits or not, so that time tells nothing.
    """
    if settings.SIGN_UP != "approval":
        return False
    row = SignUp.objects.filter(state=_State.WAITING, username__iexact=login).order_by("-state_at").first()
    if row is None:
        make_password(password)
        return False
    return check_password(password, row.password)


def sentence() -> str:
    """Return what somebody who waits is told when he signs in."""
    return _("Your e-mail is confirmed. An administrator has to approve your account; you will get a letter.")


def hold(row: SignUp, *, username: str | None = None) -> None:
    """Let a confirmed sign-up wait, in place of an earlier one of the same e-mail, and tell administrators.

    Raises ValidationError for `username` when the login is taken.
    """
    if username is not None:
        row.username = new_accounts.login(username)
    if User.objects.filter(username__iexact=row.username).exists():
        raise bad_input({"username": _("This login is taken. Choose another one.")})
    _drop(SignUp.objects.filter(email__iexact=row.email).exclude(pk=row.pk).exclude(state=_State.REFUSED))
    row.state, row.state_at, row.digest = _State.WAITING, now(), ""
    row.save(update_fields=["username", "state", "state_at", "digest"])
    _tell_administrators()


def approve(*, actor: User, sign_up_id: int, username: str | None = None) -> User:
    """Make the account of who waits, under another login if `username` is given, and tell him by letter.

    Raises ActionRefused, NotFound, ValidationError for `username`.
    """
    require_right(actor)
    with transaction.atomic():
        row = _locked(sign_up_id)
        if User.objects.filter(email__iexact=row.email).exists():
            text = _("An account with this e-mail has been made meanwhile. Refuse this sign-up.")
            raise ActionRefused(access.denied("email_taken", text))
        person = new_accounts.make(row, actor=actor, username=username)
        Letter.objects.create(person=person, kind=AccountLetter.APPROVED, created_at=now(), next_at=now())
        row.delete()
    return person


def refuse(*, actor: User, sign_up_id: int, reason: str) -> None:
    """Refuse who waits, and tell him why by letter; his password, phone and photo are forgotten.

    Raises ActionRefused, NotFound, ValidationError for `reason`.
    """
    require_right(actor)
    reason = clean_text(reason, "reason", maximum=1000)
    with transaction.atomic():
        row = _locked(sign_up_id)
        if row.photo:
            row.photo.delete(save=False)
        row.state, row.state_at, row.reason = _State.REFUSED, now(), reason
        row.password = row.phone = ""
        row.save()
        JoiningLetter.objects.create(kind=JoiningLetter.Kind.REFUSED, email=row.email, sign_up=row)
        changes = [["state", _State.WAITING.value, _State.REFUSED.value]]
        audit.record(AuditKind.CHANGED, actor=actor, about=row, changes=changes)


def _locked(sign_up_id: int) -> SignUp:
    row = SignUp.objects.select_for_update().filter(pk=sign_up_id, state=_State.WAITING).first()
    if row is None:
        raise NotFound(sign_up_id)
    return row


def _drop(rows: QuerySet[SignUp]) -> None:
    for row in rows:
        if row.photo:
            row.photo.delete(save=False)
        row.letters.filter(state=JoiningLetter.State.PENDING).delete()
        row.delete()


def _tell_administrators() -> None:
    kind, at = AccountLetter.APPROVAL, now()
    if Letter.objects.filter(kind=kind, created_at__gt=at - PAUSE).exists():
        return
    wanted = Q(is_superuser=True) | Q(groups__in=Group.objects.filter(name=Role.ADMINISTRATOR))
    people = User.objects.filter(wanted, is_active=True, is_service=False).exclude(email="").distinct()
    Letter.objects.bulk_create(Letter(person=person, kind=kind, created_at=at, next_at=at) for person in people)
