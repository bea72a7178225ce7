"""Decides how every failure is told to a program: one JSON shape `{code, detail, fields, request_id}`, never HTML.

Codes are stable and never translated; `detail` and `fields` are sentences in the language of the request.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from helpdesk import access
from helpdesk.actions.dispatch import PEOPLE_START
from helpdesk.actions.refusals import ActionRefused, NotFound, StalePage
from helpdesk.lifecycle import ACTIONS

BUSY_SECONDS = 2
CHALLENGE = 'Bearer realm="HelpDesk"'


class Problem(exceptions.APIException):
    """A failure of the API itself, with its status, stable code, sentence, and what more the answer tells."""

    def __init__(
        self, status_code: int, code: str, detail: Any, *, more: Mapping[str, Any] | None = None, wait: int = 0
    ) -> None:
        super().__init__(detail, code)
        self.code = code
        self.status_code = status_code
        self.more = dict(more or {})
        self.wait = wait


def body(
    code: str, detail: Any, fields: Mapping[str, Any] | None = None, *, request: Any = None, **more: Any
) -> dict[str, Any]:
    """Return the one shape of an error; `request` names itself in it, as in the header X-Request-ID."""
    identifier = getattr(request, "request_id", "-")
    return {"code": code, "detail": str(detail), "fields": dict(fields or {}), "request_id": identifier, **more}


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn what a view raised into its answer; None lets a fault of ours go on to the log and to `failures`."""
    request = context.get("request")
    answer = _answer_to(error, request)
    if answer is not None:
        answer.data["request_id"] = getattr(request, "request_id", "-")
    return answer


def _answer_to(error: Exception, request: Any) -> Response | None:
    if isinstance(error, (Http404, NotFound, ObjectDoesNotExist)):
        return _answer(404, "not_found", _("There is no such thing here, or it is not for you."))
    if isinstance(error, ActionRefused):
        return _refused(error, request)
    if isinstance(error, StalePage):
        return _stale(error)
    if isinstance(error, DjangoValidationError):
        return _answer(400, "invalid", _("Something has to be mended."), fields_of(error))
    if isinstance(error, PermissionDenied):
        return _answer(403, "forbidden", _("Your role does not include this."))
    if isinstance(error, RequestDataTooBig):
        return _answer(413, "too_large", _("The request is too large."))
    if isinstance(error, (InterfaceError, OperationalError)):
        return _answer(503, "busy", _("The desk is busy. Try again in a moment."), wait=BUSY_SECONDS)
    return _of_framework(error)


def fields_of(error: DjangoValidationError) -> dict[str, list[str]]:
    """Return the sentences of a validation error by field; those of no field stand under `non_field_errors`."""
    if hasattr(error, "error_dict"):
        found = error.message_dict
        return {("non_field_errors" if name == "__all__" else name): texts for name, texts in found.items()}
    return {"non_field_errors": error.messages}


def _answer(
    code: int, name: str, detail: Any, fields: Mapping[str, Any] | None = None, *, wait: int = 0, **more: Any
) -> Response:
    headers = {"Retry-After": str(wait)} if wait else {}
    return Response(body(name, detail, fields, **more), status=code, headers=headers)


def _refused(error: ActionRefused, request: Any) -> Response:
    ticket = error.ticket
    if ticket is None:
        return _answer(403, error.code, error.reason)
    allowed = [name for name in ACTIONS if name in PEOPLE_START and access.may(request.user, name, ticket)]
    return _answer(
        409, error.code, error.reason, number=ticket.pk, status=ticket.status, version=ticket.version,
        allowed_actions=allowed,
    )  # fmt: skip


def _stale(error: StalePage) -> Response:
    detail = _("The request was changed after you had read it. Read it again and decide anew.")
    changes = [{"label": str(change.label), "old": change.old, "new": change.new} for change in error.changes]
    ticket = error.ticket
    answer = _answer(
        412, "stale", detail, number=ticket.pk, status=ticket.status, version=ticket.version, changed_by=error.by,
        changes=changes,
    )  # fmt: skip
    answer["ETag"] = f'"{ticket.version}"'
    return answer


def _of_framework(error: Exception) -> Response | None:
    if isinstance(error, Problem):
        answer = _answer(error.status_code, error.code, error.detail, wait=error.wait, **error.more)
        if error.status_code == 401:
            answer["WWW-Authenticate"] = CHALLENGE
        return answer
    if isinstance(error, exceptions.Throttled):
        wait = max(1, math.ceil(getattr(error, "wait", None) or 1))
        return _answer(429, "throttled", _("Too many requests. Wait a little."), wait=wait)
    if isinstance(error, exceptions.ValidationError):
        return _answer(400, "invalid", _("Something has to be mended."), _flat(error.detail))
    if isinstance(error, exceptions.APIException):
        answer = _answer(error.status_code, _CODES.get(type(error), "error"), error.detail)
        challenge = getattr(error, "auth_header", None)
        if challenge:
            answer["WWW-Authenticate"] = challenge
        return answer
    return None


_CODES: dict[type[Exception], str] = {
    exceptions.ParseError: "malformed",
    exceptions.AuthenticationFailed: "invalid_token",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.PermissionDenied: "forbidden",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
}


def _flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Return nested errors of a serializer as one level: `to.0` for the first of a list."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found |= _flat(inner, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(detail, list) and any(isinstance(item, (list, Mapping)) for item in detail):
        return _flat(dict(enumerate(detail)), path)
    texts = detail if isinstance(detail, list) else [detail]
    return {path or "non_field_errors": [str(text) for text in texts]} if texts else {}
