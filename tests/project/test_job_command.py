"""Each job is a command for cron, listed by --help; one that still runs is not started again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from helpdesk import jobs
from helpdesk.management.commands.job import Command

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_locks(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def test_the_help_lists_every_job_with_its_pause_and_a_sentence() -> None:
    told = Command().create_parser("manage.py", "job").format_help()

    for job in jobs.JOBS:
        assert job.summary
        assert f"  {job.name:<18}every " in told
    assert "webhooks          every 2 s     Send events to other programs" in told
    assert all(job.name.replace("-", "").isalpha() for job in jobs.JOBS)


@pytest.mark.django_db
def test_named_jobs_run_and_a_failure_is_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise RuntimeError("the disk is full")

    made = [jobs.Job(name, HOUR, lambda name=name: ran.append(name)) for name in ("one", "two")]
    monkeypatch.setattr(jobs, "JOBS", (*made, jobs.Job("bad", HOUR, fail)))
    call_command("job", "two", "one")
    assert ran == ["two", "one"]
    with pytest.raises(SystemExit) as ended:
        call_command("job", "bad", "one")
    assert (ended.value.code, ran) == ("failed: bad", ["two", "one", "one"])
    with pytest.raises(CommandError, match="nonsense"):
        call_command("job", "nonsense")


@pytest.mark.django_db
def test_a_job_that_still_runs_is_not_started_again() -> None:
    ran: list[str] = []

    def outer() -> None:
        ran.append("outer")
        assert jobs.run_alone(jobs.Job("slow", HOUR, lambda: ran.append("inner")))
        assert jobs.run_alone(jobs.Job("other", HOUR, lambda: ran.append("other")))

    assert jobs.run_alone(jobs.Job("slow", HOUR, outer))
    assert ran == ["outer", "other"]
    assert jobs.run_alone(jobs.Job("slow", HOUR, lambda: ran.append("later")))
    assert ran[-1] == "later"
