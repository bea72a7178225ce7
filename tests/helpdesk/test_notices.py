"""Who is told what: by the matrix, once, never the actor, never somebody who may not see; letters survive a bad server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from helpdesk import moment, notify
from helpdesk.actions import conversation
from helpdesk.models import Channel, Letter, Notice, NoticeChoice, NoticeKind, NoticeRole, NoticeRule
from tests.people import NOON, Desk


def told(person: object) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


def test_a_new_request_is_told_to_its_line_once(desk: Desk) -> None:
    desk.file()
    handled = [notify.fan_out(), notify.fan_out()]

    assert handled == [1, 0]
    assert told(desk.alla) == told(desk.lev) == ["registered"]
    assert told(desk.egor) == []


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
