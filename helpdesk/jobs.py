"""Decides what is done in the background, how often, and that on one machine a job does not pile up behind itself.

Every job reads its work from the database and may run twice, at the same time, or after having been killed, without harm.
The same list is run by `manage.py worker`, by Celery (`project/celery.py`), and one by one by `manage.py job` for cron.
"""

from __future__ import annotations

import fcntl
import inspect
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import close_old_connections

from helpdesk import notify
from helpdesk.actions import audit_chain, deadlines, pairs, presence, repeats, report_sendings, signing_up, stray_files
from helpdesk.api import webhook_body
from helpdesk.cases.running import run_waiting as bring_in_waiting
from helpdesk.health import metrics
from helpdesk.mailing import report_letters
from helpdesk.models import NoticeKind
from helpdesk.notify import webhooks
from helpdesk.reports import keeping
from helpdesk.spreadsheets.running import run_waiting

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class Job(NamedTuple):
    """A piece of background work: its name, the pause between two runs, and the function that does it."""

    name: str
    every: timedelta
    run: Callable[[], object]

    @property
    def summary(self) -> str:
        """The first sentence of what the function says of itself."""
        return (inspect.getdoc(self.run) or "").partition(".")[0].partition("; ")[0].partition(", ")[0]


def send_letters() -> int:
    """Send letters, those with a report too; return how many left."""
    return notify.send_letters({NoticeKind.REPORT: report_letters.WRITER})


def send_webhooks() -> int:
    """Send events to other programs, in the shapes of the API; return how many arrived."""
    return webhooks.deliver(webhook_body.compose)


def forget_expired_sessions() -> None:
    """Delete the sessions that nobody can use any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


JOBS: tuple[Job, ...] = (
    Job("deadlines", timedelta(seconds=30), deadlines.sweep),
    Job("notices", timedelta(seconds=2), notify.fan_out),
    Job("digests", timedelta(minutes=1), notify.write_digests),
    Job("reports", timedelta(minutes=1), report_sendings.write_due),
    Job("letters", timedelta(seconds=5), send_letters),
    Job("joining-letters", timedelta(seconds=5), notify.send_joining_letters),
    Job("webhooks", timedelta(seconds=2), send_webhooks),
    Job("imports", timedelta(seconds=2), run_waiting),
    Job("audit", timedelta(seconds=5), audit_chain.seal),
    Job("foreign-cases", timedelta(seconds=2), bring_in_waiting),
    Job("presence", timedelta(minutes=30), presence.forget_old),
    Job("repeated-writes", timedelta(hours=1), repeats.forget_old),
    Job("old-sign-ups", timedelta(hours=1), signing_up.forget_old),
    Job("old-deliveries", timedelta(hours=1), webhooks.forget_old),
    Job("expired-pairs", timedelta(hours=1), pairs.forget_old),
    Job("stray-files", timedelta(hours=6), stray_files.forget_old),
    Job("month-figures", timedelta(minutes=2), keeping.keep_next),
    Job("expired-sessions", timedelta(hours=1), forget_expired_sessions),
)


def run(job: Job) -> bool:
    """Run one job; return False, and log why, when it raises. The database connection is left fresh for the next one."""
    close_old_connections()
    try:
        job.run()
    except Exception:
        logger.exception("job failed: %s", job.name)
        metrics.ran(job.name, done=False)
        return False
    finally:
        close_old_connections()
    metrics.ran(job.name, done=True)
    return True


def run_alone(job: Job) -> bool:
    """Run one job unless a process of this machine is at it already; return False when it failed.

    Who calls by the clock, not when the last run has ended, uses this. A process that is killed leaves no lock behind.
    """
    with _lock_of(job) as is_ours:
        if not is_ours:
            logger.info("job still runs, not started again: %s", job.name)
            return True
        return run(job)


@contextmanager
def _lock_of(job: Job) -> Iterator[bool]:
    folder = Path(settings.VAR_DIR) / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / f"{job.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
