"""Anna with an app that shows codes, and how she signs in: what the tests of the second factor begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import second_factors
from helpdesk.models import AuditRecord
from tests.people import NOON, PASSWORD, Desk

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN = {"username": "anna", "password": PASSWORD}
DESK = "/admin/profile/"


def code(after: timedelta = timedelta()) -> str:
    """Return what Anna's app shows `after` noon."""
    return pyotp.TOTP(SECRET).at(NOON + after)


@pytest.fixture
def codes(desk: Desk) -> list[str]:
    """Let Anna have an app, set up an hour before noon, and return her recovery codes."""
    before = NOON - timedelta(hours=1)
    with moment.at(before):
        return second_factors.set_up_app(
            actor=desk.anna, secret=SECRET, code=pyotp.TOTP(SECRET).at(before), session=None
        )


def password(client: Client, **more: str) -> Any:
    return client.post(reverse("admin:login"), {**SIGN_IN, "next": DESK, **more})


def second(client: Client, text: str) -> Any:
    return client.post(reverse("admin:second_step"), {"code": text})


def is_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def kinds() -> list[str]:
    return list(AuditRecord.objects.order_by("pk").values_list("kind", flat=True))
