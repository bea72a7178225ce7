"""Decides how a record of the audit reads: a sentence, the changed fields in words, where to look further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.models import AuditKind, AuditRecord, ImportSubject, Role, User

_CODES: dict[str, str | Promise] = {
    "page": gettext_lazy("a page that is not for this role"),
    "no_right": gettext_lazy("a right this role does not have"),
    "not_yours": gettext_lazy("an action this role does not have"),
    "not_assignee": gettext_lazy("an action of the assignee"),
    "foreign_line": gettext_lazy("something of another line"),
    "own_role": gettext_lazy("taking the own administration away"),
    "own_account": gettext_lazy("switching the own account off"),
    "not_support": gettext_lazy("an internal note"),
    "not_author": gettext_lazy("changing a message of somebody else"),
    "read_only": gettext_lazy("writing where one may only read"),
}
_WHAT: dict[str, str | Promise] = {
    "analytics": gettext_lazy("analytics"),
    "audit": gettext_lazy("the audit"),
    "person": gettext_lazy("the data of a person"),
    "event_log": gettext_lazy("the event log"),
    "import_report": gettext_lazy("the file with what to mend"),
    "case_report": gettext_lazy("remarks on cases"),
    "cases": gettext_lazy("cases of another desk"),
    "backup": gettext_lazy("a backup of everything"),
    "notices": gettext_lazy("who is told of what"),
}
_FACTORS: dict[str, str | Promise] = {
    "app": gettext_lazy("app with codes"),
    "passkey": gettext_lazy("passkey"),
}


@dataclass(frozen=True)
class Line:
    """A record as it is shown: what happened, to whom or what, and each field with its old and new value."""

    record: AuditRecord
    title: str
    about: str
    href: str
    changes: list[tuple[str, str, str]]
    note: str


def line(record: AuditRecord) -> Line:
    """Return `record` in words; no query when actor and person are loaded with it."""
    changes = [_change(record, *change) for change in record.data.get("changes", ())]
    return Line(record, str(AuditKind(record.kind).label), _about(record), _address(record), changes, _note(record))


def sorts() -> list[tuple[str, str]]:
    """Return the sorts of records that can be asked for, with their names."""
    names = ("user", "service", "worktype", "supportline", "membership", "workcalendar", "calendarinterval",
             "calendarexception", "replytemplate", "webhook", "reportschedule", "apitoken", "companygroup", "companyidentity", "signup", "invitation")  # fmt: skip
    return [(name, _sort(name)) for name in names]


def _sort(name: str) -> str:
    text = str(apps.get_model("helpdesk", name)._meta.verbose_name)
    return text[:1].upper() + text[1:]


def _about(record: AuditRecord) -> str:
    if record.kind in (AuditKind.SIGNED_IN, AuditKind.SIGNED_OUT):
        return ""
    parts = []
    if record.object_type and record.object_type != "user":
        sort, name = _sort(record.object_type), record.object_name
        parts.append(_("%(sort)s “%(name)s”") % {"sort": sort, "name": name} if name else sort)
    if record.person is not None and record.person_id != record.actor_id:
        parts.append(str(record.person))
    what = record.data.get("what", "")
    if what:
        known = dict(ImportSubject.choices)
        parts.append(str(_WHAT.get(what) or known.get(what, what)))
    return " · ".join(parts)


def _note(record: AuditRecord) -> str:
    data = record.data
    if record.kind == AuditKind.REFUSED:
        wanted = str(_CODES.get(data["code"], data["code"]))
        return f"{wanted}: {data['method']} {data['path']}" + (f", #{data['ticket']}" if data.get("ticket") else "")
    if record.kind == AuditKind.SIGN_IN_FAILED and record.person_id is None:
        return _("unknown login")
    parts = [str(data["reason"])] if data.get("reason") else []
    if data.get("way") == "company":
        parts.append(_("by the company"))
    if data.get("scopes"):
        parts.append(", ".join(data["scopes"]))
    if data.get("rows") is not None:
        parts.append(_("rows: %(count)d") % {"count": data["rows"]})
    if data.get("factor"):
        parts.append(str(_FACTORS.get(data["factor"], data["factor"])))
    if data.get("left") is not None:
        parts.append(_("codes left: %(count)d") % {"count": data["left"]})
    if data.get("form"):
        parts.append(data["form"])
    if data.get("count") is not None:
        parts.append(_("number: %(count)d") % {"count": data["count"]})
    if data.get("moved"):
        parts.append(_("requests handed on: %(count)d") % {"count": len(data["moved"])})
    return ", ".join(parts)


def _address(record: AuditRecord) -> str:
    if record.kind in (AuditKind.IMPORTED, AuditKind.IMPORT_UNDONE):
        page = "cases_page" if record.data["what"] == "cases" else "import_page"
        return reverse(f"admin:{page}", args=[record.data["number"]])
    if record.kind == AuditKind.DELETED or not record.object_id:
        return ""
    try:
        return reverse(f"admin:helpdesk_{record.object_type}_change", args=[record.object_id])
    except NoReverseMatch:
        return ""


def _change(record: AuditRecord, name: str, old: Any, new: Any) -> tuple[str, str, str]:
    if record.data.get("what") == "notices":
        return name.replace(":", ", "), _word(None, old), _word(None, new)
    try:
        field: Any = apps.get_model("helpdesk", record.object_type)._meta.get_field(name)
    except (FieldDoesNotExist, LookupError):
        return name, _word(None, old), _word(None, new)
    if record.object_type == "user" and old is None and new is None:
        return str(field.verbose_name), "…", "…"
    return str(field.verbose_name), _word(field, old), _word(field, new)


def _word(field: Any, value: Any) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        labels = {str(key): str(label) for key, label in Role.choices}
        return ", ".join(labels.get(str(item), str(item)) for item in value)
    if field is not None and field.is_relation and field.related_model is User:
        return _("person %(number)s") % {"number": value}
    if isinstance(field, DateTimeField):
        return date_format(localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    choices = {str(key): str(label) for key, label in getattr(field, "flatchoices", None) or ()}
    return choices.get(str(value), str(value))
