"""Several workers share the work: each letter leaves once, and more than one worker has a part in it; all end when asked."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from helpdesk.models import Letter
from tests.people import make_desk
from tests.races.processes import start
from tests.races.test_killed_worker import WORKER, letters_in, write_letters

# Forty letters are ten seconds of work for one worker, who turns to his other jobs after three.
SLOW = WORKER.replace("from django", "settings.SLOW_MAIL_PAUSE = 0.25\nfrom django")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_workers_share_the_letters_and_end_when_asked(tmp_path: Path) -> None:
    write_letters(make_desk(), 40)
    waiting = Letter.objects.count()
    folders = [tmp_path / str(number) for number in range(3)]
    workers = [start(SLOW, str(folder)) for folder in folders]
    deadline = time.monotonic() + 60
    while Letter.objects.exclude(state="sent").exists():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    began = time.monotonic()
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=20) for worker in workers] == [0, 0, 0]
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
    write_letters(make_desk(), 40)
    program = SLOW.replace('call_command("worker")', 'call_command("job", "letters", "deadlines", "letters")')
    running = start(program, str(tmp_path / "mail"), VAR_DIR=str(tmp_path / "var"))
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    while not Letter.objects.filter(state="sent").exists():
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=20) == 0

    assert Letter.objects.filter(leased_until__isnull=False).count() == 0
    assert set(letters_in(tmp_path / "mail").values()) == {1}
    # One turn at the letters lasts three seconds; a second one would have sent more.
    assert len(letters_in(tmp_path / "mail")) == Letter.objects.filter(state="sent").count() < 20
