"""A key for programs is made in the profile, shown once, used, and ended; administrators do it for service accounts."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from helpdesk.models import ApiToken
from tests.people import Desk

NEW = {"name": "Monitoring", "scopes": ["read"], "days": "30"}


def key_in(page: str) -> str:
    return page.split('id="key" value="')[1].split('"', maxsplit=1)[0]


def test_a_key_is_shown_once_works_and_ends(desk: Desk) -> None:
    alla = desk.client("alla")
    made = alla.post(reverse("admin:tokens"), NEW)
    key = key_in(made.content.decode())
    program = Client(headers={"Authorization": f"Bearer {key}"})

    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    assert program.get("/api/v1/me").json()["username"] == "alla"
    later = alla.get(reverse("admin:tokens")).content.decode()
    assert "Monitoring" in later
    assert key not in later
    ended = alla.post(reverse("admin:token_revoke", args=[ApiToken.objects.get().pk]), follow=True)
    assert "The key “Monitoring” has ended." in ended.content.decode()
    assert program.get("/api/v1/me").status_code == 401


def test_what_is_wrong_is_told_and_nothing_is_made(desk: Desk) -> None:
    alla = desk.client("alla")
    answers = [
        alla.post(reverse("admin:tokens"), {**NEW, **wrong})
        for wrong in ({"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "9000"})
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert ApiToken.objects.count() == 0


def test_only_an_administrator_looks_after_the_keys_of_others(desk: Desk) -> None:
    page = reverse("admin:tokens_of_person", args=[desk.egor.pk])
    made = desk.client("roman").post(page, NEW)
    token = ApiToken.objects.get()

    assert (made.status_code, token.person, token.created_by) == (201, desk.egor, desk.roman)
    assert desk.client("alla").post(page, NEW).status_code == 403
    assert desk.client("alla").post(reverse("admin:token_revoke", args=[token.pk])).status_code == 404
    assert ApiToken.objects.filter(revoked_at=None).count() == 1
    assert desk.client("roman").get(page).status_code == 200
