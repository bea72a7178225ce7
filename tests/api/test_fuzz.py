"""No request, however odd, breaks the API: schemathesis makes thousands from the schema itself, against a running server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.actions import attempts, conversation, tokens
from helpdesk.api.reference import generator
from helpdesk.api.throttles import CallThrottle
from tests.people import make_desk

SECONDS = int(os.environ.get("FUZZ_SECONDS", "20"))
CONFIG = Path(__file__).with_name("fuzz.toml")


@pytest.mark.fuzz
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("login", ["alla", "anna", "roman", None])
def test_all_checks_hold_whatever_is_sent(live_server, monkeypatch, tmp_path: Path, login: str | None) -> None:
    """An agent, a requester, an administrator and nobody; the counts of calls are lifted, for they would answer instead of the API."""
    monkeypatch.setattr(CallThrottle, "allow_request", lambda *_given: True)
    monkeypatch.setattr(attempts, "count_failure", lambda *_given: None)
    desk = make_desk()
    for status in ("new", "in_work", "waiting", "on_review"):
        conversation.post(actor=desk.alla, ticket_id=desk.ticket(status).pk, text="Which error?", to=[desk.anna.pk])
    schema = tmp_path / "openapi3.json"
    schema.write_text(generator.text("openapi3"), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG), "run", str(schema),
        "--origin", live_server.url, "--checks", "all", "--max-time", str(SECONDS), "--seed", "1", "--no-color",
        "--workers", "1", "--continue-on-failure",
    ]  # fmt: skip
    if login:
        _token, text = tokens.create(
            actor=desk.people[login], name="Fuzz", scopes=["read", "write", "catalog", "reports"]
        )
        command += ["--header", f"Authorization: Bearer {text}"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 6 + 60, check=False, cwd=tmp_path)  # noqa: S603
    if told.returncode != 0:
        pytest.fail(told.stdout[-60000:] + told.stderr[-2000:], pytrace=False)
