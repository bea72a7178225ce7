"""Decides how a write that arrives twice is done once: its key and answer are stored in the transaction of the write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk.actions.refusals import bad_input
from helpdesk.models import IdempotencyKey, User
from helpdesk.moment import now

KEEP = timedelta(hours=48)
KEY = re.compile("[!-~]{1,200}")


def check(key: str) -> None:
    """Raise ValidationError for a key that is not 1 to 200 printable characters of ASCII without a space."""
    if not KEY.fullmatch(key):
        raise bad_input({"Idempotency-Key": _("Use 1 to 200 printable characters, for example a UUID.")})


def begin(*, actor: User, key: str, fingerprint: str) -> tuple[IdempotencyKey, bool]:
    """Return the record of `key` and whether it is new; call it inside the transaction of the write.

    Somebody else who holds the key at this moment is waited for: his transaction ends with the answer or without a trace.
    """
    check(key)
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(person=actor, key=key, fingerprint=fingerprint), True
    except IntegrityError:
        return IdempotencyKey.objects.get(person=actor, key=key), False


def finish(record: IdempotencyKey, *, status: int, answer: Any, headers: Mapping[str, str]) -> None:
    """Keep the answer, to be given again."""
    IdempotencyKey.objects.filter(pk=record.pk).update(status=status, answer=answer, headers=dict(headers))


def forget_old() -> int:
    """Delete the keys that nobody will repeat any more; return how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now() - KEEP).delete()[0]
