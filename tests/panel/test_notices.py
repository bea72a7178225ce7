"""Administrators rule who is told of what; a person narrows it for himself; letters are logged, sent again, and looked at."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from helpdesk.actions import notices
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import Letter, Notice, NoticeChoice, NoticeRule
from helpdesk.notify import fan_out, send_letters
from tests.people import NO_ROW, Desk


@pytest.fixture
def mailed(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ticked(client: Client, address: str) -> dict[str, str]:
    """Return what a page's form would send as it stands."""
    import re

    page = client.get(address).content.decode()
    boxes = re.findall(r'<input class="form-check-input" type="checkbox" name="([^"]+)"( checked)?', page)
    assert boxes
    return {name: "on" for name, checked in boxes if checked}


def test_the_matrix_as_shown_is_the_built_in_one_and_saving_it_changes_nothing(desk: Desk) -> None:
    client = desk.client("roman")
    shown = ticked(client, reverse("admin:notice_rules"))
    assert set(shown) == {":".join(cell) for cell in notices.cells() if notices.is_default(*cell)}

    client.post(reverse("admin:notice_rules"), shown)
    assert NoticeRule.objects.count() == 0


def test_a_changed_matrix_is_obeyed_and_can_be_put_back(desk: Desk) -> None:
    client = desk.client("roman")
    shown = ticked(client, reverse("admin:notice_rules"))
    del shown["registered:line:panel"]
    client.post(reverse("admin:notice_rules"), {**shown, "closed:lead:email": "on"})
    assert set(NoticeRule.objects.values_list("kind", "role", "channel", "is_on")) == {
        ("registered", "line", "panel", False), ("closed", "lead", "email", True)
    }  # fmt: skip
    desk.ticket("done")
    fan_out()
    assert not Notice.objects.filter(kind="registered").exists()
    assert Letter.objects.filter(kind="closed", person=desk.lev).count() == 1

    client.post(reverse("admin:notice_rules"), {"default": "1"})
    assert NoticeRule.objects.count() == 0


@pytest.mark.parametrize("who", ["anna", "alla", "lev", "katya", "olga"])
def test_only_administrators_rule(desk: Desk, who: str) -> None:
    NoticeRule.objects.create(kind="closed", role="lead", channel="email", is_on=True)
    letter = Letter.objects.create(person=desk.anna, kind="password", state="given_up")
    client = desk.client(who)

    assert client.post(reverse("admin:notice_rules"), {"default": "1"}).status_code == 403
    assert client.post(reverse("admin:letter_again", args=[letter.pk])).status_code == 403
    with pytest.raises(ActionRefused):
        notices.set_matrix(actor=desk.people[who], chosen=[])
    with pytest.raises(ActionRefused):
        notices.send_again(actor=desk.people[who], letter_id=letter.pk)
    letter.refresh_from_db()
    assert (NoticeRule.objects.count(), letter.state) == (1, "given_up")
    assert not notices.visible_letters(desk.people[who]).exists()


def test_a_person_narrows_what_he_is_told(desk: Desk) -> None:
    client = desk.client("alla")
    shown = ticked(client, reverse("admin:notice_choices"))
    assert "registered:panel" in shown
    del shown["registered:panel"]
    client.post(reverse("admin:notice_choices"), {**shown, "closed:nothing": "on"})

    assert list(NoticeChoice.objects.values_list("person__username", "kind", "channel")) == [
        ("alla", "registered", "panel")
    ]
    desk.file()
    fan_out()
    told = set(Notice.objects.filter(kind="registered").values_list("person__username", flat=True))
    assert told == {"artem", "lev"}
    assert "registered:panel" not in ticked(client, reverse("admin:notice_choices"))


def test_a_requester_is_offered_only_what_can_reach_him(desk: Desk) -> None:
    shown = ticked(desk.client("anna"), reverse("admin:notice_choices"))

    assert shown.keys() == {"registered:email", "message:email", "question:email", "submitted:email", "closed:email",
                            "requester_reminder:panel", "requester_reminder:email"}  # fmt: skip


def assign(desk: Desk) -> None:
    desk.act("assign", "lev", desk.file(), person=desk.alla.pk)
    fan_out()


def unsubscribe_address(desk: Desk) -> str:
    assign(desk)
    send_letters()
    header = str(mail.outbox[-1].extra_headers["List-Unsubscribe"])
    assert mail.outbox[-1].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return "/" + header.strip("<>").split("/", 3)[3]


@pytest.mark.usefixtures("mailed")
def test_a_letter_stops_its_kind_by_its_link_without_a_sign_in(desk: Desk) -> None:
    address = unsubscribe_address(desk)

    assert Client().get(address).status_code == 200
    assert NoticeChoice.objects.count() == 0
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(address).status_code == 200
    assert list(NoticeChoice.objects.values_list("person__username", "kind", "channel")) == [
        ("alla", "assigned", "email")
    ]
    letters = Letter.objects.count()
    assign(desk)
    assert Letter.objects.count() == letters


@pytest.mark.usefixtures("mailed")
def test_a_forged_link_stops_nothing(desk: Desk) -> None:
    address = unsubscribe_address(desk)

    assert Client().post(address[:-3] + "x/").status_code == 404
    with pytest.raises(NotFound):
        notices.unsubscribe(token="x")
    assert NoticeChoice.objects.count() == 0


@pytest.mark.usefixtures("mailed")
def test_letters_are_logged_and_sent_again(desk: Desk) -> None:
    assign(desk)
    send_letters()
    letter = Letter.objects.get(person=desk.alla)
    Letter.objects.filter(pk=letter.pk).update(state="given_up", error="mailbox unknown", attempts=9)
    client = desk.client("roman")
    assert b"mailbox unknown" in client.get(reverse("admin:letters")).content
    assert b"mailbox unknown" not in client.get(reverse("admin:letters") + "?state=sent").content

    client.post(reverse("admin:letter_again", args=[letter.pk]))
    assert (send_letters(), len(mail.outbox)) == (1, 2)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.error) == ("sent", 0, "")
    Letter.objects.filter(pk=letter.pk).update(state="pending")
    with pytest.raises(ActionRefused):
        notices.send_again(actor=desk.roman, letter_id=letter.pk)
    assert client.post(reverse("admin:letter_again", args=[NO_ROW])).status_code == 404


def test_without_a_mail_server_letters_can_be_looked_at(desk: Desk, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    client = desk.client("roman")
    assert client.get(reverse("admin:mailbox")).status_code == 200
    desk.act("assign", "lev", desk.file(subject="Письмо с кавычкой \"'>"), person=desk.alla.pk)
    fan_out()
    send_letters()

    page = client.get(reverse("admin:mailbox")).content.decode()
    assert "alla@example.com" in page
    assert 'sandbox="allow-popups"' in page
    assert "Письмо с кавычкой" in page
    assert client.get(reverse("admin:mailbox") + "?letter=../../etc/passwd").status_code == 200
