"""Decides how the name of an action and raw inputs, as a form or the API hands them in, become a call of that action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from helpdesk.actions import review, work
from helpdesk.lifecycle import ACTIONS, Input, InputKind
from helpdesk.models import SupportLine, Ticket, User, WorkType

_CALLS: dict[str, Callable[..., Ticket]] = {
    "take": work.take,
    "assign": work.assign,
    "transfer": work.transfer,
    "reclassify": work.reclassify,
    "ask": work.ask,
    "resume": work.resume,
    "submit": work.submit,
    "recall": work.recall,
    "accept": review.accept,
    "return": review.send_back,
    "cancel": review.cancel,
    "reopen": review.reopen,
    "correct": review.correct,
}
PEOPLE_START = frozenset(_CALLS)


def act(name: str, *, actor: User, ticket_id: int, raw: Mapping[str, Any], version: int | None = None) -> Ticket:
    """Carry out the action `name` with inputs as they came in (texts, ids) and return the changed ticket.

    Unknown inputs are ignored by forms and refused by the API before they get here. Raises KeyError for an action that
    people cannot start, ValidationError by field, ActionRefused, StalePage, NotFound.
    """
    call = _CALLS[name]
    values = {item.name: _value(item, raw.get(item.name)) for item in ACTIONS[name].inputs}
    return call(actor=actor, ticket_id=ticket_id, version=version, **values)


def _value(item: Input, raw: Any) -> Any:
    if item.kind is InputKind.LINE:
        return _row(SupportLine, item, raw)
    if item.kind is InputKind.PERSON:
        return _row(User, item, raw)
    if item.kind is InputKind.WORK_TYPE:
        return _row(WorkType, item, raw)
    if item.kind is InputKind.RATING:
        return raw
    if item.kind is InputKind.STATUS:
        return raw if isinstance(raw, str) else ""
    return raw if raw is not None else ""


def _row(model: Any, item: Input, raw: Any) -> Any:
    if raw in (None, ""):
        return None
    try:
        found = model.objects.filter(pk=int(str(raw))).first()
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ValidationError({item.name: [_("Choose one of the offered values.")]})
    return found
