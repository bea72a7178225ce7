"""Decides how lives of tickets that are over long since are written: many at once, in the very rows the actions would leave.

Transitions, clocks, versions, history, messages and events are made in memory, in their order, then stored batch-wise.
Different from the actions are three things, on purpose: events are handled already, so nobody is told; messages are read
already; and who did it is taken from the plan, not asked of `access` - bringing the past in is the right of administrators.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Model

from helpdesk import clocks
from helpdesk.actions import stays
from helpdesk.actions.notices import administrator
from helpdesk.actions.registration import draft
from helpdesk.lifecycle import ACTIONS, CLOSED, REGISTER
from helpdesk.models import (
    CaseImport,
    ClockEvent,
    Event,
    ForeignCase,
    Message,
    MessageRecipient,
    SearchDoc,
    SupportLine,
    Ticket,
    TicketClock,
    User,
    WorkType,
)
from helpdesk.models.storing import store
from helpdesk.moment import now
from helpdesk.notify.feed import mark_writing
from helpdesk.search.documents import texts

BATCH = 500
_SAYS = frozenset({"ask", "submit", "return", "reopen", "transfer"})
_TIMED = frozenset({"take", "submit", "accept_silently", "cancel", "cancel_silently", "correct"})


@dataclass(frozen=True)
class PastStep:
    """An action of the lifecycle as it was done: by whom (None is the system), when, and with what."""

    action: str
    at: datetime
    actor: User | None
    comment: str = ""
    person: User | None = None
    line: SupportLine | None = None
    status: str = ""
    work_type: WorkType | None = None


@dataclass(frozen=True)
class PastTicket:
    """A ticket from its registration to its last step. `due` is what the other desk promised, used with `promised`."""

    foreign_id: str
    requester: User
    registered_by: User
    work_type: WorkType
    line: SupportLine
    subject: str
    text: str
    at: datetime
    steps: tuple[PastStep, ...]
    promised: bool = False
    due: datetime | None = None


@dataclass
class _Life:
    """A ticket in memory and the rows it leaves, in their order."""

    ticket: Ticket
    promised: bool
    clocks: dict[str, TicketClock] = field(default_factory=dict)
    ledger: list[tuple[TicketClock, ClockEvent]] = field(default_factory=list)
    history: list[Any] = field(default_factory=list)
    points: list[tuple[str, int, int | None, datetime]] = field(default_factory=list)
    events: list[tuple[Event, Message | None]] = field(default_factory=list)
    messages: list[tuple[Message, list[User]]] = field(default_factory=list)


def write(past: Sequence[PastTicket], *, actor: User, imported: CaseImport) -> list[Ticket]:
    """Store `past` as tickets of the import's source and return them; all or nothing. Raises ActionRefused.

    IntegrityError when one of them is there already: the caller leaves those out.
    """
    administrator(actor)
    with transaction.atomic():
        lives = [_live(one) for one in past]
        _store(lives)
        store(
            ForeignCase(source=imported.source, foreign_id=one.foreign_id, ticket=life.ticket, imported=imported)
            for one, life in zip(past, lives, strict=True)
        )
    return [life.ticket for life in lives]


def _live(past: PastTicket) -> _Life:
    ticket = draft(
        actor=past.registered_by, requester=past.requester, work_type=past.work_type, line=past.line,
        subject=past.subject, text=past.text, at=past.at,
    )  # fmt: skip
    ticket.service = past.work_type.service
    life = _Life(ticket, past.promised)
    _start_clocks(life, past)
    _remember(life, past.registered_by, past.at, "", kind="+")
    _happened(life, REGISTER, past.registered_by, past.at, data={"line": past.line.pk})
    for step in past.steps:
        _carry_out(life, step)
    for clock in life.clocks.values():
        if late := clocks.catch_up(clock, now()):
            life.ledger.append((clock, late))
            clocks.late(life.ticket, clock)
    return life


def _start_clocks(life: _Life, past: PastTicket) -> None:
    if not past.promised:
        life.ledger += clocks.reckon(life.ticket, REGISTER, life.clocks, at=past.at, actor=past.registered_by)
    elif past.due is not None:
        clock, line = clocks.promised(life.ticket, past.due, at=past.at, actor=past.registered_by)
        life.clocks[clock.kind] = clock
        life.ledger.append((clock, line))


def _carry_out(life: _Life, step: PastStep) -> None:
    ticket = life.ticket
    data: dict[str, Any] = {}
    if step.comment and step.action in _SAYS:
        _say(life, step)
    if step.person is not None and step.action == "assign":
        data = {"person": step.person.pk}
    elif step.action == "transfer" and step.line is not None:
        data = {"line": step.line.pk}
    elif step.action == "reclassify" and step.work_type is not None:
        data = {"work_type": step.work_type.pk}
    elif step.action == "correct":
        data = {"status": step.status}
    ends = step.action in ("accept_silently", "cancel", "cancel_silently")
    if ends or step.status in CLOSED:
        ticket.reopen_until = clocks.reopen_deadline(ticket, step.at)
    elif step.action in ("reopen", "correct"):
        ticket.reopen_until = None
    before = {"status": ticket.status, "line": ticket.line_id, "assignee": ticket.assignee_id}
    getattr(ticket, ACTIONS[step.action].method)(**_keywords(step))
    if step.action != "reclassify" or not life.promised:
        # What was promised elsewhere holds, whatever the request is about.
        life.ledger += clocks.reckon(
            ticket, step.action, life.clocks, at=step.at, actor=step.actor, reason=step.comment, told=life.ledger
        )
    ticket.version += 1
    ticket.updated_at = step.at
    ticket.last_action = step.action
    _remember(life, step.actor, step.at, step.comment)
    _happened(life, step.action, step.actor, step.at, data={"before": before, **data})


def _keywords(step: PastStep) -> dict[str, Any]:
    found: dict[str, Any] = {"at": step.at} if step.action in _TIMED else {}
    if step.action in ("take", "assign"):
        found["person"] = step.person
    elif step.action == "transfer":
        found["line"] = step.line
    elif step.action == "reclassify":
        found["work_type"] = step.work_type
    elif step.action == "correct":
        found["status"] = step.status
    return found


def _say(life: _Life, step: PastStep) -> None:
    ticket = life.ticket
    internal = step.action == "transfer"
    other = ticket.assignee if step.action == "return" else ticket.requester
    if step.action == "reopen" and step.actor == ticket.requester:
        other = ticket.assignee
    to = [] if internal or other is None or other == step.actor else [other]
    author = step.actor or ticket.registered_by
    message = Message(
        ticket=ticket, author=author, text=step.comment, is_internal=internal, action=step.action, created_at=step.at
    )
    life.messages.append((message, to))
    data = {"to": [person.pk for person in to], "action": step.action}
    kind = "note" if internal else "message"
    _happened(life, kind, author, step.at, internal=internal, data=data, message=message)


def _happened(
    life: _Life, kind: str, actor: User | None, at: datetime, *, data: dict[str, Any], internal: bool = False,
    message: Message | None = None,
) -> None:  # fmt: skip
    event = Event(ticket=life.ticket, kind=kind, actor=actor, at=at, internal=internal, data=data, handled_at=at)
    life.events.append((event, message))


def _remember(life: _Life, actor: User | None, at: datetime, reason: str, kind: str = "~") -> None:
    ticket = life.ticket
    life.history.append(_history_row(ticket, actor, at, reason, kind))
    life.points.append((ticket.status, ticket.line_id, ticket.assignee_id, at))


@cache
def _history_of(model: type[Model]) -> Any:
    """The history model of `model`; each look at `history` makes a class of a manager, which costs more than the row."""
    return model.history.model  # type: ignore[attr-defined]  # simple-history adds it


def _history_row(record: Model, actor: User | None, at: datetime, reason: str, kind: str) -> Any:
    model = _history_of(type(record))
    values = {name.attname: getattr(record, name.attname) for name in model.tracked_fields}
    return model(**values, history_date=at, history_user=actor, history_change_reason=reason or None, history_type=kind)


def _store(lives: list[_Life]) -> None:
    """Store everything, parents first; rows of one kind in the order in which they came about."""
    Ticket.objects.bulk_create((life.ticket for life in lives), batch_size=BATCH)
    history = [row for life in lives for row in _numbered(life.history, life.ticket.pk)]
    store(history)
    stays.keep_past((life.ticket, life.points) for life in lives)
    _store_messages([said for life in lives for said in life.messages])
    rows = [clock for life in lives for clock in life.clocks.values()]
    TicketClock.objects.bulk_create(rows, batch_size=BATCH)
    store(line for life in lives for _clock, line in _of_clocks(life))
    _store_events([happened for life in lives for happened in life.events])
    docs = []
    for life in lives:
        public, internal = texts(life.ticket, [message for message, _to in life.messages])
        docs.append(SearchDoc(ticket=life.ticket, public=public, internal=internal))
    store(docs)


def _numbered(rows: list[Any], number: int) -> list[Any]:
    for row in rows:
        row.id = number
    return rows


def _of_clocks(life: _Life) -> list[tuple[TicketClock, ClockEvent]]:
    for clock, line in life.ledger:
        line.clock = clock
    return life.ledger


def _store_messages(said: list[tuple[Message, list[User]]]) -> None:
    Message.objects.bulk_create((message for message, _to in said), batch_size=BATCH)
    store(_history_row(message, message.author, message.created_at, "", "+") for message, _to in said)
    store(
        MessageRecipient(message=message, person=person, read_at=message.created_at)
        for message, to in said
        for person in to
    )


def _store_events(happened: list[tuple[Event, Message | None]]) -> None:
    for event, message in happened:
        # It happened before the ticket had a number.
        event.ticket_id = event.ticket.pk
        if message is not None:
            event.data = {"message": message.pk, **event.data}
    mark_writing()
    store(event for event, _message in happened)
