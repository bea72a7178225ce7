"""Decides where a browser's sign-in is kept and how long: in the database, in a row that knows its person, so that he can end it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from helpdesk.models import BrowserSession
from helpdesk.moment import now

# What the session itself remembers of the sign-in; the columns of its row repeat it. `ENDS` is when it ends in any case.
BEGAN, ENDS, ADDRESS, BROWSER = "began", "ends", "address", "browser"


class SessionStore(DatabaseStore):
    """Django's sessions in the database. `row` is the row this one was read from, None when there was none."""

    row: BrowserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def _get_session_from_db(self) -> BrowserSession | None:
        self.row = super()._get_session_from_db()  # type: ignore[misc]  # the stub leaves it out
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """Return the row to write; `seen_at` moves on by itself and is carried over."""
        if SESSION_KEY not in data:
            return cast("BrowserSession", super().create_model_instance(data))
        began = data.setdefault(BEGAN, now().isoformat())
        data.setdefault(ENDS, self.get_expiry_date().isoformat())
        row = cast("BrowserSession", super().create_model_instance(data))
        row.person_id = int(data[SESSION_KEY])
        row.expire_date = end_of(data[ENDS])
        row.began_at = datetime.fromisoformat(began)
        row.seen_at = (self.row and self.row.seen_at) or row.began_at
        row.address = str(data.get(ADDRESS, ""))[:45]
        row.browser = str(data.get(BROWSER, ""))[:300]
        return row


def end_of(ends: str | None) -> datetime:
    """Return when a sign-in ends (aware) that is not used from now on: SESSION_IDLE_HOURS from now, or at `ends` (ISO), if sooner.

    It is the clock of Django's sessions, not that of `moment`, by which they end.
    """
    idle = timezone.now() + timedelta(hours=settings.SESSION_IDLE_HOURS)
    return min(idle, datetime.fromisoformat(ends)) if ends else idle
