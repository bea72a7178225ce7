"""Who was on the page of a request is forgotten when it means nothing any more."""

from __future__ import annotations

from datetime import timedelta

from helpdesk import moment
from helpdesk.actions import presence
from helpdesk.models import Presence
from tests.people import NOON, Desk


def test_who_was_there_is_forgotten_after_an_hour(desk: Desk) -> None:
    ticket = desk.file()
    presence.touch(actor=desk.alla, ticket=ticket)
    with moment.at(NOON + timedelta(minutes=1)):
        presence.touch(actor=desk.lev, ticket=ticket, writing=True)

    with moment.at(NOON + timedelta(minutes=61)):
        assert presence.forget_old() == 1
        assert presence.forget_old() == 0
    assert Presence.objects.get().person == desk.lev
