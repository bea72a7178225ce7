"""Decides what is done in the background, and how often.

Every job reads its work from the database and may run twice, at the same time, or after having been killed, without harm.
`manage.py worker` runs the list on one machine.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

from helpdesk import notify
from helpdesk.actions import deadlines, presence, repeats
from helpdesk.api import webhook_body
from helpdesk.notify import webhooks
from helpdesk.spreadsheets.running import run_waiting

if TYPE_CHECKING:
    from collections.abc import Callable


class Job(NamedTuple):
    """A piece of background work: its name in the log, the pause between two runs, and the function that does it."""

    name: str
    every: timedelta
    run: Callable[[], object]


def send_webhooks() -> int:
    """Send events to other programs, in the shapes of the API; return how many arrived."""
    return webhooks.deliver(webhook_body.compose)


def forget_expired_sessions() -> None:
    """Delete the sessions that nobody can use any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


JOBS: tuple[Job, ...] = (
    Job("deadlines", timedelta(seconds=30), deadlines.sweep),
    Job("notices", timedelta(seconds=2), notify.fan_out),
    Job("letters", timedelta(seconds=5), notify.send_letters),
    Job("webhooks", timedelta(seconds=2), send_webhooks),
    Job("imports", timedelta(seconds=2), run_waiting),
    Job("presence", timedelta(minutes=30), presence.forget_old),
    Job("repeated writes", timedelta(hours=1), repeats.forget_old),
    Job("old deliveries", timedelta(hours=1), webhooks.forget_old),
    Job("expired sessions", timedelta(hours=1), forget_expired_sessions),
)
