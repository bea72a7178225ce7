"""A person sees where he is signed in and ends it there, everywhere else, or by a new password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from helpdesk import moment
from helpdesk.actions import letting_go, passwords, second_factors, sign_ins
from helpdesk.models import AuditKind, AuditRecord, BrowserSession
from tests.people import NOON, PASSWORD, Desk

DESK = "/admin/profile/"
LIST = "/admin/profile/sign-ins/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"


def sign_in(agent: str = LAPTOP, login: str = "anna", **more: str) -> Client:
    client = Client(HTTP_USER_AGENT=agent, **more)
    answer = client.post(reverse("admin:login"), {"username": login, "password": PASSWORD, "next": DESK})
    assert answer["Location"] == DESK
    return client


def is_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def test_the_list_names_browser_address_and_times_this_one_first(desk: Desk) -> None:
    with moment.at(NOON - timedelta(days=2)):
        sign_in(PHONE, REMOTE_ADDR="10.1.2.3")
    here = sign_in()
    sign_in(login="boris", REMOTE_ADDR="10.4.4.4")
    text = here.get(LIST).content.decode()

    first, second = text.index("Firefox · Windows"), text.index("Mobile Safari · iOS")
    assert first < text.index("this one") < second
    assert "10.1.2.3" in text
    assert "10.4.4.4" not in text
    assert here.cookies["sessionid"].value not in text


def test_one_is_ended_and_all_others_are(desk: Desk) -> None:
    here, phone, tablet = sign_in(), sign_in(PHONE), sign_in(PHONE)
    pair = Client().post("/api/v1/auth/token", {"username": "anna", "password": PASSWORD}, "application/json").json()
    found = [each for each in sign_ins.of(person=desk.anna, session=phone.cookies["sessionid"].value) if each.is_this]

    assert here.post(reverse("admin:sign_in_end", args=[found[0].number])).status_code == 302
    assert [is_in(client) for client in (here, phone, tablet)] == [True, False, True]
    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {pair['access']}").status_code == 200

    here.post(reverse("admin:sign_ins_end_others"))
    assert [is_in(client) for client in (here, tablet)] == [True, False]
    assert Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {pair['access']}").status_code == 401
    renewed = Client().post("/api/v1/auth/token/refresh", {"refresh": pair["refresh"]}, "application/json")
    assert renewed.status_code == 401
    told = AuditRecord.objects.filter(kind=AuditKind.SIGN_INS_ENDED).order_by("pk")
    assert [(row.actor, row.data) for row in told] == [(desk.anna, {"count": 1}), (desk.anna, {"count": 1})]


def test_nobody_ends_a_sign_in_of_somebody_else(desk: Desk) -> None:
    anna, roman = sign_in(), desk.client("roman")
    number = sign_ins.of(person=desk.anna)[0].number

    assert roman.post(reverse("admin:sign_in_end", args=[number])).status_code == 404
    roman.post(reverse("admin:sign_ins_end_others"))
    assert is_in(anna)
    assert not AuditRecord.objects.filter(kind=AuditKind.SIGN_INS_ENDED, person=desk.anna).exists()


@pytest.mark.parametrize(
    ("hours", "seen"),
    [
        # It is used and goes on, until it ends in any case.
        ([24 * 6, 24 * 12, 24 * 13, 24 * 14 + 1], [True, True, True, False]),
        # It is not used for a week.
        ([24 * 7 - 1, 24 * 14 - 2], [True, True]),
        ([24 * 7 + 1], [False]),
    ],
)
def test_a_sign_in_ends_unused_after_a_week_and_used_after_two(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hours: list[int], seen: list[bool]
) -> None:
    client, began = sign_in(), timezone.now()
    found = []
    for hour in hours:
        # Sessions end by the clock of Django, sign-ins are told by ours.
        monkeypatch.setattr(timezone, "now", lambda hour=hour: began + timedelta(hours=hour))
        with moment.at(NOON + timedelta(hours=hour)):
            found.append(is_in(client))

    assert found == seen
    assert len(sign_ins.of(person=desk.anna)) == seen[-1]


@pytest.mark.parametrize("end", ["password", "letting go"])
def test_a_new_password_and_letting_go_leave_no_sign_in(desk: Desk, end: str) -> None:
    client = sign_in()
    if end == "password":
        passwords.change(actor=desk.anna, old=PASSWORD, new="correct horse 17")
    else:
        letting_go.let_go(actor=desk.roman, person=desk.anna)

    assert not is_in(client)
    assert sign_ins.of(person=desk.anna) == []


def test_who_changes_his_password_stays_in_the_list(desk: Desk) -> None:
    here, elsewhere = sign_in(), sign_in(PHONE)
    new = {"old_password": PASSWORD, "new_password1": "kitten-orbit-42", "new_password2": "kitten-orbit-42"}
    here.post(reverse("admin:password_change"), new)

    assert (is_in(here), is_in(elsewhere)) == (True, False)
    found = sign_ins.of(person=desk.anna, session=here.cookies["sessionid"].value)
    assert [(each.is_this, each.browser) for each in found] == [(True, LAPTOP)]


def test_being_seen_is_written_once_in_five_minutes(desk: Desk) -> None:
    client = sign_in()

    def writes(after: timedelta) -> int:
        with moment.at(NOON + after), CaptureQueriesContext(connection) as queries:
            assert is_in(client)
        return sum(query["sql"].startswith("UPDATE") for query in queries)

    assert [writes(timedelta(minutes=minute)) for minute in (1, 4, 5, 6, 9, 10)] == [0, 0, 1, 0, 0, 1]
    assert BrowserSession.objects.get(person=desk.anna).seen_at == NOON + timedelta(minutes=10)


def test_a_session_that_was_ended_is_not_written_back_by_a_page_on_its_way(desk: Desk, monkeypatch: Any) -> None:
    here, phone = sign_in(), sign_in(PHONE)
    page, found = reverse("admin:second_factor"), second_factors.of

    def end_in_between(person: Any) -> Any:
        sign_ins.end_others(actor=person, session=here.cookies["sessionid"].value)
        return found(person)

    monkeypatch.setattr(second_factors, "of", end_in_between)
    # The page wants to keep the secret that it shows in its session.
    assert phone.get(page).status_code == 400
    monkeypatch.undo()
    assert not is_in(phone)
    assert BrowserSession.objects.filter(person=desk.anna).count() == 1
