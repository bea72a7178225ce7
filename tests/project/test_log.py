"""The log tells of a refusal in one line with its reason, and of what broke with the way to it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from admin_ext.views import home
from tests.people import Desk


def test_a_refused_page_is_one_line_with_its_reason(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    client = desk.client("anna")
    caplog.clear()

    client.get(reverse("admin:what_if"))
    client.get(f"{reverse('admin:index')}?q=%00")

    told = [record for record in caplog.records if record.name == "django.request"]
    assert [record.getMessage() for record in told] == [
        "Forbidden (Permission denied): /admin/what-if/: This page is for support only.",
        "The request holds a NUL character.: /admin/",
    ]
    assert "Traceback" not in caplog.text


def test_an_error_keeps_its_traceback(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*given: object) -> None:
        raise ZeroDivisionError("seventeen")

    monkeypatch.setattr(home, "home", break_down)
    client = desk.client("anna")
    client.raise_request_exception = False

    assert client.get(reverse("admin:index")).status_code == 500
    assert "Internal Server Error: /admin/" in caplog.text
    assert "ZeroDivisionError: seventeen" in caplog.text
