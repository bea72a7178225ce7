"""Lives written at once leave the very rows that the same lives leave when they go through the actions one by one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError

from helpdesk import moment
from helpdesk.actions import past, registration, review, work
from helpdesk.actions.dispatch import act
from helpdesk.actions.past import PastStep, PastTicket
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import CaseImport, ClockEvent, Ticket
from tests.people import NOON, Desk

BEGIN = NOON - timedelta(days=60)
# Action, hours after the step before, who, and what with.
LIVES: tuple[tuple[tuple[str, int, str, dict[str, Any]], ...], ...] = (
    (("take", 1, "alla", {}), ("ask", 2, "alla", {"comment": "Which error?"}), ("resume", 30, "alla", {}),
     ("submit", 3, "alla", {"comment": "Mended."}), ("accept_silently", 90, "", {})),
    (("take", 9, "artem", {}), ("submit", 200, "artem", {"comment": "Done."}), ("return", 5, "anna", {"comment": "No."}),
     ("take", 7, "artem", {}), ("submit", 1, "artem", {"comment": "Now."}), ("recall", 1, "artem", {}),
     ("submit", 1, "artem", {"comment": "Now, really."}), ("accept_silently", 100, "", {}),
     ("reopen", 4, "anna", {"comment": "Again."}), ("cancel", 2, "anna", {"comment": "Not needed."})),
    (("transfer", 3, "alla", {"line": "second", "comment": "Yours."}), ("take", 5, "egor", {}),
     ("release", 80, "", {}), ("take", 1, "egor", {}), ("submit", 1, "egor", {"comment": "Done."})),
    (("take", 1, "alla", {}), ("assign", 1, "lev", {"person": "artem"}),
     ("correct", 5, "roman", {"status": "cancelled", "comment": "As it was."}),
     ("correct", 5, "roman", {"status": "on_review", "comment": "No: as it was."})),
    (("take", 1, "alla", {}), ("reclassify", 1, "alla", {"work_type": "server", "comment": "It is the server."}),
     ("ask", 2, "alla", {"comment": "Which?"}), ("reclassify", 30, "lev", {"work_type": "mailbox"}), ("resume", 1, "alla", {}),
     ("transfer", 1, "alla", {"line": "second", "comment": "Yours."}), ("reclassify", 90, "egor", {"work_type": "server"}),
     ("take", 1, "egor", {}), ("submit", 9, "egor", {"comment": "Done."}), ("return", 1, "anna", {"comment": "No."}),
     ("reclassify", 2, "egor", {"work_type": "mailbox"})),
)  # fmt: skip
LEFT_OUT = {"id", "pk", "ticket", "ticket_id", "clock_id", "message_id", "history_id", "handled_at", "read_at"}
# The present brings running clocks of the past up to date; the sweep would have done it at the time.
OF_TODAY = {"remind_at", "reminded"}


def moments(life: Any) -> list[datetime]:
    at, found = BEGIN, []
    for _name, pause, _who, _raw in life:
        at += timedelta(hours=pause)
        found.append(at)
    return found


def by_actions(desk: Desk, life: Any) -> Ticket:
    with moment.at(BEGIN):
        ticket = registration.register(actor=desk.anna, work_type=desk.mailbox, subject="Mail", text="It does not go.")
    for (name, _pause, who, raw), at in zip(life, moments(life), strict=True):
        with moment.at(at):
            if name == "accept_silently":
                review.accept_silently(ticket_id=ticket.pk)
            elif name == "release":
                work.release(ticket_id=ticket.pk)
            else:
                ids = {
                    key: getattr(desk, value).pk if key in ("line", "person", "work_type") else value
                    for key, value in raw.items()
                }
                act(name, actor=getattr(desk, who), ticket_id=ticket.pk, raw=ids)
    return ticket


def planned(desk: Desk, life: Any, number: str = "1", **more: Any) -> PastTicket:
    steps = []
    for (name, _pause, who, raw), at in zip(life, moments(life), strict=True):
        actor = getattr(desk, who) if who else None
        person = getattr(desk, raw["person"]) if "person" in raw else actor
        line = getattr(desk, raw["line"]) if "line" in raw else None
        kind = getattr(desk, raw["work_type"]) if "work_type" in raw else None
        steps.append(PastStep(name, at, actor, raw.get("comment", ""), person, line, raw.get("status", ""), kind))
    return PastTicket(
        foreign_id=number, requester=desk.anna, registered_by=desk.anna, work_type=desk.mailbox, line=desk.first,
        subject="Mail", text="It does not go.", at=BEGIN, steps=tuple(steps), **more,
    )  # fmt: skip


@pytest.fixture
def imported(desk: Desk) -> CaseImport:
    return CaseImport.objects.create(
        source="old", author=desk.roman, file=ContentFile(b"x", "x.csv"), name="x.csv", size=1, sha256="0" * 64
    )


def plain(rows: Any, *more: str) -> list[dict[str, Any]]:
    left_out = LEFT_OUT.union(more)
    found = [{key: value for key, value in row.items() if key not in left_out} for row in rows]
    for row in found:
        if "data" in row:
            row["data"] = {key: value for key, value in row["data"].items() if key != "message"}
    return found


def rows_of(ticket: Ticket) -> dict[str, Any]:
    clocks = {clock.kind: clock for clock in ticket.clocks.all()}
    return {
        "ticket": plain(Ticket.objects.filter(pk=ticket.pk).values()),
        "history": plain(ticket.history.order_by("history_id").values()),
        "events": plain(ticket.events.order_by("pk").values()),
        "messages": plain(ticket.messages.order_by("pk").values()),
        "told": [list(said.addressed.values_list("person", flat=True)) for said in ticket.messages.order_by("pk")],
        "said": [plain(said.history.values()) for said in ticket.messages.order_by("pk")],
        "clocks": {kind: plain([vars(clock)], "_state", *OF_TODAY) for kind, clock in clocks.items()},
        "ledger": {kind: plain(ClockEvent.objects.filter(clock=clock).order_by("pk").values())
                   for kind, clock in clocks.items()},
        "words": (ticket.search_doc.public, ticket.search_doc.internal),
    }  # fmt: skip


@pytest.mark.parametrize("life", LIVES)
def test_the_rows_are_those_of_the_actions(desk: Desk, imported: CaseImport, life: Any) -> None:
    one = by_actions(desk, life)
    with moment.at(moments(life)[-1]):
        (other,) = past.write([planned(desk, life)], actor=desk.roman, imported=imported)
    assert rows_of(Ticket.objects.get(pk=other.pk)) == rows_of(Ticket.objects.get(pk=one.pk))


def test_nobody_is_told_and_what_is_late_today_is_noted(desk: Desk, imported: CaseImport) -> None:
    promise = BEGIN + timedelta(days=2)
    life = LIVES[0][:1]
    (late,) = past.write([planned(desk, life, promised=True, due=promise)], actor=desk.roman, imported=imported)
    (calm,) = past.write([planned(desk, life, "2", promised=True)], actor=desk.roman, imported=imported)

    clock = late.clocks.get()
    assert (clock.kind, clock.due_at, clock.breached_at, clock.remind_at) == ("execution", promise, promise, None)
    assert Ticket.objects.get(pk=late.pk).due_at == promise
    assert not calm.clocks.exists()
    assert not late.events.filter(handled_at=None).exists()
    assert list(clock.events.values_list("kind", "at")) == [("start", BEGIN), ("breach", promise)]


def test_a_case_comes_once_and_by_administrators_only(desk: Desk, imported: CaseImport) -> None:
    past.write([planned(desk, ())], actor=desk.roman, imported=imported)
    with pytest.raises(IntegrityError):
        past.write([planned(desk, (), "2"), planned(desk, ())], actor=desk.roman, imported=imported)
    with pytest.raises(ActionRefused):
        past.write([planned(desk, (), "3")], actor=desk.lev, imported=imported)
    assert Ticket.objects.count() == 1
