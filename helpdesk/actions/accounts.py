"""Decides how accounts change: a person's own settings, and what an administrator sets for him."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import audit, roles
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.actions.texts import clean_line, clean_phone
from helpdesk.models import AuditKind, Language, Role, Theme, User
from helpdesk.models.recording import sign
from helpdesk.moment import now
from helpdesk.worktime import known_zones

_LINES = {"first_name": 150, "last_name": 150, "department": 150, "phone": 40}
_PHOTO_BYTES = 5 * 1024 * 1024
_CHOICES = {"language": Language.values, "theme": Theme.values}


def update_profile(*, actor: User, **values: Any) -> User:
    """Change one's own first_name, last_name, department, phone, language, theme or time_zone.

    Only the given keywords change. Raises ValidationError by field, TypeError for a keyword that is not one's own to set.
    """
    changed = []
    for name, value in values.items():
        if name in _LINES:
            value = clean_line(value, name, maximum=_LINES[name], required=name in ("first_name", "last_name"))
            if name == "phone":
                value = clean_phone(value, before=actor.phone)
        elif name in _CHOICES:
            if value not in _CHOICES[name]:
                raise bad_input({name: _("Choose one of the offered values.")})
        elif name == "time_zone":
            if value and value not in known_zones():
                raise bad_input({name: _("There is no such time zone.")})
        else:
            raise TypeError(f"{name} cannot be changed here")
        if getattr(actor, name) != value:
            setattr(actor, name, value)
            changed.append(name)
    if changed:
        sign(actor, by=actor, at=now())
        actor.save(update_fields=changed)
    return actor


def set_groups(*, actor: User, person: User, groups: Iterable[str]) -> User:
    """Put `person` into exactly these role groups and keep his staff flag in step; agents and leads follow from the lines.

    Raises ActionRefused without the right, or when an administrator would take away his own administration.
    """
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
    if person.erased_at is not None:
        raise ActionRefused(
            access.denied("erased", _("The personal data of this account is erased. It stays as it is."))
        )
    wanted = set(groups)
    if not wanted <= set(Role.values):
        raise bad_input({"groups": _("There is no such role.")})
    if actor == person and not person.is_superuser and Role.ADMINISTRATOR not in wanted:
        raise ActionRefused(access.denied("own_role", _("You cannot take the administrator's role from yourself.")))
    with transaction.atomic():
        before = sorted(person.groups.values_list("name", flat=True))
        wanted = (wanted - roles.OF_LINES) | roles.of_lines(person)
        sign(person, by=actor, at=now())
        person.groups.set(Group.objects.filter(name__in=wanted))
        access.forget_roles(person)
        person.is_staff = bool(access.roles_of(person).rights)
        person.save(update_fields=["is_staff"])
        if before != sorted(wanted):
            audit.record(AuditKind.ROLES, actor=actor, about=person, changes=[["groups", before, sorted(wanted)]])
    return person


def set_photo(*, actor: User, upload: Any) -> User:
    """Keep `upload` as the photo of `actor`, made small and free of everything but the picture; None removes it.

    Raises ValidationError for `photo` when it is larger than 5 MB or not a picture that can be read.
    """
    picture = None if upload is None else ContentFile(small_picture(upload))
    if actor.photo:
        actor.photo.delete(save=False)
    if picture is not None:
        actor.photo.save("photo", picture, save=False)
    sign(actor, by=actor, at=now())
    actor.save(update_fields=["photo"])
    return actor


def small_picture(upload: Any) -> bytes:
    """Return `upload` as a small square JPEG, free of everything but the picture. Raises ValidationError for `photo`."""
    if upload.size > _PHOTO_BYTES:
        raise bad_input({"photo": _("The picture is too large: at most 5 MB.")})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = ImageOps.exif_transpose(Image.open(upload)).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise bad_input({"photo": _("This is not a picture that can be read. Take a JPEG or PNG file.")}) from error
    square = ImageOps.fit(picture, (320, 320))
    stored = BytesIO()
    square.save(stored, "JPEG", quality=85)
    return stored.getvalue()
