"""Decides how the hundred real cases of a city come into the demo: registered and closed by the same actions as all others.

They keep their real moments of January to April 2022, so they are the oldest tickets of the demo. What the city promised
per type of case is the limit of that kind of work; its target times come out again as due times. How the cases ended that
were open in the file is not known: the story hands them back in May 2022 (cancelled) and switches the services off, so
that they stand in nobody's way today.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from helpdesk.actions import conversation, deadlines, records, registration
from helpdesk.actions.dispatch import act
from helpdesk.demo.desk import FIXTURES, Desk, read
from helpdesk.models import Service, ServiceIcon, Ticket, User, WorkType
from helpdesk.worktime import Limit

if TYPE_CHECKING:
    from helpdesk.demo.story import Stage

ZONE = ZoneInfo("America/New_York")
FIRST = datetime(2022, 1, 1, tzinfo=ZONE)
_SWEEPS = timedelta(hours=6)
# The last case was closed on 25 April 2022; a week later the last silent acceptance is over.
_LAST_SWEEP = datetime(2022, 5, 5, tzinfo=ZONE)
_HAND_OVER = datetime(2022, 5, 6, 10, tzinfo=ZONE)
_HANDED_OVER = "The city keeps its cases itself from today; handed over as it stands."
_HALF_HOUR = timedelta(minutes=30)


def city_cases(desk: Desk, stage: Stage) -> int:
    """Put the cases on the stage and return how many there are."""
    with (FIXTURES / "city_cases_100.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["open_dt"])
    kinds = _kinds(desk, rows)
    for number, row in enumerate(rows):
        _Case(desk, row, kinds[row["type"]], number).begin(stage)
    stage.at(_HAND_OVER + _HALF_HOUR, lambda: _switch_off(desk, kinds))
    for when in _sweeps():
        stage.at(when, deadlines.sweep)
    return len(rows)


def _sweeps() -> Iterator[datetime]:
    when = FIRST
    while when < _LAST_SWEEP:
        yield when
        when += _SWEEPS


def _kinds(desk: Desk, rows: list[dict[str, str]]) -> dict[str, WorkType]:
    admin, promised = desk.people["admin"], read("city_limits.json")
    services: dict[str, Service] = {}
    kinds: dict[str, WorkType] = {}
    for row in sorted(rows, key=lambda row: (row["subject"], row["type"])):
        if row["subject"] not in services:
            number = len(services) + 1
            service = Service(
                code=f"CITY-{number}", name=row["subject"], icon=ServiceIcon.BUILDING,
                description="Cases reported by citizens.",
            )  # fmt: skip
            records.save(actor=admin, record=service)
            services[row["subject"]] = service
        if row["type"] not in kinds:
            reaction, execution = _limits(promised.get(row["type"]))
            kind = WorkType(
                service=services[row["subject"]], code=f"CITY.{len(kinds) + 1}", name=" ".join(row["type"].split()),
                kind=WorkType.Kind.INCIDENT, line=desk.lines["city"], reaction_limit=reaction,
                execution_limit=execution,
            )  # fmt: skip
            records.save(actor=admin, record=kind)
            kinds[row["type"]] = kind
    return kinds


def _switch_off(desk: Desk, kinds: dict[str, WorkType]) -> None:
    for service in {kind.service_id: kind.service for kind in kinds.values()}.values():
        service.is_active = False
        records.save(actor=desk.people["admin"], record=service, reason=_HANDED_OVER)


def _limits(promised: str | None) -> tuple[str, str]:
    """Split what the city promised into reaction and execution; where it promised nothing, a day and ten."""
    if promised is None:
        return "1bd", "10bd"
    limit = Limit.parse(promised)
    if limit.amount == 1:
        return "30m", promised
    return f"1{limit.unit}", f"{limit.amount - 1}{limit.unit}"


class _Case:
    """One case from its opening to its closing, as far as the city told."""

    def __init__(self, desk: Desk, row: dict[str, str], kind: WorkType, number: int) -> None:
        self.row, self.kind = row, kind
        staff = desk.members[desk.lines["city"].pk]
        self.agent: User = staff[number % len(staff)]
        self.lead = desk.leads[desk.lines["city"].pk]
        self.requester = desk.intake[row["source"]]
        self.ticket: Ticket | None = None

    def begin(self, stage: Stage) -> None:
        opened = _moment(self.row["open_dt"])
        stage.at(opened, self._register)
        if not self.row["closed_dt"]:
            stage.at(_HAND_OVER, lambda: self._act("cancel", self.lead, comment=_HANDED_OVER))
            return
        closed = max(_moment(self.row["closed_dt"]), opened + timedelta(minutes=1))
        stage.at(opened + min(_HALF_HOUR, (closed - opened) / 2), lambda: self._act("take", self.agent))
        stage.at(closed, self._close)

    def _register(self) -> None:
        row = self.row
        text = "\n".join(
            (
                f"Case {row['case_enquiry_id']}: {row['type']}",
                f"{row['subject']} / {row['reason']}",
                f"Queue: {row['queue']}. Source: {row['source']}.",
            )
        )
        self.ticket = registration.register(
            actor=self.requester, work_type=self.kind, subject=row["case_title"], text=text
        )

    def _close(self) -> None:
        reason = " ".join(self.row["closure_reason"].split()) or "Closed."
        number = self._act("submit", self.agent, comment=reason).pk
        conversation.mark_read(actor=self.requester, ticket_id=number)

    def _act(self, name: str, actor: User, **raw: Any) -> Ticket:
        if self.ticket is None:
            raise RuntimeError("a case is opened before anything else happens to it")
        return act(name, actor=actor, ticket_id=self.ticket.pk, raw=raw)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
