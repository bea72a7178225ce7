"""Under Celery the same jobs do the same work, from a real broker; asked to stop it ends in seconds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.db import connections

from helpdesk import jobs
from helpdesk.models import Letter, Notice
from tests.people import make_desk
from tests.races.processes import ROOT

URL = "redis://127.0.0.1:6379/2"
RUNNER = """
import json, sys
from django.conf import settings
settings.DATABASES["default"].update(json.loads(sys.argv[1]))
settings.EMAIL_FILE_PATH = sys.argv[2]
from project.celery import app
# Another run of the tests on this machine has a queue of its own.
app.conf.broker_transport_options = {"global_keyprefix": sys.argv[3]}
app.worker_main(["worker", "--beat", "--concurrency", "2", "--without-gossip", "--without-mingle"])
"""


def require_redis() -> None:
    """Skip without Redis, unless the machine must have one."""
    try:
        redis.Redis.from_url(URL, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        if os.environ.get("REDIS_REQUIRED"):
            raise
        pytest.skip(f"no Redis answers at 127.0.0.1:6379 ({error})")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_jobs_run_under_celery_and_end_when_asked(tmp_path: Path) -> None:
    require_redis()
    prefix = f"test-{uuid4().hex}:"
    desk = make_desk()
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "project.settings", "CELERY_BROKER_URL": URL, "VAR_DIR": str(tmp_path / "var"),
    }  # fmt: skip
    database = json.dumps({"NAME": str(connections["default"].settings_dict["NAME"])})
    running = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", RUNNER, database, str(tmp_path / "mail"), prefix], cwd=ROOT, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        desk.act("assign", "lev", desk.file(), person=desk.alla.pk)
        deadline = time.monotonic() + 60
        while not Letter.objects.filter(person=desk.alla, state="sent").exists():
            assert time.monotonic() < deadline, "nothing was done"
            assert running.poll() is None, running.stdout
            time.sleep(0.2)
        assert Notice.objects.filter(person=desk.alla, kind="assigned").count() == 1
        assert len(list((tmp_path / "mail").glob("*.log"))) == Letter.objects.filter(state="sent").count()
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        said = running.communicate(timeout=30)[0]
        assert (running.returncode, time.monotonic() - began < 10) == (0, True), said
        assert "Traceback" not in said
    finally:
        running.kill()
        client = redis.Redis.from_url(URL)
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


def test_beat_has_every_job_and_a_job_without_a_worker_does_not_pile_up() -> None:
    from project.celery import app

    entries = app.conf.beat_schedule
    assert {name: entry["schedule"] for name, entry in entries.items()} == {job.name: job.every for job in jobs.JOBS}
    assert {entry["task"] for entry in entries.values()} <= set(app.tasks)
    assert all(entry["options"]["expires"] >= entry["schedule"].total_seconds() for entry in entries.values())
    assert app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1


def test_a_broker_puts_celery_in_the_place_of_the_worker_and_an_odd_one_stops_the_start(tmp_path: Path) -> None:
    def told(url: str) -> subprocess.CompletedProcess[str]:
        program = "from django.conf import settings; print(settings.PROCESSES['worker'][1:5])"
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "VAR_DIR": str(tmp_path),
        }
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program], cwd=ROOT, env={**environment, "CELERY_BROKER_URL": url},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert told(URL).stdout == "['-m', 'celery', '-A', 'project']\n"
    assert "worker" in told("").stdout
    assert "celery" not in told("").stdout
    refused = told("kafka://secret@host")
    assert (refused.returncode, "CELERY_BROKER_URL must be an address" in refused.stderr) == (3, True)
    assert "secret" not in refused.stderr
