"""A report that was just drawn is shown again to the same person, and anew as soon as anything may have changed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admin_ext.analytics import lately
from helpdesk import moment
from helpdesk.models import Membership
from tests.people import NOON, Desk

# Who asks, what he may, what happened last: without the figures.
AGAIN = 9


def registered(client: Client, **query: str) -> tuple[int, int]:
    """Return how many requests of the period the page names, and how many queries it took."""
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("admin:analytics"), {"month": "2026-03", **query}).content.decode()
    found = re.search(r'tickets/registered/\?month=2026-03[^"]*"[^>]*>\s*(\d+)', page)
    return int(found[1]) if found else 0, len(asked)


def test_the_same_question_is_not_counted_again(desk: Desk, noon: Any) -> None:
    desk.file()
    olga = desk.client("olga")
    count, queries = registered(olga)

    again = registered(olga)
    assert (count, again[0]) == (1, 1)
    assert again[1] <= AGAIN < queries


def test_whatever_happens_is_counted_at_once(desk: Desk, noon: Any) -> None:
    olga = desk.client("olga")
    assert registered(olga)[0] == 0
    for expected in (1, 2):
        desk.file()
        assert registered(olga)[0] == expected


def test_another_question_language_or_day_is_another_report(desk: Desk, noon: Any) -> None:
    desk.file()
    olga = desk.client("olga")
    assert [registered(olga, **more)[0] for more in ({}, {"line": str(desk.second.pk)})] == [1, 0]
    assert "registered" in olga.get(reverse("admin:analytics")).content.decode()
    desk.olga.language = "ru"
    desk.olga.save()
    assert "Аналитика" in olga.get(reverse("admin:analytics")).content.decode()
    with moment.at(NOON + timedelta(days=30)):
        assert registered(olga)[1] > AGAIN


def test_a_lead_who_leads_no_more_or_another_line_gets_no_old_figures(desk: Desk, noon: Any) -> None:
    desk.file()
    lead = desk.client("lev")
    assert registered(lead)[0] == 1
    Membership.objects.filter(person=desk.lev).update(line=desk.second)
    assert registered(lead)[0] == 0
    Membership.objects.filter(person=desk.lev).delete()
    assert lead.get(reverse("admin:analytics")).status_code == 403


def test_it_ends_by_itself(desk: Desk, noon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lately.SECONDS == 30
    monkeypatch.setattr(lately, "SECONDS", 0)
    olga = desk.client("olga")

    assert min(registered(olga)[1] for _time in range(2)) > AGAIN


def test_without_a_cache_it_is_drawn(desk: Desk, noon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    desk.file()
    olga = desk.client("olga")
    monkeypatch.setattr(type(caches["default"]), "set", fails)
    assert registered(olga)[0] == 1
    monkeypatch.setattr(type(caches["default"]), "get", fails)
    assert registered(olga)[0] == 1
