"""Decides what is answered under /api/ when no view of the API could: unknown addresses, unreadable requests, our faults.

These are the handlers of project/urls.py; pages outside /api/ keep Django's answers.
"""

from __future__ import annotations

import errno
import sys
from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from helpdesk.api.errors import body

PREFIX = "/api/"
AWAY_SECONDS = 10


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
    """Answer 500; the traceback is in the log under the id of the request.

    503 when what was raised is an outage, 400 when it is a value that no column can hold.
    """
    error = sys.exc_info()[1]
    if is_outage(error):
        return _away(request)
    if is_unstorable(error):
        return bad_request(request, BadRequest(str(_("The request holds a value that cannot be stored."))))
    if not request.path.startswith(PREFIX):
        return defaults.server_error(request)
    return _json(request, 500, "internal", _("Something broke on our side. It is in the log."))


def is_outage(error: BaseException | None) -> bool:
    """Return True for what passes by itself or by the hands of an administrator: a database or Redis away, a full disk."""
    return (
        isinstance(error, (OperationalError, InterfaceError))
        or (isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT})
        # The package is an optional one.
        or type(error).__module__ == "redis.exceptions"
    )


def is_unstorable(error: BaseException | None) -> bool:
    """Return True for a number beyond every column, or half of a character: the sender's fault, whichever page it hit."""
    return isinstance(error, DataError) or (
        (isinstance(error, OverflowError) and "SQLite" in str(error))
        or (isinstance(error, UnicodeEncodeError) and "surrogate" in error.reason)
    )


def _away(request: HttpRequest) -> HttpResponse:
    """Answer 503 without asking the database anything."""
    if request.path.startswith(PREFIX) or not apps.is_installed("admin_ext"):
        answer: HttpResponse = _json(
            request,
            503,
            "unavailable",
            _("The desk cannot reach its data right now. Nothing was saved. Try again in a minute."),
        )
    else:
        again = request.get_full_path() if request.method == "GET" else ""
        answer = HttpResponse(loader.get_template("503.html").render({"again": again}), status=503)
    answer["Retry-After"] = str(AWAY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def _json(request: HttpRequest, status: int, code: str, detail: Any) -> JsonResponse:
    return JsonResponse(body(code, detail, request=request), status=status)
