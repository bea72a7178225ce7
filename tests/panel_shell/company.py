"""The company's provider that knows Vera, and how she comes by it: what the tests of the company's sign-in begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk import openid
from helpdesk.models import AuditKind, AuditRecord, CompanyIdentity, User
from tests.openid_provider import Provider, running
from tests.people import NOON

VERA = {
    "given_name": "Vera", "family_name": "Zimina", "email": "vera@example.com", "email_verified": True,
    "preferred_username": "vera", "department": "Accounts", "phone_number": "+7 495 123-45-67", "groups": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Any) -> Provider:
    """Return the provider of a desk, which knows Vera and stands at the moment of the tests."""
    server.begin_anew()
    openid.forget()
    for name, value in server.settings().items():
        setattr(settings, name, value)
    settings.PUBLIC_URL = "http://testserver"
    server.people = {"vera": dict(VERA)}
    server.at = NOON.timestamp()
    return server


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def way(client: Client, provider: Provider, name: str = "vera", page: str = "") -> str:
    """Begin a sign-in and pick a person; return the address that leads back."""
    answer = client.get(reverse("admin:company_start"), {"next": page} if page else {})
    assert answer.status_code == 302
    asked = {key: values[0] for key, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    return provider.pick(asked, name)


def come(client: Client, provider: Provider, name: str = "vera", page: str = "") -> Any:
    return client.get(way(client, provider, name, page))


def stored() -> tuple[Any, ...]:
    """Return everything that a refused sign-in must not change."""
    return (
        list(User.objects.order_by("pk").values()), list(CompanyIdentity.objects.values()),
        list(User.groups.through.objects.values()), AuditRecord.objects.filter(kind=AuditKind.SIGNED_IN).count(),
    )  # fmt: skip


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
