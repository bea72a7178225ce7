"""Decides how a request is known to the audit: from where it came, who asked, and what was refused to him."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from helpdesk import origin
from helpdesk.actions import attempts, audit

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


class OriginMiddleware:
    """Says where whatever is written came from, and writes down refusals after the work has been undone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        came = origin.Origin(attempts.address_of(request), getattr(request, "request_id", ""), lambda: _person(request))
        with origin.coming_from(came):
            response = self.get_response(request)
            if came.refused or response.status_code == 403:
                _write(request, response.status_code, came)
        return response


def _person(request: HttpRequest) -> Any:
    person = request.user
    # The person of the session is loaded late and wrapped; rows are written with the person himself.
    return getattr(person, "_wrapped", person) if person.is_authenticated else None


def _write(request: HttpRequest, status: int, came: origin.Origin) -> None:
    try:
        audit.refusals(method=request.method or "", path=request.path, status=status, codes=came.refused)
    except DatabaseError:
        # The refusal stands; that it could not be written down must not turn it into a fault.
        _log.exception("a refusal could not be written to the audit")
