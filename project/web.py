"""Decides how pages are served without another program in front: waitress, which reads slow clients without tying up a thread.

`python -m project.web` listens on LISTEN_HOST:PORT until SIGTERM or Ctrl-C, answers what it has begun, then ends. Behind a
buffering proxy `gunicorn --no-control-socket project.wsgi` does as well.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from waitress.server import create_server

from project.wsgi import application  # first: it sets up what the rest asks for

# isort: split
from helpdesk.health import metrics

if TYPE_CHECKING:
    from types import FrameType

# Ten files of ten megabytes and the form around them.
BODY_LIMIT = 101 * 1024 * 1024


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


def main() -> int:
    """Serve until told to end; return the exit status."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    metrics.forget_the_dead()
    try:
        server = create_server(application, **options())
    except OSError as error:
        sys.stderr.write(
            f"HelpDesk cannot listen on {settings.LISTEN_HOST}:{settings.PORT}: {os.strerror(error.errno or 0)}\n"
        )
        return 1
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
