"""Decides what is answered under /api/ when no view of the API could: unknown addresses, unreadable requests, our faults.

These are the handlers of project/urls.py; pages outside /api/ keep Django's answers.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from helpdesk.api.errors import body

PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 to a body that is too large."""
    if not request.path.startswith(PREFIX):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _json(request, 413, "too_large", _("The request is too large."))
    detail = str(exception) if isinstance(exception, BadRequest) else _("The request cannot be read.")
    return _json(request, 400, "malformed", detail)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    if not request.path.startswith(PREFIX):
        return defaults.permission_denied(request, exception)
    return _json(request, 403, "forbidden", _("Your role does not include this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    if not request.path.startswith(PREFIX):
        return defaults.page_not_found(request, exception)
    return _json(request, 404, "not_found", _("There is no such address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; the traceback is in the log under the id of the request."""
    if not request.path.startswith(PREFIX):
        return defaults.server_error(request)
    return _json(request, 500, "internal", _("Something broke on our side. It is in the log."))


def _json(request: HttpRequest, status: int, code: str, detail: Any) -> JsonResponse:
    return JsonResponse(body(code, detail, request=request), status=status)
