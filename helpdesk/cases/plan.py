"""Decides which steps of our lifecycle a foreign case has taken: the arrows there are, and a correction where there is none.

Other desks skip what we do not: a case that goes from registered to closed has been taken, submitted and accepted by
silence in that moment. Such implied steps follow the arrows; what no arrow allows is a correction, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from helpdesk.actions.past import PastStep, PastTicket
from helpdesk.cases.directory import Directory
from helpdesk.cases.mapping import CaseMapping
from helpdesk.cases.rows import ForeignEvent, ForeignTicket, Remark
from helpdesk.lifecycle import CLOSED, WORKED, Status
from helpdesk.models import CaseRemark, SupportLine, User, WorkType

_TAKEN = {"in_work": (), "waiting": ("ask",), "on_review": ("submit",), "done": ("submit", "accept_silently")}
ROADS: dict[tuple[str, str], tuple[str, ...]] = {
    **{("new", to): ("take", *steps) for to, steps in _TAKEN.items()},
    **{("rework", to): ("take", *steps) for to, steps in _TAKEN.items()},
    **{("in_work", to): steps for to, steps in _TAKEN.items() if steps},
    **{("waiting", to): ("resume", *steps) for to, steps in _TAKEN.items() if to != "waiting"},
    **{(closed, "in_work"): ("reopen", "take") for closed in CLOSED},
    **{(closed, "rework"): ("reopen",) for closed in CLOSED},
    **{(status, "cancelled"): ("cancel",) for status in ("new", "waiting", "rework")},
    ("in_work", "new"): ("release",),
    ("on_review", "in_work"): ("recall",),
    ("on_review", "waiting"): ("recall", "ask"),
    ("on_review", "rework"): ("return",),
    ("on_review", "done"): ("accept_silently",),
}
Names = tuple[str, str]
_BY_NOBODY = frozenset({"accept_silently", "release"})
_BY_REQUESTER = frozenset({"return", "cancel", "reopen"})
_NEEDS_SOMEBODY = (Status.IN_WORK, Status.WAITING, Status.ON_REVIEW)


@dataclass
class Planned:
    """A ticket to write, what was corrected or read otherwise, and how many steps the other desk did not record."""

    ticket: PastTicket
    remarks: list[Remark]
    implied: int


def plan(case: ForeignTicket, mapping: CaseMapping, directory: Directory, importer: User) -> Planned:
    """Return the life of `case` in our steps. Raises LookupError, with a sentence, when nothing of ours fits it."""
    kinds = list(case.kinds())
    kind = directory.kind(*kinds[0])
    first = case.events[0]
    line = directory.line(first.line) if first.line else (kind.line or directory.default_line)
    requester = directory.person(case.texts.get("requester", ""))
    road = _Road(case, directory, importer, requester, line, kind, kinds[0])
    steps = tuple(step for event, named in zip(case.events, kinds, strict=True) for step in road.follow(event, named))
    road.end()
    subject = " ".join(case.texts.get("subject", "").split()) or f"{kind.name}, {case.number}"
    text = case.texts.get("text") or _("Case %(number)s of “%(source)s”.") % {
        "number": case.number, "source": mapping.source,
    }  # fmt: skip
    ticket = PastTicket(
        foreign_id=case.number, requester=requester, registered_by=requester, work_type=kind, line=line,
        subject=subject[:200], text=text[:20_000], at=first.at, steps=steps, promised=mapping.clocks == "file",
        due=case.due,
    )  # fmt: skip
    return Planned(ticket, road.remarks, road.implied)


@dataclass
class _Road:
    """Where a case stands while its events are followed."""

    case: ForeignTicket
    directory: Directory
    importer: User
    requester: User
    line: SupportLine
    kind: WorkType
    # How service and kind of work were named when the kind was last looked up.
    named: Names
    # Other kinds that were named while the case could not be reclassified.
    missed: dict[Names, ForeignEvent] = field(default_factory=dict)
    stands: str = Status.NEW
    assignee: User | None = None
    implied: int = 0
    remarks: list[Remark] = field(default_factory=list)

    def follow(self, event: ForeignEvent, named: Names) -> Iterator[PastStep]:
        """Yield the steps that lead from here to what `event` says; `named` are the service and kind of work it names."""
        person = self.directory.person(event.resource)
        if event.line and event is not self.case.events[0]:
            yield from self._hand_on(event, person)
        is_move = bool(event.status) and event.status != self.stands
        yield from self._reclassify(event, named, person, "" if is_move else event.comment)
        yield from self._move(event, person)
        # A case that is taken up again may be about something else from then on.
        yield from self._reclassify(event, named, person, "")
        if named != self.named and self._kind(named) != self.kind:
            self.missed.setdefault(named, event)

    def end(self) -> None:
        """Tell which other kinds of work the case never was: named when nobody could say so here, and not again."""
        for named, event in self.missed.items():
            text = _("Became “%(other)s” while it was not being worked on: it stays “%(kind)s”.")
            self._keep_kind(event, named, text)

    def _move(self, event: ForeignEvent, person: User) -> Iterator[PastStep]:
        if not event.status or event.status == self.stands:
            yield from self._pass_on(event, person)
            return
        road = ROADS.get((self.stands, event.status))
        if road is None:
            yield from self._correct(event, person)
            return
        self.implied += len(road) - 1
        for number, action in enumerate(road):
            yield from self._step(action, event, person, comment=event.comment if number == len(road) - 1 else "")
        self.stands = event.status

    def _step(self, action: str, event: ForeignEvent, person: User, *, comment: str) -> Iterator[PastStep]:
        if action == "take":
            if self.stands == Status.REWORK and self.assignee not in (None, person):
                yield PastStep("assign", event.at, person, person=person)
            self.assignee = person
        elif action == "release":
            self.assignee = None
        elif action == "reopen":
            self.stands = Status.REWORK
        elif action == "accept_silently":
            comment = ""
        actor = None if action in _BY_NOBODY else self.requester if action in _BY_REQUESTER else person
        if action == "submit" and not comment:
            comment = event.comment
        yield PastStep(action, event.at, actor, comment, person=person if action == "take" else None)

    def _pass_on(self, event: ForeignEvent, person: User) -> Iterator[PastStep]:
        if event.resource and self.stands == Status.IN_WORK and person != self.assignee:
            self.assignee = person
            yield PastStep("assign", event.at, person, person=person)

    def _hand_on(self, event: ForeignEvent, person: User) -> Iterator[PastStep]:
        line = self.directory.line(event.line)
        if line == self.line:
            return
        if self.stands not in WORKED:
            text = _("On another line, “%(line)s”, while it was not being worked on: the line stays.")
            self._remark(CaseRemark.Kind.CHANGED, event, text % {"line": event.line})
            return
        yield PastStep("transfer", event.at, person, line=line)
        self.line, self.stands, self.assignee = line, Status.NEW, None

    def _reclassify(self, event: ForeignEvent, named: Names, person: User, comment: str) -> Iterator[PastStep]:
        if named == self.named or self.stands not in WORKED:
            return
        self.named = named
        self.missed.pop(named, None)
        kind = self._kind(named)
        if kind is None:
            text = _("Became “%(other)s”, which is no kind of work here: it stays “%(kind)s”.")
            self._keep_kind(event, named, text)
        elif kind != self.kind:
            self.kind = kind
            yield PastStep("reclassify", event.at, person, comment, work_type=kind)

    def _kind(self, named: Names) -> WorkType | None:
        try:
            return self.directory.kind(*named)
        except LookupError:
            return None

    def _keep_kind(self, event: ForeignEvent, named: Names, text: str) -> None:
        other = ", ".join(name for name in named if name)
        self._remark(CaseRemark.Kind.CHANGED, event, text % {"other": other[:100], "kind": self.kind.name[:100]})

    def _correct(self, event: ForeignEvent, person: User) -> Iterator[PastStep]:
        words = {"old": Status(self.stands).label, "new": Status(event.status).label, "word": event.word}
        reason = _("From “%(old)s” to “%(new)s” (“%(word)s”): no way leads there here.") % words
        self._remark(CaseRemark.Kind.CORRECTED, event, reason)
        if event.status in _NEEDS_SOMEBODY and self.assignee is None:
            self.assignee = person
            # Only from a closed one no way leads to those. It is not assigned as it stands: it goes by its beginning.
            yield PastStep("correct", event.at, self.importer, reason, status=Status.NEW)
            yield PastStep("assign", event.at, person, person=person)
        yield PastStep("correct", event.at, self.importer, reason, status=event.status)
        self.stands = event.status

    def _remark(self, kind: str, event: ForeignEvent, text: str) -> None:
        self.remarks.append(Remark(kind, event.row, self.case.number, text[:300]))
