"""The worker runs what is due; a job that fails is logged and takes nothing else with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from helpdesk import jobs
from helpdesk.access.sessions import SessionStore
from helpdesk.models import BrowserSession

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = timedelta(hours=1)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three jobs, the second of which fails; returns the names of those that came to their end."""
    names: list[str] = []

    def fail() -> None:
        raise RuntimeError("the disk is full")

    def note(name: str) -> Callable[[], object]:
        return lambda: names.append(name)

    monkeypatch.setattr(
        jobs,
        "JOBS",
        (jobs.Job("one", HOUR, note("one")), jobs.Job("two", HOUR, fail), jobs.Job("three", HOUR, note("three"))),
    )
    return names


@pytest.mark.django_db
def test_a_failing_job_is_logged_and_the_others_run(ran: list[str], caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("worker", once=True)

    assert ended.value.code == 1
    assert ran == ["one", "three"]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == ["job failed: two"]


@pytest.mark.django_db
def test_expired_sessions_are_forgotten_and_live_ones_kept() -> None:
    for seconds in (-1, 60):
        session = SessionStore()
        session.set_expiry(seconds)
        session.create()

    jobs.forget_expired_sessions()

    assert BrowserSession.objects.count() == 1
