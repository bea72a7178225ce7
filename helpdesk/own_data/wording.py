"""Decides how the page of an export names its columns and reads its codes; files for programs keep names and codes as they are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.lifecycle import Status
from helpdesk.models import (
    AuditKind,
    CaseImportState,
    Channel,
    ImportState,
    ImportSubject,
    Language,
    Letter,
    Membership,
    NoticeKind,
    Priority,
    Role,
    Theme,
    TokenScope,
)
from helpdesk.models.notifications import AccountLetter

HEADINGS: dict[str, Any] = {
    "about_you": _("about you"), "accepted_at": _("accepted at"), "withdrawn_at": _("withdrawn at"), "address": _("address"), "applied_at": _("carried out at"), "assignee": _("assignee"),
    "at": _("moment"), "began_at": _("signed in at"), "browser": _("browser"), "groups": _("groups of the company"),
    "issuer": _("issuer"), "last_at": _("last sign-in"), "line_role": _("part on the line"), "made_at": _("made at"),
    "seen_at": _("last seen at"), "used_at": _("used at"), "author": _("author"), "by_you": _("by you"), "channel": _("channel"), "closed_at": _("closed at"),
    "comment": _("comment"), "created_at": _("made at"), "date_joined": _("account since"), "department": _("department"),
    "details": _("details"), "due_at": _("due at"), "edited_at": _("edited at"), "email": _("e-mail"), "event": _("event"),
    "expires_at": _("valid until"), "file": _("file"), "files__name": _("file name"), "first_name": _("first name"),
    "given_by_you": _("given by you"), "id": _("number"), "internal": _("internal note"), "is_active": _("active"),
    "is_service": _("service account"), "kind": _("event"), "language": _("language"), "last_login": _("last sign-in"),
    "last_name": _("last name"), "last_used_at": _("last used at"), "letters_wait": _("letters wait for working hours"),
    "line__name": _("support line"), "message__created_at": _("written at"), "message__ticket": _("request"), "name": _("name"),
    "number": _("number"), "person__username": _("person"), "phone": _("phone"), "photo": _("photo"), "priority": _("priority"),
    "rating": _("rating"), "read_at": _("read at"), "record": _("record"), "registered_by": _("registered by"),
    "requester": _("requester"), "revoked_at": _("revoked at"), "role": _("role"), "roles": _("roles"),
    "scopes": _("may be used for"), "sent_at": _("sent at"), "service": _("service"), "size": _("size, bytes"),
    "start": _("begins with"), "state": _("state"), "status": _("status"), "subject": pgettext_lazy("column", "subject"),
    "text": _("text"), "theme": _("theme"), "ticket": _("request"), "time_zone": _("time zone"), "type": _("type"),
    "username": _("login"), "work_type": _("kind of work"),
}  # fmt: skip
_COMMON: dict[str, Any] = {
    "status": Status, "priority": Priority, "role": Membership.LineRole, "roles": Role, "channel": Channel, "event": AuditKind,
    "scopes": TokenScope, "language": Language, "theme": Theme,
}  # fmt: skip
_OF: dict[str, dict[str, Any]] = {
    "imports": {"subject": ImportSubject, "state": ImportState},
    "case_imports": {"state": CaseImportState},
    "letters": {"state": Letter.State, "kind": [*NoticeKind.choices, *AccountLetter.choices]},
    "notices": {"kind": NoticeKind},
    "notice_choices": {"kind": NoticeKind},
    "company_given": {"role": Role, "line_role": Membership.LineRole},
    "company": {"subject": []},
    "invitation": {"role": Role},
    "invited": {"role": Role},
}


def heading(name: str) -> str:
    """Return what a column is called."""
    return str(HEADINGS.get(name, name.replace("_", " ")))


def in_words(section: str, name: str, value: Any) -> Any:
    """Return the words for a code, or for each of several; anything else as it is."""
    found = {**_COMMON, **_OF.get(section, {})}.get(name)
    if found is None or value in (None, ""):
        return value
    labels = {str(code): str(label) for code, label in (found if isinstance(found, list) else found.choices)}
    if isinstance(value, list):
        return ", ".join(labels.get(str(each), str(each)) for each in value)
    return labels.get(str(value), value)
