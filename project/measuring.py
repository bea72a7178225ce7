"""Decides what is written down of every request: numbers for Prometheus, and on wish a line in the log."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings

from helpdesk.health import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_log = logging.getLogger("helpdesk.requests")


class MeasureMiddleware:
    """Counts a request and its time when METRICS_TOKEN is set, and logs it when LOG_REQUESTS is on.

    The line has the name of the page and the address without its query, which may hold what somebody searched for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        page = (match.view_name if match else "") or "unknown"
        if settings.METRICS_TOKEN:
            metrics.answered(page=page, method=request.method or "", status=response.status_code, seconds=seconds)
        if settings.LOG_REQUESTS:
            person = _known(request)
            _log.info(
                "%s %s %s", request.method, request.path, response.status_code,
                extra={"page": page, "status": response.status_code, "ms": round(seconds * 1000), "person": person},
            )  # fmt: skip
        return response


def _known(request: HttpRequest) -> int | None:
    """Return who asked, if the answer needed to know; logging asks the database nothing."""
    person = request.__dict__.get("_cached_user")
    return person.pk if person is not None else None
