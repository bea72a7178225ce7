"""Decides who works and asks in the demo, on which lines, and what its catalog offers; read from `fixtures/`."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from helpdesk import access
from helpdesk.actions import accounts, records, report_schedules, setup
from helpdesk.clocks import calendar_of
from helpdesk.models import (
    Membership,
    ReplyTemplate,
    ReportSchedule,
    Role,
    Service,
    SupportLine,
    User,
    WorkCalendar,
    WorkType,
)
from helpdesk.moment import now
from helpdesk.worktime import Calendar

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
ADMIN = "admin"
GROUPS = {"catalog": Role.CATALOG, "t.analyst": Role.ANALYST}
_INTAKE = "intake"


@dataclass
class Desk:
    """What the story is told with: people by login, lines and kinds of work by their keys, texts by kind of work."""

    people: dict[str, User] = field(default_factory=dict)
    employees: list[User] = field(default_factory=list)
    intake: dict[str, User] = field(default_factory=dict)
    lines: dict[str, SupportLine] = field(default_factory=dict)
    members: dict[int, list[User]] = field(default_factory=dict)
    leads: dict[int, User] = field(default_factory=dict)
    kinds: dict[str, WorkType] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    situations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    decks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def office(self) -> Calendar:
        """The hours in which employees sit at their desks."""
        return calendar_of(self.lines["first"].calendar)

    @property
    def support(self) -> list[User]:
        """Everybody who works on a line."""
        return list({person.pk: person for members in self.members.values() for person in members}.values())

    def somebody(self, line: SupportLine, dice: random.Random) -> User:
        """Return who of the line takes the next request; leads take fewer."""
        people, lead = self.members[line.pk], self.leads[line.pk]
        return dice.choices(people, [1 if person == lead else 4 for person in people])[0]

    def next_situation(self, code: str, dice: random.Random) -> dict[str, Any]:
        """Return a situation of a kind of work; none comes twice before all have come."""
        if not self.decks.get(code):
            self.decks[code] = dice.sample(self.situations[code], k=len(self.situations[code]))
        return self.decks[code].pop()


def read(name: str) -> Any:
    """Return a JSON fixture."""
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def make_desk(password: str, *, first_year: int) -> Desk:
    """Create people, lines, templates and catalog, signed by the demo's administrator; return them.

    Holidays are known from `first_year` on. What `setup.set_up()` has made is used and completed.
    """
    plan = read("desk.json")
    desk = Desk(texts=read("phrases.json"), situations=read("situations.json"))
    _people(desk, password)
    admin = desk.people[ADMIN]
    office = setup.default_calendar(year=first_year)
    calendars = {item["key"]: _calendar(item, admin) for item in plan["calendars"]} | {"office": office}
    for item in plan["lines"]:
        desk.lines[item["key"]] = _line(item, calendars, admin)
    _members(desk, admin)
    for item in plan["templates"]:
        template = ReplyTemplate(name=item["name"], text=item["text"], line=desk.lines.get(item["line"]))
        records.save(actor=admin, record=template)
    for item in plan["services"]:
        _service(desk, admin, item)
    _shared_it_catalog(desk, admin)
    return desk


def make_reports(desk: Desk) -> None:
    """Let the analyst send reports by mail, as the fixture has them."""
    for item in read("desk.json")["reports"]:
        schedule = ReportSchedule(
            name=item["name"], every=item["every"], weekday=item["weekday"], day=item["day"], hour=item["hour"],
            line=desk.lines.get(item.get("line", "")),
        )  # fmt: skip
        readers = [desk.people[login].pk for login in item["readers"]]
        report_schedules.save(actor=desk.people["t.analyst"], schedule=schedule, recipients=readers)


def _people(desk: Desk, password: str) -> None:
    """The administrator comes first and makes all the others; they share one password, so it is hashed once."""
    secret = make_password(password)
    items = read("people.json")
    for item in sorted(items, key=lambda item: item["login"] != ADMIN):
        login = item["login"]
        person = User(
            username=login, password=secret, email=f"{login}@helpdesk.example", first_name=item["first_name"],
            last_name=item["last_name"], department=item["department"], phone=item["phone"],
            language=item.get("language", ""), date_joined=now(),
        )  # fmt: skip
        if login == ADMIN:
            person.is_staff = True
            person.save()
            person.groups.set(Group.objects.filter(name=Role.ADMINISTRATOR))
        else:
            records.save(actor=desk.people[ADMIN], record=person)
        if login in GROUPS:
            accounts.set_groups(actor=desk.people[ADMIN], person=person, groups=[GROUPS[login]])
        desk.people[login] = person
        if _INTAKE in item:
            desk.intake[item[_INTAKE]] = person
        elif not item["lines"] and login not in (ADMIN, "t.analyst"):
            desk.employees.append(person)


def _calendar(item: dict[str, Any], admin: User) -> WorkCalendar:
    calendar = WorkCalendar(name=item["name"], time_zone=item["zone"])
    records.save(actor=admin, record=calendar)
    setup.add_hours(calendar, [(_minutes(start), _minutes(end)) for start, end in item["week"]], days=item["days"])
    return calendar


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _line(item: dict[str, Any], calendars: dict[str, WorkCalendar], admin: User) -> SupportLine:
    """Make a line; the default one is there already and gets its name."""
    line = SupportLine.objects.filter(is_default=True).first() if item.get("default") else None
    line = line or SupportLine(is_default=item.get("default", False))
    line.name, line.description = item["name"], item["description"]
    line.calendar = calendars.get(item["calendar"])
    records.save(actor=admin, record=line)
    return line


def _members(desk: Desk, admin: User) -> None:
    for item in read("people.json"):
        for key, role in item["lines"]:
            line, person = desk.lines[key], desk.people[item["login"]]
            records.save(actor=admin, record=Membership(line=line, person=person, role=role))
            desk.members.setdefault(line.pk, []).append(person)
            if role == Membership.LineRole.LEAD:
                desk.leads[line.pk] = person
    for person in desk.people.values():
        access.forget_roles(person)


def _service(desk: Desk, admin: User, item: dict[str, Any]) -> None:
    service = Service(code=item["code"], name=item["name"], icon=item["icon"], description=item["description"])
    records.save(actor=admin, record=service)
    for row in item["kinds"]:
        kind = WorkType(
            service=service, code=row["code"], name=row["name"], kind=row["kind"], priority=row["priority"],
            line=desk.lines[row["line"]], reaction_limit=row["reaction"], execution_limit=row["execution"],
            description=row.get("description", ""),
        )  # fmt: skip
        records.save(actor=admin, record=kind)
        desk.kinds[kind.code] = kind
        desk.weights[kind.code] = row["weight"]


def _shared_it_catalog(desk: Desk, admin: User) -> None:
    """The 16 services and 20 kinds of a real shared IT provider; the limits are those its sentences name."""
    plan = read("gc_it_limits.json")
    services: dict[str, Service] = {}
    with (FIXTURES / "gc_it_services_20.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = row["service_id"]
            if code not in services:
                services[code] = Service(
                    code=f"IT-{code}", name=row["service_en"], icon=plan["icons"][code],
                    description=row["description_en"],
                )  # fmt: skip
                records.save(actor=admin, record=services[code])
            limits = plan["limits"][row["standard_id"]]
            kind = WorkType(
                service=services[code], code=f"IT-{code}.{row['standard_id']}", name=limits["name"],
                description=row["standard_en"], line=desk.lines[limits.get("line", "second")],
                reaction_limit=limits["reaction"], execution_limit=limits["execution"],
            )  # fmt: skip
            records.save(actor=admin, record=kind)
            desk.kinds[kind.code] = kind
            desk.weights[kind.code] = limits["weight"]
