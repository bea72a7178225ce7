"""Decides what a what-if says: how many requests would have been overdue under other terms, beside how many were.

Before is what is stored. After is the ledger of each clock told again under the proposed terms. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.actions.refusals import bad_input
from helpdesk.clocks.replay import Outcome
from helpdesk.models import ClockKind, SupportLine, User, WorkType
from helpdesk.moment import now
from helpdesk.reports import ledgers, period, scope
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.limits import KINDS
from helpdesk.reports.memory import Tickets
from helpdesk.reports.period import Period
from helpdesk.reports.proposal import MOST_KINDS, Proposal, Terms
from helpdesk.reports.retold import Retold, Telling
from helpdesk.worktime import NoWorkingTime

MOST_REQUESTS = 20_000
_NO_CLOCK = Retold(Outcome.NONE, Outcome.NONE)
_Row = tuple[int, int, int, datetime]


@dataclass
class Share:
    """How many of some requests were overdue and how many would have been."""

    name: str
    requests: int = 0
    before: int = 0
    after: int = 0
    key: int | None = None

    @property
    def share_before(self) -> float:
        """Per cent of the requests; nothing of nothing is 0."""
        return 100 * self.before / self.requests if self.requests else 0.0

    @property
    def share_after(self) -> float:
        """Per cent of the requests under the proposed terms."""
        return 100 * self.after / self.requests if self.requests else 0.0

    def count(self, *, before: bool, after: bool) -> None:
        """Add one request."""
        self.requests += 1
        self.before += before
        self.after += after


@dataclass(frozen=True)
class Change:
    """A request one of whose limits would have come out otherwise, with the clocks that it has."""

    ticket: int
    clocks: Mapping[ClockKind, Retold]


@dataclass
class Comparison:
    """What is said. `registered` are the requests that are spoken of, `overall.requests` the newest of them, replayed.

    `since` is when the oldest of these was registered; `left_out` counts those that are kept as they were, because their
    ledger does not lead to what is stored of them: their calendar was edited later, or their due time promised elsewhere.
    """

    period: Period
    registered: int
    overall: Share
    by_kind: list[Share] = field(default_factory=list)
    by_line: list[Share] = field(default_factory=list)
    outcomes: dict[ClockKind, dict[Outcome, list[int]]] = field(default_factory=dict)
    changed: list[Change] = field(default_factory=list)
    terms: list[tuple[WorkType, Terms]] = field(default_factory=list)
    left_out: int = 0
    since: datetime | None = None

    @property
    def is_capped(self) -> bool:
        return self.registered > self.overall.requests


def last_days(days: int) -> Period:
    """Return the last `days` whole days, today included, by the clock of the reader."""
    today = timezone.localtime(now()).date()
    return period.between(today - timedelta(days=days - 1), today)


def registered(user: User, proposal: Proposal) -> Tickets:
    """Return the requests of the period of `proposal` that `user` may report on, of all kinds. Raises ActionRefused."""
    values = {name: str(value) for name, value in proposal.narrowed.items()}
    return FIGURES["registered"].tickets(scope.read(user, values).tickets, last_days(proposal.days))


def kinds_used(user: User, proposal: Proposal, *, most: int = MOST_KINDS) -> list[tuple[WorkType, int, int]]:
    """Return the kinds to choose from with their requests in the period, in all and overdue, by service.

    The `most` with the most requests, besides those the proposal names. Raises ActionRefused.
    """
    tickets, stretch = registered(user, proposal), last_days(proposal.days)
    counts = _per_kind(tickets)
    late = _per_kind(FIGURES["overdue"].tickets(tickets, stretch))
    used = WorkType.objects.filter(pk__in=[pk for pk, _count in counts.most_common(most)])
    named = access.visible_work_types(user).filter(pk__in=set(proposal.own) | proposal.picked)
    kinds = (used | named).select_related("service").order_by("service__name", "service_id", "name")
    return [(kind, counts[kind.pk], late[kind.pk]) for kind in kinds]


def _per_kind(tickets: Tickets) -> Counter[int]:
    return Counter(dict(tickets.order_by().values_list("work_type").annotate(count=Count("pk"))))


def compare(user: User, proposal: Proposal, *, most: int = MOST_REQUESTS) -> Comparison:
    """Return the comparison for the newest `most` requests. Raises ActionRefused, ValidationError by field."""
    tickets = _spoken_of(user, proposal)
    if proposal.is_empty:
        said = _("Nothing is proposed yet: write another limit, choose another calendar or a factor.")
        raise bad_input({"kinds": said})
    newest = tickets.order_by("-created_at", "-pk")[:most]
    rows = list(newest.values_list("pk", "work_type_id", "line_id", "created_at"))
    found = Comparison(last_days(proposal.days), len(rows), Share(""))
    if len(rows) == most:
        found.registered = tickets.count()
    found.terms = _terms(tickets, proposal)
    if rows:
        found.since = rows[-1][-1]
        _count(found, rows, _retold(newest, found.terms))
    return found


def terms_of(user: User, proposal: Proposal) -> list[tuple[WorkType, Terms]]:
    """Return what `compare` tries for which kind of work. Raises ActionRefused, ValidationError by field."""
    return _terms(_spoken_of(user, proposal), proposal)


def _spoken_of(user: User, proposal: Proposal) -> Tickets:
    tickets = registered(user, proposal)
    return tickets if proposal.kinds is None else tickets.filter(work_type__in=proposal.kinds)


def _terms(tickets: Tickets, proposal: Proposal) -> list[tuple[WorkType, Terms]]:
    used = set(tickets.order_by().values_list("work_type", flat=True).distinct())
    kinds = WorkType.objects.filter(pk__in=used | set(proposal.own)).select_related("service").order_by("name", "pk")
    return [(kind, terms) for kind in kinds if (terms := proposal.terms(kind)) != Terms()]


def _retold(newest: Tickets, terms: list[tuple[WorkType, Terms]]) -> dict[int, dict[ClockKind, Retold]]:
    """Return how the clocks of each ticket came out and would have come out."""
    at = now()
    told: dict[int, dict[ClockKind, Retold]] = {}
    telling = Telling({kind.pk: proposed for kind, proposed in terms}, at)
    try:
        for ledger in ledgers.read(newest, at):
            told.setdefault(ledger.ticket, {})[ClockKind(ledger.clock)] = telling.tell(ledger)
    except NoWorkingTime as error:
        raise bad_input({"calendar": _("With this calendar a proposed limit would never come to its end.")}) from error
    return told


def _count(found: Comparison, rows: list[_Row], told: Mapping[int, Mapping[ClockKind, Retold]]) -> None:
    kinds = WorkType.objects.in_bulk({row[1] for row in rows})
    lines = dict(SupportLine.objects.filter(pk__in={row[2] for row in rows}).values_list("pk", "name"))
    by_kind = {key: Share(str(kind), key=key) for key, kind in kinds.items()}
    by_line = {key: Share(name, key=key) for key, name in lines.items()}
    found.outcomes = {kind: {outcome: [0, 0] for outcome in Outcome} for kind in KINDS}
    for pk, kind, line, _at in rows:
        clocks = told.get(pk, {})
        was_late = any(clock.before is Outcome.MISSED for clock in clocks.values())
        is_late = any(clock.after is Outcome.MISSED for clock in clocks.values())
        for share in (found.overall, by_kind[kind], by_line[line]):
            share.count(before=was_late, after=is_late)
        for clock in KINDS:
            retold = clocks.get(clock, _NO_CLOCK)
            found.outcomes[clock][retold.before][0] += 1
            found.outcomes[clock][retold.after][1] += 1
        found.left_out += not all(clock.is_telling for clock in clocks.values())
        if any(clock.before is not clock.after for clock in clocks.values()):
            found.changed.append(Change(pk, clocks))
    found.by_kind, found.by_line = _ordered(by_kind.values()), _ordered(by_line.values())


def _ordered(shares: Iterable[Share]) -> list[Share]:
    return sorted((share for share in shares if share.requests), key=lambda share: (-share.requests, share.name))
