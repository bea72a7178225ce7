"""Decides where a browser's sign-in is kept: in the database, in a row that knows its person, so that he can end it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from helpdesk.models import BrowserSession
from helpdesk.moment import now

# What the session itself remembers of the sign-in; the columns of its row repeat it.
BEGAN, ADDRESS, BROWSER = "began", "address", "browser"


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
        row = cast("BrowserSession", super().create_model_instance(data))
        row.person_id = int(data[SESSION_KEY])
        row.began_at = datetime.fromisoformat(began)
        row.seen_at = (self.row and self.row.seen_at) or row.began_at
        row.address = str(data.get(ADDRESS, ""))[:45]
        row.browser = str(data.get(BROWSER, ""))[:300]
        return row
