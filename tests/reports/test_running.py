"""A period that is running is compared with as many days of the one before: on the page, in files, letters and the API."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from helpdesk import moment
from helpdesk.reports import blocks, period, scope
from tests.people import Desk

Dates = tuple[date, date]


def at(day: str) -> Any:
    """Stop the clock at noon of a day in Moscow, the zone of the desk."""
    return moment.at(datetime.fromisoformat(f"{day}T09:00:00+00:00"))


def asked(text: str) -> period.Period:
    return period.read(dict(pair.split("=") for pair in text.split("&")))


@pytest.mark.parametrize(("today", "query", "first", "last", "label"), [
    ("2026-11-25", "month=2026-11", "2026-10-01", "2026-10-25", "1–25 October"),
    ("2026-11-01", "month=2026-11", "2026-10-01", "2026-10-01", "1 October"),
    ("2026-11-30", "month=2026-11", "2026-10-01", "2026-10-30", "1–30 October"),
    ("2026-12-01", "month=2026-11", "2026-10-01", "2026-10-31", "October 2026"),
    ("2026-03-31", "month=2026-03", "2026-02-01", "2026-02-28", "1–28 February"),
    ("2026-03-29", "month=2026-03", "2026-02-01", "2026-02-28", "1–28 February"),
    ("2026-03-27", "month=2026-03", "2026-02-01", "2026-02-27", "1–27 February"),
    ("2028-02-29", "month=2028-02", "2028-01-01", "2028-01-29", "1–29 January"),
    ("2028-03-29", "month=2028-03", "2028-02-01", "2028-02-29", "1–29 February"),
    ("2028-03-28", "month=2028-03", "2028-02-01", "2028-02-28", "1–28 February"),
    ("2027-01-10", "month=2027-01", "2026-12-01", "2026-12-10", "1–10 December 2026"),
    ("2026-05-20", "quarter=2026-2", "2026-01-01", "2026-02-19", "1 January – 19 February"),
    ("2026-09-30", "quarter=2026-3", "2026-04-01", "2026-06-30", "1 April – 30 June"),
    ("2028-02-29", "year=2028", "2027-01-01", "2027-03-01", "1 January – 1 March 2027"),
    ("2028-12-31", "year=2028", "2027-01-01", "2027-12-31", "1 January – 31 December 2027"),
    ("2026-11-25", "from=2026-11-21&to=2026-11-30", "2026-11-11", "2026-11-15", "11–15 November"),
    ("2026-11-25", "from=2026-11-16&to=2026-11-25", "2026-11-06", "2026-11-15", "6–15 November"),
    ("2026-11-25", "from=2026-12-01&to=2026-12-10", "2026-11-21", "2026-11-30", "11/21/2026 – 11/30/2026"),
])  # fmt: skip
def test_what_a_period_is_compared_with(today: str, query: str, first: str, last: str, label: str) -> None:
    with at(today), translation.override("en"):
        found = asked(query).beside()
    assert (found.first.isoformat(), found.last.isoformat(), found.label) == (first, last, label)
    assert asked(found.query).days() == found.days()


def test_today_is_the_readers_and_the_words_are_his() -> None:
    # Eleven in the evening in Moscow is the first of December in Vladivostok.
    with moment.at(datetime(2026, 11, 30, 20, 0, tzinfo=UTC)), translation.override("ru"):
        for zone, label in (("Europe/Moscow", "1–30 октября"), ("Asia/Vladivostok", "Октябрь 2026")):
            with timezone.override(zone):
                assert asked("month=2026-11").beside().label == label
        assert asked("year=2026").beside().label == "1 января – 30 ноября 2025"
        assert asked("year=2026").so_far().label == "1 января – 30 ноября"  # type: ignore[union-attr]  # it is running


@pytest.fixture
def november(desk: Desk) -> Desk:
    """Two requests on the 1st and the 25th of October, one on the 26th, three in November, one of them done."""
    for day in ("10-01", "10-25", "10-26", "11-02", "11-25"):
        with at(f"2026-{day}"):
            desk.file()
    with at("2026-11-03"):
        done = desk.ticket("done")
    assert done.closed_at
    return desk


def test_the_page_says_so_and_its_list_has_exactly_those(november: Desk) -> None:
    client = november.client("olga")
    with at("2026-11-25"):
        page = client.get(reverse("admin:analytics"))
        html = page.content.decode()
        registered = next(shown for shown in page.context["tiles"] if shown.tile.name == "registered")
        behind = client.get(reverse("admin:analytics") + registered.href_before).content.decode()
    assert "November 2026, 1–25 November beside 1–25 October" in " ".join(html.split())
    assert 'href="?month=2026-10" aria-label="October 2026"' in html
    assert (registered.tile.value, registered.tile.before, registered.change) == (3, 2, "+50 %")
    assert "from=2026-10-01&to=2026-10-25" in registered.href_before
    numbers = set(re.findall(r'href="/admin/helpdesk/ticket/(\d+)/change/"', behind))
    assert len(numbers) == 2
    with at("2026-12-01"):
        whole = client.get(reverse("admin:analytics") + "?month=2026-11")
    registered = next(shown for shown in whole.context["tiles"] if shown.tile.name == "registered")
    assert (registered.tile.value, registered.tile.before) == (3, 3)
    assert "November 2026, compared with October 2026" in " ".join(whole.content.decode().split())


def test_in_russian(november: Desk) -> None:
    november.olga.language = "ru"
    november.olga.save()
    with at("2026-11-25"):
        html = november.client("olga").get(reverse("admin:analytics")).content.decode()
    assert "Ноябрь 2026, 1–25 ноября в сравнении с 1–25 октября" in " ".join(html.split())


def test_files_and_programs_say_the_same(november: Desk) -> None:
    client = november.client("olga")
    with at("2026-11-25"), translation.override("en"):
        figures = blocks.blocks(scope.read(november.olga, {}), period.read({}))[0]
        told = client.get("/api/v1/reports", {"month": "2026-11"}).json()
        text = client.get(reverse("admin:analytics_export", args=["csv"])).content.decode("utf-8-sig")
    said = "November 2026 so far: 1–25 November beside 1–25 October; the last column says what each figure counts."
    assert figures.definition == said
    assert said in text
    assert told["before"] == {"first": "2026-10-01", "last": "2026-10-25"}
    row, lists = told["blocks"][0]["rows"][0], told["blocks"][0]["lists"][0]
    assert (row[1], row[2], lists[2]) == (3, 2, "registered?from=2026-10-01&to=2026-10-25")
    assert timedelta(days=24) == figures.behind[0][2].period.last - figures.behind[0][2].period.first  # type: ignore[union-attr]  # it has one
