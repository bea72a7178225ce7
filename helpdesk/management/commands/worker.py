"""Decides when the background work of `helpdesk.jobs` runs on this machine."""

from __future__ import annotations

import logging
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from helpdesk import jobs

if TYPE_CHECKING:
    from types import FrameType

    from django.core.management.base import CommandParser

logger = logging.getLogger(__name__)
POLL = 0.2


class Command(BaseCommand):
    """`manage.py worker`: run every job when it is due, until SIGTERM or Ctrl-C; the job at hand is finished first."""

    help = "Run the background jobs until SIGTERM or Ctrl-C, or every job once with --once."
    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--once`."""
        parser.add_argument("--once", action="store_true", help="run every job once and exit; status 1 if one failed")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        """Run the jobs of `jobs.JOBS`; a failing one is logged and tried again when it is due next."""
        if once:
            results = [jobs.run(job) for job in jobs.JOBS]
            sys.exit(0 if all(results) else 1)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        logger.info("worker started: %s", ", ".join(job.name for job in jobs.JOBS))
        self._loop()
        logger.info("worker stopped")

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _is_asked_to_stop(self) -> bool:
        return self.stopping

    def _loop(self) -> None:
        due = dict.fromkeys(jobs.JOBS, time.monotonic())
        while not self.stopping:
            for job, moment in due.items():
                if time.monotonic() >= moment and not self._is_asked_to_stop():
                    jobs.run(job)
                    due[job] = time.monotonic() + job.every.total_seconds()
            time.sleep(POLL)
