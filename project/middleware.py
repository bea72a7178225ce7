"""Decides what happens to every request before a view sees it: an id for the log, a refusal of NUL bytes, personal settings."""

from __future__ import annotations

import logging
import re
import secrets
import zoneinfo
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Handler = Callable[[HttpRequest], HttpResponse]

_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_FOREIGN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# \u0000 in JSON, but not a backslash that is itself escaped
_JSON_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class RequestIdFilter(logging.Filter):
    """Gives every log line the id of the request it belongs to, `-` outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id` to the record and keep it."""
        record.request_id = _request_id.get()
        return True


class RequestIdMiddleware:
    """Names a request in the log and in the header X-Request-ID of its answer, so that a report can be traced.

    An id that a proxy or a client sent is kept when it is 8 to 64 letters, digits, dashes or underscores.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        identifier = sent if _FOREIGN_ID.fullmatch(sent) else secrets.token_hex(8)
        token = _request_id.set(identifier)
        request.request_id = identifier  # type: ignore[attr-defined]  # answers of the API repeat it
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-ID"] = identifier
        return response


class NeverStoreMiddleware:
    """Forbids caches to keep any answer that does not say otherwise: what a person may see now, nobody may see later."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RefuseNulMiddleware:
    """Answers 400 to a NUL character in the address, the query, a form or JSON.

    PostgreSQL cannot store one and would answer with an error in the middle of the work.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\x00" in part for part in _texts(request)) or _json_has_nul(request):
            if request.path.startswith("/api/"):
                return JsonResponse(
                    {
                        "code": "malformed",
                        "detail": _("The request holds a NUL character."),
                        "fields": {},
                        "request_id": _request_id.get(),
                    },
                    status=400,
                )
            raise BadRequest("The request holds a NUL character.")
        return self.get_response(request)


class PersonalSettingsMiddleware:
    """Switches to the language and the time zone the signed-in person has chosen; else those of the browser and the site."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            return self.get_response(request)
        if person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(_zone(person.time_zone)):
            return self.get_response(request)


def _texts(request: HttpRequest) -> Iterator[str]:
    """Yield every text of the request that a view could read, but not the bytes of files."""
    yield request.path
    yield unquote_plus(request.META.get("QUERY_STRING", ""))
    if request.method == "POST" and request.content_type != "application/json":
        for key, values in request.POST.lists():
            yield key
            yield from values
        for _key, files in request.FILES.lists():
            yield from (file.name or "" for file in files)


def _json_has_nul(request: HttpRequest) -> bool:
    return request.content_type == "application/json" and bool(_JSON_NUL.search(request.body))


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    """Return the zone called `name`; None, which means the site's zone, when it is empty or no longer known."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None
