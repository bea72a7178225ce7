"""Decides what somebody says of himself to get an account, by which rules, and makes the account of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.actions import audit
from helpdesk.actions.accounts import small_picture
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.actions.texts import clean_line, clean_phone
from helpdesk.models import SignUp, User
from helpdesk.models.recording import sign
from helpdesk.moment import now

_LINES = {"first_name": 150, "last_name": 150, "department": 150, "phone": 40, "username": 150, "email": 254}
_CARRIED = ("username", "first_name", "last_name", "department", "email", "phone", "password", "photo", "language")


def checked(values: dict[str, Any], *, any_domain: bool = False) -> tuple[SignUp, ContentFile[bytes] | None]:
    """Return what was said as a row that is not stored, without its password, and the photo made small.

    `any_domain` takes an e-mail of any domain: that of somebody who is invited. Raises ValidationError by field.
    """
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
    if "email" not in errors and not any_domain:
        errors |= _domain(row.email)
    try:
        _check_password(values.get("password"), User(**{name: getattr(row, name) for name in _LINES}))
    except ValidationError as error:
        errors["password"] = error.messages
    try:
        picture = ContentFile(small_picture(values["photo"])) if values.get("photo") is not None else None
    except ValidationError as error:
        errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    return row, picture


def make(row: SignUp, *, actor: User | None, username: str | None = None) -> User:
    """Make the account that `row` describes, under another `username` if one is given; `actor` None is the person himself.

    Call it in a transaction. Raises ValidationError for `username` when it is taken, ActionRefused when the e-mail was taken in
    this moment.
    """
    person = User(**{name: getattr(row, name) for name in _CARRIED})
    if username is not None:
        person.username = login(username)
    sign(person, by=actor, at=now())
    taken = bad_input({"username": _("This login is taken. Choose another one.")})
    if User.objects.filter(username__iexact=person.username).exists():
        raise taken
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        if User.objects.filter(username__iexact=person.username).exists():
            raise taken from error
        text = _("An account with this e-mail has been made meanwhile.")
        raise ActionRefused(access.denied("email_taken", text)) from error
    audit.changed(person, {}, actor=actor or person)
    return person


def _check_password(password: Any, person: User) -> None:
    if not isinstance(password, str) or not password:
        raise ValidationError(_("Fill this in."))
    MaxLengthValidator(4096)(password)
    password_validation.validate_password(password, person)


def login(value: str) -> str:
    """Return `value` if it may be a login. Raises ValidationError for `username`."""
    value = clean_line(value, "username", maximum=150)
    try:
        User.username_validator(value)
    except ValidationError as error:
        raise ValidationError({"username": error.messages}) from error
    return value


def email_address(value: str) -> str:
    """Return `value` if it is an e-mail address. Raises ValidationError for `email`."""
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    return value


def _domain(email: str) -> dict[str, list[str]]:
    domains = settings.SIGN_UP_DOMAINS
    if domains and email.rpartition("@")[2].lower() not in domains:
        return {"email": [_("Only addresses of %(domains)s may sign up.") % {"domains": ", ".join(domains)}]}
    return {}


_RULES = {"username": login, "email": email_address, "phone": clean_phone}
