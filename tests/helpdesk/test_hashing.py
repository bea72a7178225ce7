"""A failed sign-in costs the same hashes whoever is asked for: counted, not timed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, make_password

from helpdesk.models import User
from tests.people import PASSWORD, Desk

SPENT: Counter[str] = Counter()


class Argon2(Argon2PasswordHasher):
    """The hasher of the product in its cheapest form, counted."""

    time_cost, memory_cost, parallelism = 1, 8, 1

    def encode(self, password: str, salt: str) -> str:
        SPENT["argon2"] += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        SPENT["argon2"] += 1
        return super().verify(password, encoded)


class PBKDF2(PBKDF2PasswordHasher):
    """The former hasher, counted; `verify` of Django's own calls `encode`."""

    iterations = 10

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        SPENT["pbkdf2"] += 1
        return super().encode(password, salt, iterations)


@pytest.fixture
def _hashers(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Argon2", f"{__name__}.PBKDF2"]


def spent(login: str, given: str = "wrong") -> dict[str, int]:
    """Return which hashes a failed sign-in has cost."""
    SPENT.clear()
    assert authenticate(None, username=login, password=given) is None
    return dict(SPENT)


@pytest.mark.usefixtures("_hashers")
def test_a_failed_sign_in_costs_the_same_whoever_is_asked_for(desk: Desk) -> None:
    new, old = make_password(PASSWORD), make_password(PASSWORD, hasher="pbkdf2_sha256")
    for person, kept in ((desk.anna, new), (desk.boris, old), (desk.ivan, new), (desk.egor, "!none"), (desk.lev, "")):
        User.objects.filter(pk=person.pk).update(password=kept)
    User.objects.filter(pk=desk.olga.pk).update(password=new, is_service=True)

    asked = {login: spent(login) for login in ("anna", "boris", "ivan", "egor", "lev", "olga", "nobody")}
    # and who is switched off, with the right password
    asked["right"] = spent("ivan", PASSWORD)
    assert asked == {login: {"argon2": 1, "pbkdf2": 1} for login in asked}


@pytest.mark.usefixtures("_hashers")
def test_a_hash_of_the_former_sort_is_raised_and_then_costs_nobody_anything(desk: Desk) -> None:
    others = User.objects.exclude(pk=desk.boris.pk)
    others.update(password=make_password(PASSWORD))
    User.objects.filter(pk=desk.boris.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert authenticate(None, username="boris", password=PASSWORD) == desk.boris

    assert User.objects.get(pk=desk.boris.pk).password.startswith("argon2")
    assert spent("anna") == spent("boris") == spent("nobody") == {"argon2": 1}
