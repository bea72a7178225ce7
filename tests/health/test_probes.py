"""What a load balancer is told: alive without the database, ready with it, and why not; people get a sentence, not a trace."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from helpdesk import moment
from helpdesk.actions import webhooks
from helpdesk.health import pages, readiness
from helpdesk.models import BrowserSession, SearchDoc, Ticket, Webhook, WebhookDelivery
from helpdesk.notify import fan_out
from tests.people import NOON, Desk


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_last", None)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every statement fail as it does without a database."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused: secret-host")

    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "cursor", refuse)
        patch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
        yield


def told(client: Client) -> dict[str, str]:
    answer = client.get("/readyz?format=json").json()
    return {check["check"]: check["level"] for check in answer["checks"]}


def test_a_healthy_desk_says_so_in_words_and_in_json(desk: Desk) -> None:
    ticket = desk.file()
    fan_out()

    words, data = Client().get("/readyz"), Client().get("/readyz", headers={"Accept": "application/json"})

    assert (words.status_code, data.status_code) == (200, 200)
    assert words.content.decode().splitlines()[0] == "ok"
    assert words["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert data.json()["status"] == "ok"
    assert [check["check"] for check in data.json()["checks"]] == [
        "database",
        "migrations",
        "disk",
        "cache",
        "search",
        "outbox",
    ]
    assert not BrowserSession.objects.filter(session_key=readiness.PROBE_KEY).exists(), (
        "the probe leaves nothing behind"
    )
    assert Ticket.objects.get().pk == ticket.pk
    assert Client().post("/readyz").status_code == 405


def test_it_is_alive_without_a_database_but_not_ready(desk: Desk, away: None) -> None:
    assert Client().get("/livez").content == b"ok\n"
    assert Client().get("/livez?format=json").json() == {"status": "ok"}
    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.content.decode().startswith("failed\ndatabase: failed. This cannot be checked: OperationalError")


def test_the_reasons_are_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.file()
    SearchDoc.objects.all().delete()
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(1, 1, 5 * readiness.MEGABYTE))
    monkeypatch.setattr(readiness, "_written", lambda: {("helpdesk", "0001_initial"), ("helpdesk", "9999_later")})
    with moment.at(NOON + timedelta(minutes=12)):
        found = {finding.check: finding for finding in readiness.examine()}

    assert {name: finding.level for name, finding in found.items()} == {
        "database": "ok", "migrations": "failed", "disk": "failed", "cache": "ok", "search": "warning", "outbox": "warning",
    }  # fmt: skip
    assert "9999_later" in found["migrations"].says
    assert found["outbox"].says == "For 12 minutes an event has waited to be told."
    assert found["search"].remedy == "Run `manage.py rebuild_search`."


def test_late_letters_do_not_take_the_pages_away(desk: Desk) -> None:
    with moment.at(NOON - timedelta(days=1)):
        desk.file()

    assert told(Client())["outbox"] == "warning"
    assert Client().get("/readyz").status_code == 200


def test_a_delivery_that_no_worker_sends_is_told(desk: Desk) -> None:
    given = {"name": "Monitor", "address": "https://a.example.org/"}
    webhook = webhooks.change(actor=desk.roman, webhook=Webhook(), values=given)
    late = NOON - timedelta(minutes=7)
    WebhookDelivery.objects.create(webhook=webhook, kind="register", created_at=late, next_at=late)

    (found,) = list(readiness.outbox())
    assert (found.level, found.says) == ("warning", "For 7 minutes a delivery to a webhook has waited to be told.")

    Webhook.objects.update(rest_until=NOON + timedelta(hours=1))
    assert [found.level for found in readiness.outbox()] == ["ok"], "the other side is down, not our worker"


def test_one_answer_serves_all_who_ask_at_once(desk: Desk, django_assert_num_queries: Any) -> None:
    Client().get("/readyz")
    with django_assert_num_queries(0):
        assert Client().get("/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/admin/helpdesk/ticket/?scope=mine", "/t/1/"])
def test_without_a_database_people_get_a_sentence(desk: Desk, request: pytest.FixtureRequest, path: str) -> None:
    client = desk.client("anna")
    client.raise_request_exception = False
    request.getfixturevalue("away")

    answer = client.get(path, headers={"Accept-Language": "ru"}, follow=False)

    assert answer.status_code == 503
    assert "Данные службы поддержки сейчас недоступны" in answer.content.decode()
    assert f'href="{path}"' in answer.content.decode()
    assert answer["Retry-After"] == "10"
    assert "secret-host" not in answer.content.decode()
    assert answer["Content-Security-Policy"]


def test_without_a_database_programs_get_json(desk: Desk, request: pytest.FixtureRequest) -> None:
    session = desk.client("anna")
    request.getfixturevalue("away")
    for client, headers in ((session, {}), (Client(), {"Authorization": "Bearer hd_x"})):
        client.raise_request_exception = False
        answer = client.get("/api/v1/tickets", headers=headers)

        assert answer.status_code == 503
        assert answer.json()["code"] in {"unavailable", "busy"}
        assert answer.json()["request_id"] == answer["X-Request-ID"]
        assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InterfaceError("connection already closed"), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EACCES, "Permission denied"), 500),
    ],
)
def test_a_full_disk_is_an_outage_and_a_fault_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr("helpdesk.actions.attachments.keep", fail)
    client = desk.client("anna")
    client.raise_request_exception = False

    answer = client.post(
        "/api/v1/tickets", {"work_type": desk.mailbox.pk, "subject": "a", "text": "b"}, content_type="application/json"
    )

    assert (answer.status_code, Ticket.objects.count()) == (status, 0)


def test_without_redis_the_desk_is_not_ready_and_says_a_sentence(desk: Desk, settings: Any) -> None:
    options = {"socket_connect_timeout": 1}
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0", "OPTIONS": options}}
    client = Client(raise_request_exception=False)

    page = client.post("/admin/login/", {"username": "anna", "password": "demo"})
    ready = client.get("/readyz")

    assert (page.status_code, ready.status_code) == (503, 503)
    assert "cache: failed" in ready.content.decode()
    assert "127.0.0.1" not in page.content.decode()
