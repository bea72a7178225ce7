"""A request that leaves somebody's sight while he waits for its lock is not his any more, whichever database keeps it."""

from __future__ import annotations

import time

import pytest
from django.db import transaction

from helpdesk.models import Message
from tests.people import make_desk
from tests.races.processes import start

WRITER = """
from helpdesk.actions import conversation
from helpdesk.actions.refusals import NotFound
from helpdesk.models import User
actor = User.objects.get(pk=int(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
try:
    conversation.post(actor=actor, ticket_id=int(sys.argv[2]), text="Still mine?")
    print("written")
except NotFound:
    print("not found")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_request_that_goes_to_another_line_finds_none() -> None:
    desk = make_desk()
    ticket = desk.file()
    writer = start(WRITER, str(desk.alla.pk), str(ticket.pk))
    writer.awaits("ready")

    with transaction.atomic():
        desk.act("transfer", "lev", ticket, line=desk.second.pk, comment="Theirs.")
        writer.stdin.write("go\n")
        writer.stdin.flush()
        # Long enough to ask for the lock; it is held.
        time.sleep(1)

    assert writer.end() == "not found"
    assert not Message.objects.filter(author=desk.alla).exists()
