"""Of eight processes that take one request at the same moment exactly one wins, and the others are told who."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connections

from helpdesk.models import Membership, Ticket, User
from tests.people import make_desk

ROOT = Path(__file__).resolve().parents[2]
RACER = """
import json, sys, time
import django
from django.conf import settings
from django.db import connections
settings.DATABASES["default"].update(json.loads(sys.argv[1]))
django.setup()
from helpdesk.actions.refusals import ActionRefused
from helpdesk.actions.work import take
from helpdesk.models import User
actor = User.objects.get(pk=int(sys.argv[2]))
print("ready", flush=True)
start = float(sys.stdin.readline())
time.sleep(max(0, start - time.time()))
try:
    take(actor=actor, ticket_id=int(sys.argv[3]))
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
    database = {key: str(connections["default"].settings_dict[key]) for key in ("NAME",)}
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings"}
    running = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", RACER, json.dumps(database), str(person.pk), str(ticket.pk)],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for person in racers
    ]  # fmt: skip
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    start = f"{time.time() + 0.3}\n"
    answers = sorted(process.communicate(start, timeout=60)[0].strip() for process in running)

    assert answers == ["refused wrong_status"] * 7 + ["won"] or answers.count("won") == 1
    assert all(answer.startswith("refused") for answer in answers if answer != "won")
    taken = Ticket.objects.get(pk=ticket.pk)
    assert taken.assignee in racers
    assert taken.history.filter(last_action="take").count() == 1
