"""Decides how a transaction waits for SQLite's write lock: everybody looks as often, so that nobody waits much longer than others.

SQLite itself lets a tenth of a second pass between two looks of whoever has waited for long: under load those who came last were
served first (docs/adr/0027).
"""

from __future__ import annotations

import sqlite3
import time

from django.db.backends.sqlite3 import base

# Seconds between two looks.
LOOK = 0.003


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how a transaction begins."""

    def _start_transaction_under_autocommit(self) -> None:
        """Take the write lock. Raises OperationalError when it has not been free for as long as the settings say."""
        patience = float(self.settings_dict["OPTIONS"]["timeout"])
        until = time.monotonic() + patience
        with self.wrap_database_errors:
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                while not self._begun(may_wait=time.monotonic() < until):
                    time.sleep(LOOK)
            finally:
                # Whatever writes without a transaction waits as SQLite does.
                self.connection.execute(f"PRAGMA busy_timeout = {1000 * patience:.0f}")

    def _begun(self, *, may_wait: bool) -> bool:
        try:
            self.connection.execute(f"BEGIN {self.settings_dict['OPTIONS']['transaction_mode']}")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not (is_busy and may_wait):
                raise
            return False
        return True
