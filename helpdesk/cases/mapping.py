"""Decides what the columns and words of a foreign file mean: a mapping, written as JSON, guessed from headers, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.lifecycle import Status
from helpdesk.spreadsheets.columns import plain_header
from helpdesk.worktime import Limit

IGNORED = "ignore"
# Each field with its name and the headers it is known by, in the form of `plain_header`.
FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "case": (gettext_lazy("Number of the case"), ("case", "case id", "caseid", "case:concept:name", "case concept:name", "case enquiry id", "id", "number", "ticket", "ticket id", "issue key", "номер", "обращение", "заявка")),
    "at": (gettext_lazy("Moment of the event"), ("timestamp", "time", "time:timestamp", "complete timestamp", "event time", "когда", "время", "дата")),
    "activity": (gettext_lazy("Activity"), ("activity", "concept:name", "event", "action", "действие", "событие")),
    "status": (gettext_lazy("Status"), ("status", "state", "case status", "статус", "состояние")),
    "resource": (gettext_lazy("Who did it"), ("resource", "org:resource", "assignee", "owner", "agent", "исполнитель", "сотрудник")),
    "comment": (gettext_lazy("What was said"), ("comment", "note", "closure reason", "resolution", "комментарий", "решение")),
    "created": (gettext_lazy("Registered at"), ("created", "created at", "opened", "open dt", "opened at", "создано", "зарегистрировано", "открыто")),
    "taken": (gettext_lazy("Taken at"), ("taken", "taken at", "assigned at", "first response", "взято в работу")),
    "closed": (gettext_lazy("Closed at"), ("closed", "closed at", "closed dt", "resolved at", "закрыто", "выполнено")),
    "due": (gettext_lazy("Due at"), ("due", "due at", "due date", "target dt", "deadline", "срок")),
    "subject": (gettext_lazy("Subject"), ("subject", "title", "summary", "case title", "тема")),
    "text": (gettext_lazy("Text"), ("text", "description", "текст", "описание")),
    "requester": (gettext_lazy("Requester"), ("requester", "customer", "reporter", "caller", "заявитель", "автор")),
    "line": (gettext_lazy("Support line"), ("line", "queue", "group", "org:group", "support section", "линия", "очередь", "группа")),
    "service": (gettext_lazy("Service"), ("service", "product", "reason", "сервис", "услуга")),
    "work_type": (gettext_lazy("Kind of work"), ("kind", "type", "service type", "category", "вид работ", "категория")),
}  # fmt: skip
MOMENTS = ("at", "created", "taken", "closed", "due")
MATCHED = ("line", "service", "work_type", "person")
# What other desks call things, where nothing else is said.
_USUAL = {
    "new": ("new", "open", "registered", "created", "opened", "новая", "новое", "открыта", "зарегистрирована", "register"),
    "in_work": ("in progress", "in work", "assigned", "accepted", "take in charge ticket", "assign seriousness", "в работе", "taken into work"),
    "waiting": ("waiting", "pending", "wait", "on hold", "require upgrade", "ожидание", "asked"),
    "on_review": ("resolved", "resolve ticket", "fixed", "решена", "на проверке"),
    "done": ("closed", "done", "completed", "закрыта", "закрыто", "выполнена", "выполнено"),
    "cancelled": ("cancelled", "canceled", "rejected", "отменена", "отменено", "отклонена"),
    "rework": ("reopened", "returned", "переоткрыта", "возвращена"),
}  # fmt: skip


class BadMapping(ValueError):
    """The mapping cannot be used; the text is one sentence for the person."""


@dataclass
class CaseMapping:
    """How a file is read. `zones` and `zone` name time zones; `missing` says what is created and what only matched.

    `clocks` is `ours` (our calendars and limits) or `file` (the due column). Rows without a kind of work get `work_type`.
    """

    source: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    zones: dict[str, str] = field(default_factory=dict)
    day_first: bool = True
    unknown: list[str] = field(default_factory=lambda: ["", "?", "null", "none", "n/a", "-"])
    statuses: dict[str, str] = field(default_factory=dict)
    clocks: str = "ours"
    missing: dict[str, str] = field(default_factory=lambda: dict.fromkeys(MATCHED, "create"))
    defaults: dict[str, str] = field(default_factory=dict)
    reaction_limit: str = "1bd"
    execution_limit: str = "10bd"

    @property
    def is_log(self) -> bool:
        """Say whether a row is an event; otherwise it is a whole case."""
        return "at" in self.columns

    def zone_of(self, name: str) -> ZoneInfo:
        """Return the time zone of a column's moments."""
        return ZoneInfo(self.zones.get(name) or self.zone)

    def status_of(self, text: str) -> str | None:
        """Return our status for a foreign word, `ignore` for one to pass over, None for one nobody has mapped."""
        return self._statuses().get(plain_word(text))

    def _statuses(self) -> dict[str, str]:
        if "_known" not in self.__dict__:
            usual = {word: status for status, words in _USUAL.items() for word in words}
            own = {plain_word(word): status for word, status in self.statuses.items()}
            self.__dict__["_known"] = {**usual, **own}
        known: dict[str, str] = self.__dict__["_known"]
        return known

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is kept and as MAP.json is written."""
        return asdict(self)


def plain_word(text: str) -> str:
    """Return a foreign word as it is compared: folded, with single blanks."""
    return " ".join(text.casefold().replace("_", " ").split())


def from_json(data: Any) -> CaseMapping:
    """Return the mapping that MAP.json says. Raises BadMapping, naming what is wrong."""
    if not isinstance(data, Mapping):
        raise BadMapping(_("The mapping has to be a JSON object."))
    known = {item.name for item in fields(CaseMapping)}
    if strange := sorted(set(data) - known):
        raise BadMapping(_("The mapping has no “%(names)s”.") % {"names": ", ".join(strange)})
    mapping = CaseMapping(**data)
    mapping.missing = {**dict.fromkeys(MATCHED, "create"), **mapping.missing}
    check(mapping)
    return mapping


def check(mapping: CaseMapping, headers: Sequence[str] | None = None) -> None:
    """Raise BadMapping when the mapping contradicts itself or, given them, the headers of the file."""
    if not mapping.source.strip() or len(mapping.source) > 50:
        raise BadMapping(_("Name the other desk, in at most fifty characters."))
    _known(mapping.columns, FIELDS, _("There is no field “%(name)s”."))
    needed = ("case", "at") if mapping.is_log else ("case", "created")
    for name in needed:
        if not mapping.columns.get(name):
            raise BadMapping(_("Say which column is “%(field)s”.") % {"field": FIELDS[name][0]})
    if mapping.is_log and not {"activity", "status"} & set(mapping.columns):
        raise BadMapping(_("Say which column holds the activity or the status."))
    _known(mapping.statuses.values(), (*Status.values, IGNORED), _("There is no status “%(name)s”."))
    _known(mapping.missing, MATCHED, _("There is no field “%(name)s”."))
    _known([*mapping.missing.values()], ("create", "match"), _("Write “create” or “match”, not “%(name)s”."))
    _known([mapping.clocks], ("ours", "file"), _("Write “ours” or “file”, not “%(name)s”."))
    _check_values(mapping)
    for header in mapping.columns.values() if headers is not None else ():
        if plain_header(header) not in {plain_header(text) for text in headers or ()}:
            raise BadMapping(_("The file has no column “%(name)s”.") % {"name": header})


def _check_values(mapping: CaseMapping) -> None:
    for zone in (mapping.zone, *mapping.zones.values()):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadMapping(_("There is no time zone “%(name)s”.") % {"name": zone}) from error
    try:
        Limit.parse(mapping.reaction_limit)
        Limit.parse(mapping.execution_limit)
    except ValueError as error:
        raise BadMapping(_("Write limits as 30m, 4h, 2bd or 3d.")) from error


def _known(names: Iterable[str], wanted: Iterable[str], text: str) -> None:
    for name in names:
        if name not in set(wanted):
            raise BadMapping(text % {"name": name})


def guess(headers: Sequence[str], source: str) -> CaseMapping:
    """Return the mapping that the headers suggest: each field takes the first header it is known by."""
    plain = {plain_header(header).replace("_", " "): header for header in reversed(headers)}
    columns: dict[str, str] = {}
    for name, (_label, synonyms) in FIELDS.items():
        found = next((plain[word] for word in synonyms if word in plain), None)
        if found is not None and found not in columns.values():
            columns[name] = found
    if "created" in columns and "activity" not in columns:
        columns.pop("at", None)
    return CaseMapping(source=source[:50], columns=columns)
