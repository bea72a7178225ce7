"""Decides how pages are served without another program in front: waitress, which reads slow clients without tying up a thread.

`python -m project.web` listens on LISTEN_HOST:PORT until SIGTERM or Ctrl-C, answers what it has begun, then ends. Behind a
buffering proxy `gunicorn --no-control-socket project.wsgi` does as well.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from project.wsgi import application  # first: it sets up what the rest asks for

# isort: split
from helpdesk.health import metrics

if TYPE_CHECKING:
    from types import FrameType

# Ten files of ten megabytes and the form around them.
BODY_LIMIT = 101 * 1024 * 1024
# How long requests that have begun may take after the end was asked for; the supervisor waits a little longer.
GRACE = 8.0
POLL = 0.5


def options() -> dict[str, Any]:
    """Return waitress's options; forwarded headers count only when BEHIND_PROXY says who sends them."""
    proxy = {
        "trusted_proxy": "*",
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
    }
    return {
        "host": settings.LISTEN_HOST,
        "port": settings.PORT,
        "threads": settings.WEB_THREADS,
        "max_request_body_size": BODY_LIMIT,
        "ident": None,
        "clear_untrusted_proxy_headers": True,
        **(proxy if settings.BEHIND_PROXY else {}),
    }


class Serving:
    """A server that ends in order: it stops listening, answers what has arrived, then goes.

    waitress itself drops the requests that wait for a thread when it is told to end.
    """

    def __init__(self) -> None:
        self.asked = False
        self.sockets: dict[int, Any] = {}
        self.server = create_server(application, map=self.sockets, **options())

    def ask_to_end(self, _signal: int, _frame: FrameType | None) -> None:
        """Remember it; the loop looks twice a second."""
        self.asked = True

    def run(self) -> None:
        """Serve until asked to end."""
        while not self._is_asked():
            wasyncore.loop(timeout=POLL, map=self.sockets, count=1)
        self._finish()
        self.server.task_dispatcher.shutdown(timeout=1)

    def _is_asked(self) -> bool:
        return self.asked

    def _finish(self) -> None:
        # Who has been let in by the system but not by us yet is waited for as well.
        for _round in range(3):
            wasyncore.loop(timeout=0, map=self.sockets, count=1)
        for listener in [each for each in self.sockets.values() if isinstance(each, BaseWSGIServer)]:
            wasyncore.dispatcher.close(listener)
        deadline = time.monotonic() + GRACE
        while self._busy() and time.monotonic() < deadline:
            wasyncore.loop(timeout=0.05, map=self.sockets, count=1)

    def _busy(self) -> bool:
        channels = [each for each in self.sockets.values() if isinstance(each, HTTPChannel)]
        return any(each.requests or each.request or each.total_outbufs_len or each.will_close for each in channels)


def main() -> int:
    """Serve until told to end; return the exit status."""
    metrics.forget_the_dead()
    try:
        serving = Serving()
    except OSError as error:
        sys.stderr.write(
            f"HelpDesk cannot listen on {settings.LISTEN_HOST}:{settings.PORT}: {os.strerror(error.errno or 0)}\n"
        )
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, serving.ask_to_end)
    serving.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
