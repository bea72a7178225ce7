"""Decides which codes of an app are right: those of the present half minute and its neighbours, each once (TOTP, RFC 6238)."""

from __future__ import annotations

import pyotp
from pyotp.utils import strings_equal

from helpdesk.actions import sealing
from helpdesk.models import Authenticator, User
from helpdesk.moment import now

DIGITS = 6
STEP_SECONDS = 30
# A clock that goes wrong by half a minute, or a slow hand.
NEIGHBOURS = (0, -1, 1)
ISSUER = "HelpDesk"


def fresh_secret() -> str:
    """Return a new secret for an app, 160 random bits in base32."""
    return pyotp.random_base32()


def address(person: User, secret: str) -> str:
    """Return the otpauth address that the picture holds; an app reads it."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.get_username(), issuer_name=ISSUER)


def step_of(secret: str, code: str) -> int | None:
    """Return the half minute (counted from 1970) whose code `code` is, if it is near enough to now."""
    if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    present, app = int(now().timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    right = [present + offset for offset in NEIGHBOURS if strings_equal(app.generate_otp(present + offset), code)]
    return right[0] if right else None


def keep(person: User, secret: str, step: int) -> None:
    """Keep `secret` for `person`, instead of an earlier one; the code of `step`, which has shown that it works, is used up."""
    Authenticator.objects.update_or_create(
        person=person, defaults={"secret": sealing.seal(secret), "last_step": step, "made_at": now()}
    )


def use(person: User, code: str) -> bool:
    """Take a code if it is right and neither it nor a later one was taken before; of two at once one is taken."""
    app = Authenticator.objects.filter(person=person).first()
    secret = sealing.unseal(app.secret) if app is not None else None
    step = step_of(secret, code) if secret else None
    if app is None or secret is None or step is None:
        return False
    unused = Authenticator.objects.filter(pk=app.pk, secret=app.secret, last_step__lt=step)
    return bool(unused.update(last_step=step, secret=sealing.seal(secret)))


def unreadable() -> int:
    """Return how many apps have a secret that neither the present nor a former key opens: their codes are never right."""
    kept = Authenticator.objects.values_list("secret", flat=True).iterator()
    return sum(sealing.unseal(secret) is None for secret in kept)
