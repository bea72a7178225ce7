"""Decides what the log says of a request that was refused: one line with the reason."""

from __future__ import annotations

import logging


class RefusalFilter(logging.Filter):
    """Leaves the traceback to what broke: a refusal is an answer, and the way to it tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the reason in the place of the traceback, and keep the record."""
        if record.levelno < logging.ERROR and record.exc_info:
            reason = str(record.exc_info[1])
            record.exc_info = None
            if reason and reason not in record.getMessage():
                record.msg, record.args = "%s: %s", (record.getMessage(), reason)
        return True
