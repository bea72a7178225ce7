"""Of eight processes that take one request at the same moment exactly one wins, and the others are told who."""

from __future__ import annotations

import pytest

from helpdesk.models import Membership, Ticket, User
from tests.people import make_desk
from tests.races.processes import start, together

RACER = """
from helpdesk.actions.refusals import ActionRefused
from helpdesk.actions.work import take
from helpdesk.models import User
actor = User.objects.get(pk=int(sys.argv[1]))
print("ready", flush=True)
time.sleep(max(0, float(sys.stdin.readline()) - time.time()))
try:
    take(actor=actor, ticket_id=int(sys.argv[2]))
    print("won")
except ActionRefused as refusal:
    print("refused", refusal.code)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_exactly_one_of_eight_takes_the_request() -> None:
    desk = make_desk()
    ticket = desk.file()
    racers = []
    for number in range(8):
        person = User.objects.create_user(f"racer{number}", is_staff=True)
        Membership.objects.create(line=desk.first, person=person)
        racers.append(person)

    answers = sorted(together([start(RACER, str(person.pk), str(ticket.pk)) for person in racers]))

    assert answers == ["refused wrong_status"] * 7 + ["won"] or answers.count("won") == 1
    assert all(answer.startswith("refused") for answer in answers if answer != "won")
    taken = Ticket.objects.get(pk=ticket.pk)
    assert taken.assignee in racers
    assert taken.history.filter(last_action="take").count() == 1
