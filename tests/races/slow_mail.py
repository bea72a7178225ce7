"""A mail server that takes its time, so that a worker can be killed in the middle of a letter; letters become files."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend as Files


class EmailBackend(Files):
    """Writes each letter after a pause."""

    def send_messages(self, messages: Any) -> int:
        time.sleep(getattr(settings, "SLOW_MAIL_PAUSE", 0.05))
        return int(super().send_messages(messages) or 0)
