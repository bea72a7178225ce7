"""Decides what is taken from the claims of the company's provider: plain values that fit an account, and nothing that does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from helpdesk import phones
from helpdesk.models.company import LONGEST_GROUP, MOST_GROUPS

_NO_LOGIN = re.compile(r"[^\w.+-]")
_LONGEST_EMAIL = 254


@dataclass(frozen=True)
class Comer:
    """Who has come, by the word of the provider. `email` is empty unless it is confirmed; `groups` None when nothing is said of them.

    Plain values, so that a session can keep them while the person is asked for a password.
    """

    issuer: str
    subject: str
    login: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    department: str = ""
    phone: str = ""
    groups: list[str] | None = None


def read(claims: Mapping[str, Any]) -> Comer:
    """Return who the believed `claims` are about."""
    email = _email(claims)
    first, last = _line(claims.get("given_name")), _line(claims.get("family_name"))
    if not first and not last:
        first, _blank, last = _line(claims.get("name")).partition(" ")
    wishes = (claims.get("preferred_username"), claims.get("email"), claims.get("nickname"))
    logins = (_NO_LOGIN.sub("", _line(wish).partition("@")[0]) for wish in wishes)
    return Comer(
        issuer=claims["iss"],
        subject=claims["sub"],
        # Room for a number behind it.
        login=next((login for login in logins if login), "company")[:140],
        first_name=first,
        last_name=last,
        email=email,
        department=_line(_found(claims, settings.OIDC_DEPARTMENT_CLAIM)),
        phone=(phones.normalised(_line(claims.get("phone_number"))) or "")[:40],
        groups=_groups(claims),
    )


def _email(claims: Mapping[str, Any]) -> str:
    """Return the e-mail if the provider says that it is the person's, or is trusted not to need to say so."""
    # One that does not fit is left out: what is cut off may leave the address of somebody else.
    email, verified = _line(claims.get("email"), most=_LONGEST_EMAIL + 1), claims.get("email_verified")
    if not (settings.OIDC_TRUST_EMAIL or verified is True or verified == "true"):
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= _LONGEST_EMAIL else ""


def _groups(claims: Mapping[str, Any]) -> list[str] | None:
    """Return the groups; none where the claim is missing, as some providers leave an empty one out.

    None where the provider says that there are too many to tell: then nothing is known.
    """
    name = settings.OIDC_GROUPS_CLAIM
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, Mapping) and name in elsewhere:
        return None
    told = _found(claims, name)
    rows = told if isinstance(told, list) else [told]
    return sorted({row for row in rows if isinstance(row, str) and 0 < len(row) <= LONGEST_GROUP})[:MOST_GROUPS]


def _found(claims: Mapping[str, Any], name: str) -> Any:
    """Return the claim `name`, or the one at the end of its dots: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _line(value: Any, *, most: int = 150) -> str:
    """Return a text as one line that fits a field of `most` signs; "" for anything else."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:most]
