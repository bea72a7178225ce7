"""A worker killed at any moment loses no letter and no delivery, and sends none twice but the one it had in its hands."""

from __future__ import annotations

import email
import ipaddress
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from helpdesk.actions import webhooks
from helpdesk.models import Letter, Webhook, WebhookDelivery
from helpdesk.moment import now
from helpdesk.notify import fan_out
from tests.listener import listener
from tests.people import Desk, make_desk
from tests.races.processes import PATIENCE, Program, start

WORKER = """
settings.EMAIL_BACKEND = "tests.races.slow_mail.EmailBackend"
settings.EMAIL_FILE_PATH = sys.argv[1]
from django.core.management import call_command
print("ready", flush=True)
call_command("worker")
"""
# Most of its time it has a letter in its hands.
SLOW = f"""
settings.SLOW_MAIL_PAUSE = 0.2
{WORKER}
"""
SENDER = f"""
import ipaddress
settings.WEBHOOK_HTTP, settings.WEBHOOK_NETWORKS = True, [ipaddress.ip_network("127.0.0.1")]
{WORKER}
"""


def letters_in(folder: Path) -> Counter[str]:
    """Return how often each letter is in the mailbox, by its Message-ID."""
    found: Counter[str] = Counter()
    for file in folder.glob("*.log"):
        for part in file.read_bytes().split(b"-" * 79 + b"\n"):
            if part.strip():
                found[str(email.message_from_bytes(part.lstrip())["Message-ID"])] += 1
    return found


def kill_after(seconds: float, worker: Program) -> None:
    worker.awaits("ready")
    time.sleep(seconds)
    worker.kill()


def write_letters(desk: Desk, count: int) -> None:
    for _number in range(count):
        desk.act("assign", "lev", desk.file(), person=desk.alla.pk)
    fan_out()
    Letter.objects.update(next_at=now())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    desk = make_desk()
    write_letters(desk, 20)
    waiting = Letter.objects.count()
    assert waiting == 20
    kills = 0
    deadline = time.monotonic() + PATIENCE
    while Letter.objects.exclude(state="sent").exists():
        assert time.monotonic() < deadline, "the letters never got through"
        kill_after(0.2 * 1.4**kills, start(WORKER, str(tmp_path)))
        kills += 1
        # The lease of the letter that was in its hands runs out.
        Letter.objects.filter(leased_until__isnull=False).update(leased_until=now() - timedelta(seconds=1))

    sent, written = letters_in(tmp_path), Letter.objects.count()
    assert kills >= 2
    # The digest of the morning may have come besides.
    assert len(sent) == written >= waiting
    assert sum(sent.values()) - written <= kills
    assert set(Letter.objects.values_list("state", "attempts")) == {("sent", 0)}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_no_delivery_of_a_webhook(tmp_path: Path, settings: Any) -> None:
    settings.WEBHOOK_HTTP, settings.WEBHOOK_NETWORKS = True, [ipaddress.ip_network("127.0.0.1")]
    desk, kills = make_desk(), 0
    with listener() as heard:
        heard.pause = 0.05
        given = {"name": "Monitor", "address": heard.address, "events": ["register"]}
        webhooks.change(actor=desk.roman, webhook=Webhook(), values=given)
        expected = {f"event-{desk.file().events.get().pk}" for _number in range(20)}
        deadline = time.monotonic() + PATIENCE
        while WebhookDelivery.objects.filter(state="sent").count() < len(expected):
            assert time.monotonic() < deadline, "the deliveries never got through"
            # The sooner ones die while they write deliveries down, the later ones while they send.
            kill_after(0.2 * 1.4**kills, start(SENDER, str(tmp_path)))
            kills += 1
            WebhookDelivery.objects.filter(leased_until__isnull=False).update(leased_until=now() - timedelta(seconds=1))

    times = Counter(body["id"] for body in heard.bodies)
    assert kills >= 2
    assert set(times) == expected
    assert sum(times.values()) - len(expected) <= kills


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_asked_to_stop_finishes_its_letter(tmp_path: Path) -> None:
    write_letters(make_desk(), 10)
    worker = start(SLOW, str(tmp_path))
    # It is at work, on a slow machine too.
    until = time.monotonic() + PATIENCE
    while not letters_in(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    began = time.monotonic()
    worker.ask_to_stop()

    assert worker.wait() == 0
    assert time.monotonic() - began < 10
    assert Letter.objects.filter(leased_until__isnull=False).count() == 0
    sent = letters_in(tmp_path)
    assert set(sent.values()) <= {1}
    assert len(sent) == Letter.objects.filter(state="sent").count()
