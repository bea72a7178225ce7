"""Decides which fields the dialog of a lifecycle action has; they are drawn from the inputs of the one table."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.panel import Choice, PanelForm
from helpdesk import access
from helpdesk.lifecycle import Action, Input, InputKind, Status
from helpdesk.models import SupportLine, Ticket, User

STARS = (
    (5, _("5, excellent")),
    (4, _("4, good")),
    (3, _("3, acceptable")),
    (2, _("2, poor")),
    (1, _("1, very poor")),
)


class ActionForm(PanelForm):
    """The inputs of one action. What they may hold is checked by the action itself; this asks and shows errors."""

    def __init__(self, action: Action, user: User, tickets: list[Ticket], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{action.name}_%s", **kwargs)
        self.action = action
        for item in action.inputs:
            self.fields[item.name] = _field(item, user, tickets)


def _field(item: Input, user: User, tickets: list[Ticket]) -> forms.Field:
    options: dict[str, Any] = {"label": item.label, "required": item.required, "help_text": item.help}
    if item.kind is InputKind.RATING:
        return forms.ChoiceField(
            choices=STARS, widget=forms.RadioSelect(attrs={"class": "form-check-input"}), **options
        )
    if item.kind is InputKind.LINE:
        return _choice(_lines(tickets), options)
    if item.kind is InputKind.PERSON:
        return _choice(_people(user, tickets), options)
    if item.kind is InputKind.WORK_TYPE:
        return _choice(_kinds(user, tickets), options)
    if item.kind is InputKind.STATUS:
        present = {ticket.status for ticket in tickets}
        return _choice([(value, label) for value, label in Status.choices if value not in present], options)
    return forms.CharField(
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4, "maxlength": 5000}), **options
    )


def _choice(rows: list[tuple[Any, Any]], options: dict[str, Any]) -> forms.Field:
    widget = Choice(attrs={"class": "form-select"})
    return forms.ChoiceField(choices=[("", "–"), *rows], widget=widget, **options)


def _lines(tickets: list[Ticket]) -> list[tuple[Any, Any]]:
    present = {ticket.line_id for ticket in tickets}
    lines = SupportLine.objects.filter(is_active=True).values_list("pk", "name")
    return [(pk, name) for pk, name in lines if present != {pk}]


def _kinds(user: User, tickets: list[Ticket]) -> list[tuple[Any, Any]]:
    """Return the kinds of work under the names of their services, as a select groups them."""
    present = {ticket.work_type_id for ticket in tickets}
    kinds = access.visible_work_types(user).exclude(pk__in=present).order_by("service__name", "service_id", "name")
    rows = kinds.values_list("service_id", "service__name", "pk", "name")
    by_service = groupby(rows, key=lambda row: row[:2])
    return [(service, [(pk, name) for *_service, pk, name in found]) for (_pk, service), found in by_service]


def _people(user: User, tickets: list[Ticket]) -> list[tuple[Any, Any]]:
    if not tickets:
        return []
    people = access.assignable_by(user, tickets[0])
    return [(person.pk, str(person)) for person in people if person.pk != tickets[0].assignee_id or len(tickets) > 1]
