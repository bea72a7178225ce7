"""Several workers share the work: each letter and delivery leaves once, and more than one worker has a part in it."""

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


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_workers_share_the_letters_and_end_when_asked(tmp_path: Path) -> None:
    write_letters(make_desk(), 40)
    waiting = Letter.objects.count()
    folders = [tmp_path / str(number) for number in range(3)]
    workers = [start(WORKER, str(folder)) for folder in folders]
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
    assert len(sent) == waiting
    assert set(sent.values()) == {1}
    assert len([share for share in shares if share]) > 1
