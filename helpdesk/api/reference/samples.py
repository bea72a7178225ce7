"""Decides what the examples of the documentation say: values by the name of a field, put together by the schema itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOMENT = "2026-03-10T07:00:00Z"
_VALUES: dict[str, Any] = {
    "number": 1042, "ticket": 1042, "subject": "Mail does not go out", "text": "Error 550 since the morning.",
    "status": "in_work", "status_label": "In work", "status_before": "new", "priority": 3, "version": 7, "code": "MAIL.1",
    "name": "Mailbox", "first_name": "Anna", "last_name": "Smirnova", "department": "Accounts", "phone": "+7 495 123-45-67",
    "email": "anna@example.com", "username": "anna", "reaction_limit": "30m", "execution_limit": "4h", "returns": 0,
    "unread": 1, "overdue": False, "taken_at": _MOMENT, "submitted_at": None, "closed_at": None, "reopen_until": None,
    "comment": "The mailbox was full; it is cleaned now.", "rating": 5, "size": 48213, "content_type": "image/png",
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "next": None, "action": "take",
    "title": "Taken into work", "label": "Take", "reason": "", "effect": "You become the assignee; the reaction clock stops.",
    "target": "in_work", "method": "POST", "href": "/api/v1/tickets/1042/actions/take", "allowed": True, "sort": "message",
    "description": "", "my_role": "member", "language": "en", "time_zone": "Europe/Moscow", "count": 128, "count_is_whole": True, "last": 5012,
    "token": "hd_Zr3…", "start": "hd_Zr3xK", "scopes": ["read", "write"], "kind": "register", "calendar": "", "state": "running",
    "limits": ["30m"], "counted_seconds": 1800, "date": "2026-03-10", "note": "", "initial": "new", "old": "New", "new": "In work",
    "csrf_token": "dc6RkbiHEYSi…", "password": "correct horse battery", "old_password": "correct horse battery",
    "new_password": "four other plain words", "signed_in": True, "internal": False, "to": [17], "work_type": 12, "requester": 17,
    "person": 17, "line": 2, "upto": 5310, "groups": [], "rights": ["work_tickets"], "input": {"type": "object"}, "theme": "auto",
    "expires_at": "2027-03-10T07:00:00Z", "who": ["member"], "sources": ["new", "rework"], "marked": 1, "field": "status",
    "edited_at": None, "met_at": None, "breached_at": None, "fields": {"subject": ["Fill this in."]}, "help": "",
}  # fmt: skip
# Rows whose name is not that of a kind of work.
_ROWS: dict[str, dict[str, Any]] = {
    "PersonBrief": {"id": 17, "name": "Anna Smirnova"},
    "Person": {"name": "Anna Smirnova"},
    "Me": {"name": "Anna Smirnova"},
    "Named": {"id": 2, "name": "First line"},
    "MyLine": {"id": 2, "name": "First line"},
    "Line": {"id": 2, "name": "First line"},
    "Coded": {"id": 12},
    "File": {"name": "error.png"},
    "Action": {"name": "take"},
    "Rule": {"name": "take"},
    "RuleInput": {"name": "comment", "kind": "text"},
    "StatusShape": {"name": "in_work", "label": "In work", "closed": False},
    "Token": {"name": "Nightly export"},
    "TokenMade": {"name": "Nightly export"},
    "Clock": {"kind": "execution", "label": "Execution"},
    "WorkType": {"kind": "incident"},
}
_BY_TYPE: dict[str, Any] = {"integer": 17, "number": 1.5, "boolean": True, "object": {}, "string": "…"}


def sample(schema: Mapping[str, Any], definitions: Mapping[str, Any], name: str = "") -> Any:
    """Return an example of `schema`. A value by the name is taken only where it is of the right type."""
    if "$ref" in schema:
        referred = schema["$ref"].rsplit("/", 1)[-1]
        return {**sample(definitions[referred], definitions, name), **_ROWS.get(referred, {})}
    if schema.get("allOf"):
        return sample(schema["allOf"][0], definitions, name)
    if schema.get("properties"):
        return {key: sample(inner, definitions, key) for key, inner in schema["properties"].items()}
    kind = schema.get("type", "object")
    if name in _VALUES and _fits(_VALUES[name], kind, schema):
        return _VALUES[name]
    if kind == "array":
        return [sample(schema["items"], definitions, name)]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return _MOMENT
    return _BY_TYPE.get(kind, "…")


def _fits(value: Any, kind: str, schema: Mapping[str, Any]) -> bool:
    if value is None:
        return bool(schema.get("x-nullable"))
    if schema.get("enum") and value not in schema["enum"]:
        return False
    if kind == "array" and "$ref" in schema["items"]:
        return False
    types: dict[str, Any] = {
        "string": str,
        "integer": int,
        "boolean": bool,
        "array": list,
        "object": dict,
        "number": float,
    }
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, types.get(kind, object))
