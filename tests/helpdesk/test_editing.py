"""A message saved as it was is not an edited one."""

from __future__ import annotations

from datetime import timedelta

from helpdesk import moment
from helpdesk.actions import conversation
from tests.people import NOON, Desk


def test_a_message_saved_as_it_was_is_not_marked_as_edited(desk: Desk) -> None:
    message = conversation.post(actor=desk.anna, ticket_id=desk.file().pk, text="Error 550")
    with moment.at(NOON + timedelta(minutes=1)):
        same = conversation.edit(actor=desk.anna, message_id=message.pk, text="  Error 550\r\n")
        message.refresh_from_db()
        assert (same, message.edited_at, message.history.count()) == (message, None, 1)

        conversation.edit(actor=desk.anna, message_id=message.pk, text="Error 551")
    message.refresh_from_db()
    assert (message.text, message.edited_at) == ("Error 551", NOON + timedelta(minutes=1))
    assert message.history.count() == 2
