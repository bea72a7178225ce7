"""Decides what the event log of our own tickets says, for process-mining tools: csv or XES, written while it is read.

A case is a ticket, an event a row of its history. However many there are, a few hundred tickets are in memory at a time.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from helpdesk.actions import audit
from helpdesk.actions.refusals import ActionRefused
from helpdesk.lifecycle import ACTIONS, REGISTER, Status, label_of
from helpdesk.models import Service, SupportLine, Ticket, User, WorkType
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope, may_export

BATCH = 500
TYPES = {"csv": "text/csv; charset=utf-8", "xes": "application/xml; charset=utf-8"}
COLUMNS = ("case", "activity", "timestamp", "resource", "line", "service", "kind", "status")
_FIELDS = ("id", "last_action", "history_date", "history_user_id", "line_id", "service_id", "work_type_id", "status")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True)
class LoggedEvent:
    """Something that happened to a ticket, in words; `at` is aware, in UTC. `resource` is empty for the system."""

    case: int
    activity: str
    at: datetime
    resource: str
    line: str
    service: str
    kind: str
    status: str


def to_take_out(user: User, asked: Scope, period: Period | None, *, form: str) -> Tickets:
    """Return the tickets whose log `user` takes out: those registered in `period`, or all; the audit hears of it.

    Raises ActionRefused.
    """
    verdict = may_export(user)
    if not verdict:
        raise ActionRefused(verdict)
    audit.exported(actor=user, what="event_log", form=form)
    return asked.tickets if period is None else FIGURES["registered"].tickets(asked.tickets, period)


def events(tickets: Tickets) -> Iterator[LoggedEvent]:
    """Yield what happened to `tickets`, ticket by ticket, in the order it was done; words are in the present language."""
    return _events(tickets, _Words())


def _events(tickets: Tickets, words: _Words) -> Iterator[LoggedEvent]:
    last = 0
    while ids := list(tickets.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        rows = list(Ticket.history.filter(id__in=ids).order_by("id", "history_id").values_list(*_FIELDS))
        words.meet({row[3] for row in rows if row[3]})
        for case, action, at, person, line, service, kind, status in rows:
            yield LoggedEvent(
                case, words.action(action), at.astimezone(UTC), words.people.get(person, ""), words.lines.get(line, ""),
                words.services.get(service, ""), words.kinds.get(kind, ""), words.statuses[status],
            )  # fmt: skip


class _Words:
    """The names that events refer to, read at once; people are met on the way and few are kept."""

    def __init__(self) -> None:
        self.lines = dict(SupportLine.objects.values_list("pk", "name"))
        self.services = dict(Service.objects.values_list("pk", "name"))
        self.kinds = dict(WorkType.objects.values_list("pk", "name"))
        self.statuses = {status.value: str(status.label) for status in Status}
        self.actions = {name: str(label_of(name)) for name in (REGISTER, *ACTIONS)}
        self.people: dict[int, str] = {}

    def action(self, name: str) -> str:
        return self.actions.get(name, name)

    def meet(self, ids: set[int]) -> None:
        if len(self.people) > 10 * BATCH:
            self.people.clear()
        if unknown := ids - self.people.keys():
            self.people.update({person.pk: str(person) for person in User.objects.filter(pk__in=unknown)})


def as_csv(log: Iterator[LoggedEvent]) -> Iterator[bytes]:
    """Yield `log` as UTF-8 with a mark, commas between columns and moments by ISO 8601."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    yield b"\xef\xbb\xbf" + _taken(stream)
    for number, event in enumerate(log, start=1):
        texts = (event.resource, event.line, event.service, event.kind, event.status)
        writer.writerow([event.case, event.activity, event.at.isoformat(), *(_harmless(text) for text in texts)])
        if number % BATCH == 0:
            yield _taken(stream)
    yield _taken(stream)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _taken(stream: io.StringIO) -> bytes:
    text = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    return text.encode()


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/></global>
<classifier name="Activity" keys="concept:name"/>
"""


def as_xes(log: Iterator[LoggedEvent]) -> Iterator[bytes]:
    """Yield `log` as XES 1.0: a trace for each ticket, an event for each row."""
    name = escape(_("Event log of the help desk"))
    yield f'{_HEAD}<string key="concept:name" value={quoteattr(name)}/>\n'.encode()
    for case, of_case in groupby(log, key=lambda event: event.case):
        lines = ["<trace>", _string("concept:name", str(case)), *(_event(event) for event in of_case), "</trace>\n"]
        yield "".join(lines).encode()
    yield b"</log>\n"


def _event(event: LoggedEvent) -> str:
    attributes = {
        "concept:name": event.activity, "org:resource": event.resource, "line": event.line, "service": event.service,
        "kind": event.kind, "status": event.status,
    }  # fmt: skip
    told = "".join(_string(key, value) for key, value in attributes.items() if value)
    return f'<event>{told}<date key="time:timestamp" value="{event.at.isoformat(timespec="milliseconds")}"/></event>'


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(_clean(value))}/>'


def _clean(text: str) -> str:
    return "".join(mark for mark in text if mark >= " " or mark in "\t\n\r")


WRITERS = {"csv": as_csv, "xes": as_xes}
