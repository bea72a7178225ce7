"""Decides how the documentation words the answers that all addresses share."""

from __future__ import annotations

from typing import Any

SUCCESS = {200: "Done.", 201: "Made; `Location` has its address.", 204: "Done; the answer is empty."}
REHEARSED = "With `dry_run`: the same as 201 would have, with null for the number and for a secret."
TEXTS = {
    400: "`invalid`: something has to be mended, see `fields`. `malformed`: the request cannot be read.",
    401: "`not_authenticated`, `invalid_token`, `wrong_credentials`: nobody is signed in.",
    403: "`session_required`, `scope_missing`, `csrf_failed`, or the role does not include it.",
    404: "`not_found`: there is no such thing, or it is not for you; the two are answered alike.",
    409: "Refused, with a stable code (`wrong_status`, `not_yours`, `not_assignee`, `taken`, `window_closed`, `closed`, …), "
    "where the ticket stands, and which actions are allowed.",
    412: "`stale`: the ticket is no longer at the version of `If-Match`; what has changed since.",
    413: "`too_large`: the body is larger than 1 MB without its files.",
    415: "`unsupported_media_type`: send JSON, or a form where files are taken.",
    422: "`key_reused`: this Idempotency-Key was used for another request.",
    429: "`throttled`: wait as many seconds as `Retry-After` says.",
    503: "`busy`: the database does not answer in time; try again after `Retry-After` seconds.",
}
_EXAMPLES: dict[int, tuple[str, str, dict[str, Any]]] = {
    400: ("invalid", "Something has to be mended.", {"subject": ["Fill this in."]}),
    401: ("not_authenticated", "Authentication credentials were not provided.", {}),
    403: ("scope_missing", "This token may not be used for this; it needs the scope “write”.", {}),
    404: ("not_found", "There is no such thing here, or it is not for you.", {}),
    409: ("taken", "Alla Fedorova already has this request.", {}),
    412: ("stale", "The request was changed after you had read it. Read it again and decide anew.", {}),
    413: ("too_large", "The request is too large.", {}),
    415: ("unsupported_media_type", "Unsupported media type “text/plain” in request.", {}),
    422: ("key_reused", "This Idempotency-Key was used for another request. Take a new one.", {}),
    429: ("throttled", "Too many requests. Wait a little.", {}),
    503: ("busy", "The desk is busy. Try again in a moment.", {}),
}
_MORE: dict[int, dict[str, Any]] = {
    409: {"number": 1042, "status": "in_work", "version": 7, "allowed_actions": ["transfer", "ask", "submit"]},
    412: {
        "number": 1042,
        "status": "in_work",
        "version": 7,
        "changed_by": "Alla Fedorova",
        "changes": [{"label": "status", "old": "New", "new": "In work"}],
    },
}


def example(status: int) -> dict[str, Any]:
    """Return an answer with that status."""
    code, detail, fields = _EXAMPLES[status]
    told = {"code": code, "detail": detail, "fields": fields, "request_id": "9f2c1e7ab04d5c36"}
    return {**told, **_MORE.get(status, {})}
