"""Decides how an employee makes his own account: what the form must hold, and that the e-mail is his before anything exists.

Whoever signs up is answered alike whether his login or e-mail is known or not, after the same work; only the letter tells.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.actions import attempts, audit
from helpdesk.actions.accounts import small_picture
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.actions.texts import clean_line, clean_phone
from helpdesk.models import SignUp, User
from helpdesk.models.recording import sign
from helpdesk.moment import now

KEPT = timedelta(days=3)
PAUSE = timedelta(minutes=5)
FROM_ONE_ADDRESS = 20
_LINES = {"first_name": 150, "last_name": 150, "department": 150, "phone": 40, "username": 150, "email": 254}
_CARRIED = ("username", "first_name", "last_name", "department", "email", "phone", "password", "photo", "language")


def is_open() -> bool:
    """Say whether people may make their own accounts."""
    return bool(settings.SIGN_UP == "open") and not settings.OIDC_ONLY


def sign_up(*, address: str = "", **values: Any) -> None:
    """Keep what somebody wrote, and let a letter go to his e-mail; nothing tells whether the login or the e-mail is known.

    Takes first_name, last_name, department, email, phone, username, password, and photo (an upload or None). `address` is where
    he came from. Raises ValidationError by field, ActionRefused when sign-up is closed or many came from `address` of late.
    """
    _let_in(address)
    row, picture = _checked(values)
    row.password = make_password(values["password"])
    attempts.count_failure("sign-up", address)
    if SignUp.objects.filter(email__iexact=row.email, created_at__gt=now() - PAUSE).exists():
        return
    if picture is not None:
        row.photo.save("photo", picture, save=False)
    row.save()


def waiting(secret: str) -> SignUp | None:
    """Return what waits for the holder of the secret of a letter, or None when it is used, old or wrong."""
    digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
    return SignUp.objects.filter(digest=digest, created_at__gt=now() - KEPT).first()


def confirm(*, secret: str, username: str | None = None) -> User:
    """Make the account of the holder of the secret, under another `username` if he gives one; the secret works once.

    Raises ActionRefused when the link is over, ValidationError for `username` when it is taken.
    """
    with transaction.atomic():
        found = waiting(secret)
        row = SignUp.objects.select_for_update().filter(pk=found.pk).first() if found else None
        if row is None or not is_open() or User.objects.filter(email__iexact=row.email).exists():
            raise ActionRefused(access.denied("link_over", _("The link has been used or is too old.")))
        person = User(**{name: getattr(row, name) for name in _CARRIED})
        if username is not None:
            person.username = _login(clean_line(username, "username", maximum=150))
        sign(person, by=None, at=now())
        taken = bad_input({"username": _("This login is taken. Choose another one.")})
        if User.objects.filter(username__iexact=person.username).exists():
            raise taken
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError as error:
            raise taken from error
        audit.changed(person, {}, actor=person)
        SignUp.objects.filter(email__iexact=row.email).exclude(pk=row.pk).update(digest="", letter_at=None)
        row.delete()
    return person


def forget_old() -> int:
    """Delete what nobody confirmed in three days, with its photos; return how many."""
    old = list(SignUp.objects.filter(created_at__lte=now() - KEPT))
    for row in old:
        if row.photo:
            row.photo.delete(save=False)
        row.delete()
    return len(old)


def _let_in(address: str) -> None:
    if not is_open():
        raise ActionRefused(
            access.denied("sign_up_closed", _("Nobody signs up here. Ask the administrator for an account."))
        )
    seconds = attempts.seconds_to_wait("sign-up", address, most=FROM_ONE_ADDRESS)
    if seconds:
        minutes = -(-seconds // 60)
        text = ngettext(
            "Too many people sign up from your network. Try again in %(minutes)d minute.",
            "Too many people sign up from your network. Try again in %(minutes)d minutes.",
            minutes,
        )
        raise ActionRefused(access.denied("too_many", text % {"minutes": minutes}))


def _checked(values: dict[str, Any]) -> tuple[SignUp, ContentFile[bytes] | None]:
    unknown = set(values) - {*_LINES, "password", "photo"}
    if unknown:
        raise TypeError(f"{', '.join(sorted(unknown))} cannot be set by signing up")
    row, picture = SignUp(language=(get_language() or "")[:2]), None
    errors: dict[str, Any] = {}
    for name, maximum in _LINES.items():
        try:
            setattr(row, name, _RULES.get(name, str)(clean_line(values.get(name), name, maximum=maximum)))
        except ValidationError as error:
            errors |= error.message_dict
    person = User(**{name: getattr(row, name) for name in _LINES})
    try:
        if not isinstance(values.get("password"), str) or not 0 < len(values["password"]) <= 4096:
            raise ValidationError(_("Fill this in."))
        password_validation.validate_password(values["password"], person)
    except ValidationError as error:
        errors["password"] = error.messages
    try:
        picture = ContentFile(small_picture(values["photo"])) if values.get("photo") is not None else None
    except ValidationError as error:
        errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    return row, picture


def _login(value: str) -> str:
    try:
        User.username_validator(value)
    except ValidationError as error:
        raise ValidationError({"username": error.messages}) from error
    return value


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    domains = settings.SIGN_UP_DOMAINS
    if domains and value.rpartition("@")[2].lower() not in domains:
        raise bad_input({
            "email": _("Only addresses of %(domains)s may sign up.") % {"domains": ", ".join(domains)}
        })  # fmt: skip
    return value


_RULES = {"username": _login, "email": _email, "phone": clean_phone}
