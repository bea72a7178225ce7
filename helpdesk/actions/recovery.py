"""Decides which recovery codes let a person in without his device: ten of 120 random bits, each once, kept as hashes."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from helpdesk.models import RecoveryCode, User
from helpdesk.moment import now

COUNT = 10
_BYTES = 15
_LENGTH = 24
_GROUP = 4


def renew(person: User) -> list[str]:
    """Make ten codes instead of the present ones and return them; they cannot be shown again."""
    made = [base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower() for _number in range(COUNT)]
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=_digest(text)) for text in made)
    return ["-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP)) for text in made]


def forget(person: User) -> None:
    """Delete all codes."""
    RecoveryCode.objects.filter(person=person).delete()


def left(person: User) -> int:
    """Return how many codes are not used yet."""
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def use(person: User, text: str) -> bool:
    """Take a code, written in any case, with or without dashes, if it was not taken before; of two at once one is taken."""
    typed = re.sub(r"[\s-]", "", text).lower()
    if len(typed) != _LENGTH:
        return False
    unused = RecoveryCode.objects.filter(person=person, digest=_digest(typed), used_at=None)
    return bool(unused.update(used_at=now()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
