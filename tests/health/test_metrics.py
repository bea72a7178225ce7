"""Numbers for Prometheus behind a token; a log whose lines are objects; the request id in both the line and the answer."""

from __future__ import annotations

import json
import logging
import logging.config
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from helpdesk import moment
from helpdesk.actions import webhooks
from helpdesk.health import metrics
from helpdesk.jobs import Job, run
from helpdesk.models import Webhook, WebhookDelivery
from tests.people import NOON, Desk
from tests.project.test_start import ROOT, environment

TOKEN = {"Authorization": "Bearer watch-me"}


@pytest.fixture
def watched(desk: Desk, settings: Any) -> Desk:
    settings.METRICS_TOKEN = "watch-me"
    return desk


def value(text: str, start: str) -> float:
    found = re.search(rf"^{re.escape(start)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def scrape() -> str:
    answer = Client().get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_the_token_there_is_nothing_to_see(watched: Desk, settings: Any) -> None:
    assert Client().get("/metrics").status_code == 401
    assert Client().get("/metrics", headers={"Authorization": "Bearer watch-mE"}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers=TOKEN).status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_the_name_of_their_page(watched: Desk) -> None:
    page = 'helpdesk_requests_total{method="GET",page="admin:index",status="200"}'
    unknown = 'helpdesk_requests_total{method="other",page="unknown",status="404"}'
    before = scrape()

    watched.client("anna").get("/admin/")
    Client().generic("BREW", "/nowhere/at/all/17")

    after = scrape()
    assert value(after, page) == value(before, page) + 1
    assert value(after, unknown) == value(before, unknown) + 1
    assert value(after, 'helpdesk_request_seconds_count{page="admin:index"}') >= 1
    assert "nowhere" not in after


def test_the_desk_tells_its_piles_and_what_waits(watched: Desk) -> None:
    watched.ticket("in_work")
    watched.file()

    with moment.at(NOON + timedelta(seconds=90)):
        text = scrape()

    assert value(text, 'helpdesk_tickets{pile="in_work"}') == 1
    assert value(text, 'helpdesk_tickets{pile="new"}') == 1
    assert value(text, 'helpdesk_oldest_seconds{queue="events"}') == 90
    assert value(text, 'helpdesk_oldest_seconds{queue="letters"}') == 0


def test_what_webhooks_have_to_send_and_have_lost_is_told(watched: Desk) -> None:
    given = {"name": "Monitor", "address": "https://a.example.org/"}
    webhook = webhooks.change(actor=watched.roman, webhook=Webhook(), values=given)
    for state, minutes in (("pending", 0), ("pending", 5), ("given_up", 60), ("sent", 60)):
        at = NOON - timedelta(minutes=minutes)
        WebhookDelivery.objects.create(webhook=webhook, kind="register", state=state, created_at=at, next_at=at)

    text = scrape()

    assert value(text, 'helpdesk_waiting{queue="deliveries"}') == 2
    assert value(text, 'helpdesk_oldest_seconds{queue="deliveries"}') == 300
    assert value(text, 'helpdesk_given_up{queue="deliveries"}') == 1
    assert value(text, 'helpdesk_given_up{queue="letters"}') == 0

    Webhook.objects.update(rest_until=NOON + timedelta(minutes=1))
    assert value(scrape(), 'helpdesk_waiting{queue="deliveries"}') == 2
    assert value(scrape(), 'helpdesk_oldest_seconds{queue="deliveries"}') == 0, "nothing may be tried before"


def test_runs_of_jobs_are_counted(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.jobs.close_old_connections", lambda: None)

    def fail() -> None:
        raise ValueError

    assert not run(Job("odd", timedelta(seconds=1), fail))
    assert run(Job("odd", timedelta(seconds=1), lambda: None))

    told = metrics.text().decode()
    assert value(told, 'helpdesk_job_runs_total{job="odd",outcome="failed"}') == 1
    assert value(told, 'helpdesk_job_runs_total{job="odd",outcome="done"}') == 1


def test_a_line_of_the_log_is_an_object_with_the_id_of_its_request(
    desk: Desk, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.LOG_REQUESTS = True
    told = {**django_settings.LOGGING, "handlers": {"stderr": {**django_settings.LOGGING["handlers"]["stderr"]}}}
    told["handlers"]["stderr"]["formatter"] = "json"
    try:
        logging.config.dictConfig(told)
        answer = desk.client("anna").get("/admin/search/?q=secret\nwords")
        logging.getLogger("helpdesk").warning("two\nlines: ёж")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        logging.config.dictConfig(django_settings.LOGGING)

    asked, odd = lines[-2:]
    assert asked["request_id"] == answer["X-Request-ID"]
    assert (asked["logger"], asked["page"], asked["status"], asked["person"]) == (
        "helpdesk.requests", "admin:search", 200, desk.anna.pk,
    )  # fmt: skip
    assert "secret" not in json.dumps(asked)
    assert odd["message"] == "two\nlines: ёж"
    assert odd["level"] == "WARNING"


COUNT = """
import os, django
django.setup()
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from helpdesk.health import metrics
def answer():
    metrics.answered(page="x", method="GET", status=200, seconds=0.1)
def told():
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry).decode()
for _other in range(2):
    other = os.fork()
    if not other:
        answer()
        os._exit(0)
    os.waitpid(other, 0)
answer()
print(told())
metrics.forget_the_dead()
print("---")
print(told())
"""


@pytest.mark.slow
def test_the_numbers_of_all_processes_are_added_up_and_those_of_the_dead_can_go(tmp_path: Any) -> None:
    env = environment(tmp_path, METRICS_TOKEN="watch-me", DJANGO_SETTINGS_MODULE="project.settings")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", COUNT], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )

    before, after = done.stdout.split("---")
    counted = 'helpdesk_requests_total{method="GET",page="x",status="200"}'
    assert (value(before, counted), value(after, counted)) == (3, 1)
