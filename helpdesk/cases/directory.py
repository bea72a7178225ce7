"""Decides who and what the names of a foreign file are here: matched with what there is, or created where that was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from helpdesk.actions import newcomers, records
from helpdesk.cases.mapping import CaseMapping
from helpdesk.cases.rows import ForeignTicket
from helpdesk.models import Service, SupportLine, User, WorkType

_Key = tuple[str, str]


@dataclass
class Directory:
    """What the names of a file mean. Names are compared without case; `made` counts what is new, by sort."""

    mapping: CaseMapping
    default_line: SupportLine
    nobody: User
    lines: dict[str, SupportLine] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    kinds: dict[_Key, WorkType] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def line(self, name: str) -> SupportLine:
        """Return the line called `name`. Raises LookupError when there is none and none was to be made."""
        found = self.lines.get(_line_key(name))
        if found is None:
            raise LookupError(_("There is no line “%(name)s”.") % {"name": name})
        return found

    def person(self, name: str) -> User:
        """Return the person called `name`; the account of the other desk itself for nobody and for strangers."""
        return self.people.get(name.casefold(), self.nobody)

    def kind(self, service: str, name: str) -> WorkType:
        """Return the kind of work `name` of `service`, as they stand in the file. Raises LookupError."""
        found = self.kinds.get(_key(self.mapping, service, name))
        if found is None:
            raise LookupError(_("There is no kind of work “%(name)s”.") % {"name": name or service})
        return found


def _line_key(name: str) -> str:
    return name[:100].casefold()


def _named(mapping: CaseMapping, service: str, name: str) -> tuple[str, str]:
    """Return what service and kind of work are called here, where a longer name has no room."""
    service = service or mapping.defaults.get("service") or mapping.source
    name = name or mapping.defaults.get("work_type") or service
    return " ".join(service.split())[:200], " ".join(name.split())[:200]


def _key(mapping: CaseMapping, service: str, name: str) -> _Key:
    service, name = _named(mapping, service, name)
    return service.casefold(), name.casefold()


class Registrar:
    """Fills a directory from the cases of a file; `writes` False only counts what would be made."""

    def __init__(self, mapping: CaseMapping, actor: User, *, writes: bool) -> None:
        self._mapping, self._actor, self._writes = mapping, actor, writes

    def directory(self, cases: Iterable[ForeignTicket]) -> Directory:
        """Return the directory for `cases`. Raises ActionRefused, ValidationError, LookupError without a default line."""
        default = SupportLine.objects.filter(is_default=True).select_related("calendar").first()
        if default is None:
            raise LookupError(_("No support line is set as the default one."))
        found = Directory(self._mapping, default, self._nobody())
        cases = list(cases)
        self._lines(found, cases)
        self._kinds(found, cases)
        self._people(found, cases)
        return found

    def _may_make(self, sort: str) -> bool:
        return self._mapping.missing.get(sort, "create") == "create"

    def _keep(self, found: Directory, sort: str, record: SupportLine | Service | WorkType) -> None:
        found.made[sort] = found.made.get(sort, 0) + 1
        if self._writes:
            records.save(actor=self._actor, record=record)

    def _nobody(self) -> User:
        login = f"desk-{slugify(self._mapping.source) or 'other'}"[:150]
        account = User.objects.filter(username=login).first()
        if account is None:
            account = User(username=login, first_name=self._mapping.source[:150], is_service=True, is_active=False)
            if self._writes:
                newcomers.add(actor=self._actor, people=[account])
        return account

    def _lines(self, found: Directory, cases: list[ForeignTicket]) -> None:
        for line in SupportLine.objects.select_related("calendar"):
            found.lines[_line_key(line.name)] = line
        if self._mapping.defaults.get("line"):
            found.default_line = found.line(self._mapping.defaults["line"])
        names = {_line_key(event.line): event.line for case in cases for event in case.events if event.line}
        for folded, name in sorted(names.items()):
            if folded not in found.lines and self._may_make("line"):
                found.lines[folded] = SupportLine(name=name[:100], calendar=found.default_line.calendar)
                self._keep(found, "line", found.lines[folded])

    def _kinds(self, found: Directory, cases: list[ForeignTicket]) -> None:
        for service in Service.objects.all():
            found.services.setdefault(service.name.casefold(), service)
            found.services[service.code.casefold()] = service
        for kind in WorkType.objects.select_related("service", "line__calendar"):
            for name in (kind.code, kind.name):
                for owner in (kind.service.code, kind.service.name):
                    found.kinds[owner.casefold(), name.casefold()] = kind
        wanted: dict[_Key, tuple[str, str]] = {}
        for of, name in dict.fromkeys(named for case in cases for named in case.kinds()):
            wanted.setdefault(_key(self._mapping, of, name), (of, name))
        for key, (of, name) in sorted(wanted.items()):
            if key not in found.kinds and self._may_make("work_type"):
                self._make_kind(found, key, of, name)

    def _make_kind(self, found: Directory, key: _Key, service: str, name: str) -> None:
        mapping = self._mapping
        service, name = _named(mapping, service, name)
        owner = found.services.get(key[0])
        if owner is None:
            if not self._may_make("service"):
                return
            number = found.made.get("service", 0) + 1
            prefix = (slugify(mapping.source) or "desk")[:30].upper()
            owner = Service(code=self._free(f"{prefix}-{number}", found), name=service)
            self._keep(found, "service", owner)
            found.services[key[0]] = owner
            found.services[owner.code.casefold()] = owner
        code = self._free_kind(owner, found)
        kind = WorkType(
            service=owner, code=code, name=name, reaction_limit=mapping.reaction_limit,
            execution_limit=mapping.execution_limit,
        )  # fmt: skip
        self._keep(found, "work_type", kind)
        if self._writes:
            kind.refresh_from_db()
            kind.service = owner
        found.kinds[key] = found.kinds[owner.code.casefold(), code.casefold()] = kind

    def _free_kind(self, owner: Service, found: Directory) -> str:
        number = 1
        while (owner.code.casefold(), f"{owner.code[:40]}.{number}".casefold()) in found.kinds:
            number += 1
        return f"{owner.code[:40]}.{number}"

    def _free(self, code: str, found: Directory) -> str:
        number = 1
        wanted = code
        while wanted.casefold() in found.services:
            number += 1
            wanted = f"{code}-{number}"
        return wanted

    def _people(self, found: Directory, cases: list[ForeignTicket]) -> None:
        names: dict[str, str] = {}
        for name in (name for case in cases for name in _names(case)):
            names.setdefault(name.casefold(), newcomers.called(name))
        if not names:
            return
        spelt = _spelt(names)
        logins = set()
        for person in User.objects.order_by("-pk").iterator():
            logins.add(person.username.casefold())
            known = [text for text in (person.email.casefold(), person.username.casefold()) if text in names]
            known += spelt.get(person.get_full_name().casefold(), ())
            found.people.update(dict.fromkeys(known, person))
        strangers = _spelt({folded: name for folded, name in names.items() if folded not in found.people})
        if not strangers or not self._may_make("person"):
            return
        people = newcomers.drafts([names[one] for one, *_others in strangers.values()], self._mapping.source, logins)
        found.made["person"] = len(people)
        if self._writes:
            newcomers.add(actor=self._actor, people=people)
        for spellings, person in zip(strangers.values(), people, strict=True):
            found.people.update(dict.fromkeys(spellings, person))


def _spelt(names: dict[str, str]) -> dict[str, list[str]]:
    """Return which of `names` mean whom, by what he is called here: an account has room for the beginning of a long one."""
    found: dict[str, list[str]] = {}
    for folded, name in sorted(names.items()):
        found.setdefault(name.casefold(), []).append(folded)
    return found


def _names(case: ForeignTicket) -> Iterable[str]:
    if case.texts.get("requester"):
        yield case.texts["requester"]
    yield from (event.resource for event in case.events if event.resource)
