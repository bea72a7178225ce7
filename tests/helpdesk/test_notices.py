"""Who is told what: by the matrix, once, never the actor, never somebody who may not see; letters survive a bad server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from helpdesk import moment, notify
from helpdesk.actions import conversation, passwords, signing_up
from helpdesk.models import Channel, Letter, Notice, NoticeChoice, NoticeKind, NoticeRole, NoticeRule
from helpdesk.notify import letters
from tests.meanwhile import meanwhile
from tests.people import NOON, Desk


def told(person: object) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_a_new_request_is_told_to_its_line_once(desk: Desk) -> None:
    desk.file()
    handled = [notify.fan_out(), notify.fan_out()]

    assert handled == [1, 0]
    assert told(desk.alla) == told(desk.lev) == ["registered"]
    assert told(desk.egor) == []


def test_an_event_that_cannot_be_told_does_not_hold_up_the_others(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    broken = notify.record(desk.file(), "message", actor=desk.alla, at=NOON, data={"to": ["nobody"]})
    desk.file("boris")

    assert notify.fan_out() == 2
    broken.refresh_from_db()
    assert (broken.handled_at, told(desk.alla)) == (None, ["registered", "registered"])
    assert f"event {broken.pk} was not told" in caplog.text


def test_what_another_worker_has_told_meanwhile_is_not_told_again(desk: Desk) -> None:
    desk.file()
    desk.file("boris")
    with meanwhile(notify.fan_out, behind='UPDATE "helpdesk_event"') as others:
        assert notify.fan_out() == 1

    assert others == [1]
    assert told(desk.alla) == ["registered", "registered"]


def test_nobody_is_told_what_he_did_himself(desk: Desk) -> None:
    ticket = desk.file()
    desk.act("assign", "lev", ticket, person=desk.alla.pk)
    desk.act("assign", "lev", desk.file(), person=desk.lev.pk)
    notify.fan_out()

    assert "assigned" in told(desk.alla)
    assert "assigned" not in told(desk.lev)


def test_a_note_is_never_told_to_the_requester(desk: Desk, mailoutbox: list[object]) -> None:
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Secret", internal=True, to=[desk.lev.pk])
    notify.fan_out()
    notify.send_letters()

    assert all("Secret" not in letter.body for letter in mail.outbox if letter.to != [desk.lev.email])
    assert [letter.to for letter in mail.outbox if "Secret" in letter.body] == [[desk.lev.email]]


def test_a_person_can_narrow_and_an_administrator_can_change_the_matrix(desk: Desk) -> None:
    NoticeChoice.objects.create(person=desk.alla, kind=NoticeKind.REGISTERED, channel=Channel.PANEL)
    NoticeRule.objects.create(kind=NoticeKind.REGISTERED, role=NoticeRole.REQUESTER, channel=Channel.PANEL, is_on=True)
    desk.file("anna")
    ticket = desk.file("boris")
    ticket.events.update(actor=desk.lev)
    notify.fan_out()

    assert told(desk.alla) == []
    assert told(desk.boris) == ["registered"]


def test_a_letter_is_in_the_readers_language_and_threaded(desk: Desk, mailoutbox: list[object]) -> None:
    desk.anna.language = "ru"
    desk.anna.save()
    ticket = desk.ticket("on_review")
    notify.fan_out()
    notify.send_letters()

    letter = next(found for found in mail.outbox if found.to == [desk.anna.email])
    assert letter.subject == f"Заявка №{ticket.pk} готова, проверьте результат: {ticket.subject}"
    assert "Mended." in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert f"ticket-{ticket.pk}@" in letter.extra_headers["References"]


def test_a_letter_about_a_deadline_names_it_in_the_zone_of_its_reader(desk: Desk, mailoutbox: list[object]) -> None:
    desk.alla.time_zone = "Asia/Yekaterinburg"
    desk.alla.save()
    ticket = desk.file()
    desk.act("assign", "lev", ticket, person=desk.alla.pk)
    notify.fan_out()
    notify.send_letters()

    letter = next(found for found in mail.outbox if found.to == [desk.alla.email])
    for form in (letter.body, letter.alternatives[0][0]):
        assert "due 03/10/2026 12:30 p.m." in form
    assert all("due 03/10" not in found.body for found in mail.outbox if found.to == [desk.anna.email])


def test_a_mail_server_that_fails_delays_the_letter_and_gives_up_after_a_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> int:
        raise OSError("connection refused")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    desk.ticket("on_review")
    notify.fan_out()
    assert notify.send_letters() == 0
    letter = Letter.objects.filter(person=desk.anna).latest("pk")
    assert (letter.state, letter.attempts, letter.next_at) == ("pending", 1, NOON + timedelta(minutes=1))
    assert "connection refused" in letter.error

    with moment.at(NOON + timedelta(days=1, minutes=1)):
        notify.send_letters()
    letter.refresh_from_db()
    assert letter.state == "given_up"


def test_a_letter_being_sent_by_another_worker_is_left_alone(desk: Desk, mailoutbox: list[object]) -> None:
    desk.ticket("on_review")
    notify.fan_out()
    Letter.objects.update(leased_until=NOON + timedelta(minutes=1))

    assert notify.send_letters() == 0
    with moment.at(NOON + timedelta(minutes=2)):
        assert notify.send_letters() > 0


def test_what_another_worker_has_sent_meanwhile_is_not_sent_again(desk: Desk, mailoutbox: list[Any]) -> None:
    for person, newcomer in ((desk.anna, "vera"), (desk.boris, "zoya")):
        passwords.ask_for_link(email=person.email)
        signing_up.sign_up(
            first_name="New", last_name="Comer", department="Accounts", email=f"{newcomer}@example.com",
            phone="8 495 123-45-67", username=newcomer, password="correct horse 17",
        )  # fmt: skip

    for table, send in (("letter", notify.send_letters), ("joiningletter", notify.send_joining_letters)):
        with meanwhile(send, behind=f'UPDATE "helpdesk_{table}"') as others:
            assert (send(), others) == (1, [1]), table
    assert sorted(letter.to[0].partition("@")[0] for letter in mail.outbox) == ["anna", "boris", "vera", "zoya"]


def test_a_run_of_letters_ends_when_its_time_is_over_and_the_next_goes_on(
    desk: Desk, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (desk.anna, desk.boris, desk.alla):
        passwords.ask_for_link(email=person.email)
    with meanwhile(lambda: monkeypatch.setattr(letters, "PATIENCE", 0.0), behind='UPDATE "helpdesk_letter"'):
        assert notify.send_letters() == 1
    monkeypatch.undo()

    assert list(Letter.objects.order_by("state").values_list("state", "leased_until")) == [
        ("pending", None), ("pending", None), ("sent", None)
    ]  # fmt: skip
    assert notify.send_letters() == 2


def test_without_the_panel_letters_lead_to_the_client_and_bear_no_link_of_the_panel(
    desk: Desk, mailoutbox: list[Any], settings: Any
) -> None:
    settings.ROOT_URLCONF = "helpdesk.api.urls"
    ticket = desk.file()
    desk.act("assign", "lev", ticket, person=desk.alla.pk)
    passwords.ask_for_link(email=desk.anna.email)
    notify.fan_out()
    notify.send_letters()

    letters_by_reader = {letter.to[0]: letter for letter in mail.outbox}
    assert f"{settings.PUBLIC_URL}/t/{ticket.pk}/" in letters_by_reader[desk.alla.email].body
    assert f"{settings.PUBLIC_URL}/password-set/" in letters_by_reader[desk.anna.email].body
    for letter in mail.outbox:
        assert "List-Unsubscribe" not in letter.extra_headers
        for form in (letter.body, letter.alternatives[0][0]):
            assert "/admin/" not in form
            assert "unsubscribe" not in form
