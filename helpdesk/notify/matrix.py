"""Decides who hears what by which channel: a built-in matrix, the administrator's deviations, a person's own narrowing."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.models import Channel, NoticeChoice, NoticeKind, NoticeRole, NoticeRule, User

_BOTH = frozenset({Channel.PANEL, Channel.EMAIL})
_PANEL = frozenset({Channel.PANEL})
_EMAIL = frozenset({Channel.EMAIL})
_K, _R = NoticeKind, NoticeRole

# Messages are in the envelope by themselves: what comes with a message needs only the letter.
DEFAULTS: Mapping[NoticeKind, Mapping[NoticeRole, frozenset[Channel]]] = {
    _K.REGISTERED: {_R.LINE: _PANEL, _R.REQUESTER: _EMAIL},
    _K.ASSIGNED: {_R.ASSIGNEE: _BOTH},
    _K.TRANSFERRED: {_R.LINE: _PANEL},
    _K.MESSAGE: {_R.ADDRESSED: _EMAIL},
    _K.QUESTION: {_R.REQUESTER: _EMAIL},
    _K.SUBMITTED: {_R.REQUESTER: _EMAIL},
    _K.RETURNED: {_R.ASSIGNEE: _EMAIL},
    _K.CLOSED: {_R.ASSIGNEE: _PANEL, _R.REQUESTER: _EMAIL},
    _K.REOPENED: {_R.ASSIGNEE: _EMAIL, _R.LEAD: _PANEL},
    _K.DUE_SOON: {_R.ASSIGNEE: _PANEL},
    _K.OVERDUE: {_R.ASSIGNEE: _BOTH, _R.LEAD: _PANEL},
    _K.REQUESTER_REMINDER: {_R.REQUESTER: _BOTH},
    _K.DIGEST: {_R.LEAD: _EMAIL},
    # Its readers are chosen one by one.
    _K.REPORT: {},
}


def makes_sense(kind: NoticeKind, role: NoticeRole, channel: Channel) -> bool:
    """Say whether there is such a cell: messages alone are addressed to somebody, a digest is a letter to a line, and a
    report has its own list of readers."""
    if kind is NoticeKind.REPORT:
        return False
    if kind is NoticeKind.DIGEST:
        return role in (NoticeRole.LEAD, NoticeRole.LINE) and channel is Channel.EMAIL
    return role is not NoticeRole.ADDRESSED or kind is NoticeKind.MESSAGE


def channels(kind: NoticeKind) -> dict[NoticeRole, frozenset[Channel]]:
    """Return by which channels each part in a ticket hears of `kind`, the administrator's rules included."""
    return _with_rules(kind, list(NoticeRule.objects.filter(kind=kind)))


def whole() -> dict[NoticeKind, dict[NoticeRole, frozenset[Channel]]]:
    """Return the same for every kind, with one query."""
    rules = list(NoticeRule.objects.all())
    return {kind: _with_rules(kind, [rule for rule in rules if rule.kind == kind]) for kind in NoticeKind}


def _with_rules(kind: NoticeKind, rules: list[NoticeRule]) -> dict[NoticeRole, frozenset[Channel]]:
    found = {role: set(DEFAULTS[kind].get(role, ())) for role in NoticeRole}
    for rule in rules:
        chosen = found[NoticeRole(rule.role)]
        if rule.is_on:
            chosen.add(Channel(rule.channel))
        else:
            chosen.discard(Channel(rule.channel))
    return {role: frozenset(chosen) for role, chosen in found.items()}


def switched_off(kind: NoticeKind, people: list[User]) -> set[tuple[int, str]]:
    """Return which of `people` do not want `kind`, as pairs of person's id and channel."""
    return set(NoticeChoice.objects.filter(kind=kind, person__in=people).values_list("person_id", "channel"))
