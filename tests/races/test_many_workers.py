"""Several workers share the work: each letter leaves once, and more than one worker has a part in it; all end when asked."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from helpdesk.models import Letter
from tests.people import make_desk
from tests.races.processes import PATIENCE, start
from tests.races.test_killed_worker import SLOW, letters_in, write_letters

CRON = SLOW.replace('call_command("worker")', """
from helpdesk import jobs
run = jobs.run
jobs.run = lambda job: (print(job.name), run(job))[1]
settings.VAR_DIR = sys.argv[2]
call_command("job", "letters", "deadlines", "letters")
""")  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_workers_share_the_letters_and_end_when_asked(tmp_path: Path) -> None:
    write_letters(make_desk(), 15)
    waiting = Letter.objects.count()
    folders = [tmp_path / str(number) for number in range(3)]
    workers = [start(SLOW, str(folder)) for folder in folders]
    deadline = time.monotonic() + PATIENCE
    while Letter.objects.exclude(state="sent").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began = time.monotonic()
    for worker in workers:
        worker.ask_to_stop()
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    assert time.monotonic() - began < 10

    shares = [letters_in(folder) for folder in folders]
    sent: Counter[str] = sum(shares, Counter())
    # The digest of the morning may have come besides.
    assert len(sent) == Letter.objects.count() >= waiting
    assert set(sent.values()) == {1}
    assert len([share for share in shares if share]) > 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_job_of_cron_that_is_asked_to_stop_finishes_its_letter_and_starts_no_other_job(tmp_path: Path) -> None:
    write_letters(make_desk(), 10)
    running = start(CRON, str(tmp_path / "mail"), str(tmp_path))
    running.awaits("ready")
    while not Letter.objects.filter(state="sent").exists():
        time.sleep(0.05)
    running.ask_to_stop()
    assert running.end() == "letters"

    assert Letter.objects.filter(leased_until__isnull=False).count() == 0
    assert set(letters_in(tmp_path / "mail").values()) == {1}
    assert len(letters_in(tmp_path / "mail")) == Letter.objects.filter(state="sent").count()
