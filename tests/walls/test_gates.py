"""Walls in front of the whole desk: what a proxy may say, what Django's own inspection says, what a name in a header may hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from rest_framework.settings import api_settings

from helpdesk.actions.refusals import ValidationError
from helpdesk.models import Letter, Ticket
from helpdesk.notify import fan_out
from helpdesk.notify.letters import compose
from tests.people import Desk
from tests.project.test_start import ROOT, environment


@pytest.mark.parametrize(
    ("proxies", "sent"), [(0, "203.0.113.{n}"), (0, "203.0.113.{n}, 10.0.0.1"), (1, "203.0.113.{n}, 10.0.0.1")]
)
def test_42_an_alleged_address_does_not_dodge_the_count_of_failures(
    db: None, monkeypatch: pytest.MonkeyPatch, proxies: int, sent: str
) -> None:
    """Without a proxy the header is anybody's; behind one only what the proxy added last counts."""
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    statuses = [
        Client()
        .get("/api/v1/me", headers={"Authorization": "Bearer hd_guess", "X-Forwarded-For": sent.format(n=number)})
        .status_code
        for number in range(11)
    ]

    assert statuses == [401] * 10 + [429]


def test_16_no_header_signs_anybody_in_or_moves_the_host(desk: Desk) -> None:
    headers = {
        "X-Remote-User": "roman",
        "Remote-User": "roman",
        "X-Forwarded-User": "roman",
        "X-Forwarded-Host": "evil.example",
    }
    answer = Client().get("/admin/", headers=headers)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=%2Fadmin%2F")
    assert "evil.example" not in Client().get("/admin/login/", headers=headers).content.decode()
    assert Client().get("/admin/login/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.slow
def test_53_the_inspection_of_django_has_nothing_to_say(tmp_path: Path) -> None:
    env = environment(tmp_path, PUBLIC_URL="https://help.example.org")
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own command

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("field", ["subject", "first_name", "name"])
def test_24_a_line_break_never_comes_where_a_header_is_made(desk: Desk, field: str) -> None:
    broken = "Hello\r\nBcc: eve@evil.example"
    if field == "subject":
        with pytest.raises(ValidationError):
            desk.file(subject=broken)
        assert Ticket.objects.count() == 0
    elif field == "first_name":
        answer = desk.client("roman").patch("/api/v1/me", {"first_name": broken}, content_type="application/json")
        assert answer.status_code == 400
    else:
        # An older row, written before the rule: the letter still has one line of subject.
        ticket = desk.file()
        Ticket.objects.filter(pk=ticket.pk).update(subject=broken)
        desk.act("assign", "lev", ticket, person=desk.alla.pk)
        fan_out()
        letters = [compose(letter) for letter in Letter.objects.all()]
        assert letters
        for letter in letters:
            assert "\n" not in str(letter.message()["Subject"]).replace("\n ", " ")
            assert letter.message()["Bcc"] is None
