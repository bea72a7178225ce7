"""Every request has an id, none holds a NUL character, and people get the language and the time zone of their choice."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from project import middleware

if TYPE_CHECKING:
    from django.test import RequestFactory


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


def test_a_request_has_the_same_id_in_its_log_and_in_its_answer(rf: RequestFactory) -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "x", None, None)

    def view(request: HttpRequest) -> HttpResponse:
        middleware.RequestIdFilter().filter(record)
        return HttpResponse()

    answer = middleware.RequestIdMiddleware(view)(rf.get("/"))

    assert len(answer["X-Request-ID"]) == 16
    assert record.__dict__["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize(
    ("sent", "kept"), [("report-20260304", True), ("short", False), ("two\nlines-in-a-log", False), ("x" * 65, False)]
)
def test_an_id_from_outside_is_kept_when_it_is_harmless(rf: RequestFactory, sent: str, *, kept: bool) -> None:
    answer = middleware.RequestIdMiddleware(fine)(rf.get("/", headers={"X-Request-ID": sent}))

    assert (answer["X-Request-ID"] == sent) is kept


def requests_with_nul(rf: RequestFactory) -> dict[str, HttpRequest]:
    return {
        "path": rf.get("/admin/x%00y/"),
        "query": rf.get("/admin/?status=%00"),
        "form": rf.post("/admin/", {"subject": "a\x00b"}),
        "name of a field": rf.post("/admin/", {"a\x00b": "x"}),
        "coded form": rf.post("/admin/", "subject=a%00b", content_type="application/x-www-form-urlencoded"),
        "json": rf.post("/admin/", '{"subject": "a\\u0000b"}', content_type="application/json"),
        "json of a patch": rf.patch("/admin/", '{"a": "\\\\\\u0000"}', content_type="application/json"),
    }


@pytest.mark.parametrize("place", ["path", "query", "form", "name of a field", "coded form", "json", "json of a patch"])
def test_a_nul_character_is_refused(rf: RequestFactory, place: str) -> None:
    with pytest.raises(BadRequest):
        middleware.RefuseNulMiddleware(fine)(requests_with_nul(rf)[place])


def test_the_api_refuses_a_nul_character_in_its_own_shape(rf: RequestFactory) -> None:
    with translation.override("en"):
        answer = middleware.RefuseNulMiddleware(fine)(rf.get("/api/v1/tickets/?q=%00"))

    assert answer.status_code == 400
    told = json.loads(answer.content)
    assert told == {
        "code": "malformed",
        "detail": "The request holds a NUL character.",
        "fields": {},
        "request_id": "-",
    }


@pytest.mark.parametrize(
    ("method", "body", "content_type"),
    [
        ("post", {"file": SimpleUploadedFile("a.bin", b"\x00\x01")}, None),
        ("post", '{"text": "a literal \\\\u0000"}', "application/json"),
        ("post", {"text": "%00 as text"}, None),
        ("get", {"q": "%2500"}, None),
    ],
)
def test_what_only_looks_like_one_passes(rf: RequestFactory, method: str, body: Any, content_type: str | None) -> None:
    options = {"content_type": content_type} if content_type else {}

    answer = middleware.RefuseNulMiddleware(fine)(getattr(rf, method)("/admin/", body, **options))

    assert answer.content == b"fine"


class Person:
    """What the middleware asks of an account."""

    is_authenticated = True

    def __init__(self, language: str = "", time_zone: str = "") -> None:
        self.language = language
        self.time_zone = time_zone


def seen_by(rf: RequestFactory, person: Person) -> tuple[str, str]:
    """Return the language and the zone that a page made for `person` would have in a browser set to English."""
    seen: list[tuple[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))
        return HttpResponse()

    request = rf.get("/")
    request.user = person  # type: ignore[assignment]  # only what the middleware asks for
    with translation.override("en"):
        middleware.PersonalSettingsMiddleware(view)(request)
    return seen[0]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person("ru", "Asia/Yekaterinburg"), ("ru", "Asia/Yekaterinburg")),
        (Person("", ""), ("en", "Europe/Moscow")),
        (Person("ru", "Mars/Olympus"), ("ru", "Europe/Moscow")),
    ],
)
def test_a_person_gets_the_language_and_zone_of_his_choice(
    rf: RequestFactory, person: Person, expected: tuple[str, str]
) -> None:
    assert seen_by(rf, person) == expected
    assert timezone.get_current_timezone_name() == "Europe/Moscow"
