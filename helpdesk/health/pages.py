"""Decides what is answered to those who watch over the desk: `/livez`, `/readyz`, `/metrics`."""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from helpdesk.health import metrics, readiness
from helpdesk.health.findings import Finding, Level, worst

# Anybody may ask, and every examination writes: one answer serves all who ask within this time.
SECONDS = 2.0
_lock = threading.Lock()
_last: tuple[float, list[Finding]] | None = None


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process can answer at all; the database is not asked."""
    if _wants_json(request):
        return JsonResponse({"status": "ok"})
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when people can be served, 503 when not, with every finding; warnings do not change the status."""
    found = _examined()
    level = worst(found)
    status = 503 if level is Level.FAILED else 200
    if _wants_json(request):
        return JsonResponse({"status": level, "checks": [finding._asdict() for finding in found]}, status=status)
    lines = [" ".join(filter(None, (f"{each.check}: {each.level}.", each.says, each.remedy))) for each in found]
    return HttpResponse("\n".join([f"{level}", *lines, ""]), status=status, content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Answer with the numbers for Prometheus to who brings METRICS_TOKEN; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent = request.headers.get("Authorization", "")
    if not constant_time_compare(sent, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse("The token is missing or wrong.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _examined() -> list[Finding]:
    global _last  # noqa: PLW0603 - one answer per process
    with _lock:
        if _last is None or time.monotonic() - _last[0] > SECONDS:
            found = readiness.examine()
            _last = (time.monotonic(), found)
        return _last[1]


def _wants_json(request: HttpRequest) -> bool:
    return request.GET.get("format") == "json" or "json" in request.headers.get("Accept", "")
