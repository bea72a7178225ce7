"""Decides how actions are told to a program: allowed or not, why not, and which input each takes, as a JSON schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk import access
from helpdesk.access import Visitor
from helpdesk.actions.dispatch import PEOPLE_START
from helpdesk.api.shapes.parts import Shape
from helpdesk.lifecycle import ACTIONS, Action, Input, InputKind, Status, Who
from helpdesk.models import SupportLine, Ticket, User, WorkType

LONGEST_TEXT = 5000


class ActionInputs(Shape):
    """The inputs of an action, by the schema that `GET /tickets/{number}/actions` gives for it."""

    comment = serializers.CharField(
        required=False, max_length=LONGEST_TEXT, help_text="Reason, question, what was done."
    )
    person = serializers.IntegerField(required=False, help_text="`assign`: the id of a member of the line.")
    line = serializers.IntegerField(required=False, help_text="`transfer`: the id of another line.")
    work_type = serializers.IntegerField(required=False, help_text="`reclassify`: the id of another kind of work.")
    rating = serializers.IntegerField(required=False, min_value=1, max_value=5, help_text="`accept`: 1 to 5.")
    status = serializers.ChoiceField(required=False, choices=Status.values, help_text="`correct`: the right status.")


class ActionShape(Shape):
    """An action and whether you may do it now."""

    name = serializers.ChoiceField(choices=sorted(PEOPLE_START))
    label = serializers.CharField(help_text="The words of the button, in the language of the request.")
    allowed = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True, help_text="Why not: stable, empty when allowed.")
    reason = serializers.CharField(allow_blank=True, help_text="Why not, for people.")
    effect = serializers.CharField(allow_blank=True)
    target = serializers.CharField(
        allow_null=True, help_text="The status it leads to; null when it stays or is chosen."
    )
    danger = serializers.BooleanField(help_text="Better asked twice.")
    method = serializers.CharField(help_text="Always POST.")
    href = serializers.CharField(help_text="Where to send it.")
    input = serializers.JSONField(help_text="JSON schema of the body.")

    class Meta:
        ref_name = "Action"


class StatusShape(Shape):
    """A status."""

    name = serializers.ChoiceField(choices=Status.values)
    label = serializers.CharField()
    closed = serializers.BooleanField()


class RuleInput(Shape):
    """Something an action asks for."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in InputKind])
    label = serializers.CharField()
    required = serializers.BooleanField()
    help = serializers.CharField(allow_blank=True)


class RuleShape(Shape):
    """A row of the table of actions."""

    name = serializers.CharField()
    label = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())
    target = serializers.CharField(allow_null=True)
    who = serializers.ListField(child=serializers.ChoiceField(choices=[who.value for who in Who]))
    inputs = RuleInput(many=True)
    effect = serializers.CharField(allow_blank=True)
    started_by_people = serializers.BooleanField()

    class Meta:
        ref_name = "Rule"


class LifecycleShape(Shape):
    """The statuses and the rules."""

    initial = serializers.CharField()
    statuses = StatusShape(many=True)
    actions = RuleShape(many=True)

    class Meta:
        ref_name = "Lifecycle"


def action_data(user: Visitor, ticket: Ticket) -> list[dict[str, Any]]:
    """Return every action people can start on `ticket`, in the order of the table; two queries for what to choose from."""
    choices = _Choices(user, ticket)
    found = []
    for name, action in ACTIONS.items():
        if name not in PEOPLE_START:
            continue
        verdict = access.may(user, name, ticket)
        found.append(
            {
                "name": name,
                "label": str(action.label),
                "allowed": bool(verdict),
                "code": verdict.code,
                "reason": str(verdict.reason),
                "effect": str(action.effect),
                "target": action.target,
                "danger": action.danger,
                "method": "POST",
                "href": f"/api/v1/tickets/{ticket.pk}/actions/{name}",
                "input": _schema(action, choices if verdict else None),
            }
        )
    return found


class _Choices:
    """The rows one may choose from; asked for only by an action that is allowed."""

    def __init__(self, user: Visitor, ticket: Ticket) -> None:
        self.user, self.ticket = user, ticket

    def of(self, kind: InputKind) -> list[tuple[Any, str]]:
        if kind is InputKind.LINE:
            return [(line.pk, line.name) for line in self._lines() if line.pk != self.ticket.line_id]
        if kind is InputKind.PERSON:
            return [(person.pk, str(person)) for person in self._people() if person.pk != self.ticket.assignee_id]
        if kind is InputKind.WORK_TYPE:
            return [(kind.pk, f"{kind.service} · {kind.name}") for kind in self._kinds()]
        if kind is InputKind.STATUS:
            return [(value, str(label)) for value, label in Status.choices if value != self.ticket.status]
        return []

    def _kinds(self) -> list[WorkType]:
        kinds = access.visible_work_types(self.user).exclude(pk=self.ticket.work_type_id).select_related("service")
        return list(kinds.order_by("service__name", "name"))

    def _lines(self) -> list[SupportLine]:
        return list(access.visible_lines(self.user).filter(is_active=True))

    def _people(self) -> list[User]:
        return access.assignable_by(self.user, self.ticket)


def _schema(action: Action, choices: _Choices | None) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [item.name for item in action.inputs if item.required],
        "properties": {item.name: _property(item, choices) for item in action.inputs},
    }


def _property(item: Input, choices: _Choices | None) -> dict[str, Any]:
    told: dict[str, Any] = {"title": str(item.label)}
    if item.help:
        told["description"] = str(item.help)
    if item.kind is InputKind.TEXT:
        return {**told, "type": "string", "minLength": 1 if item.required else 0, "maxLength": LONGEST_TEXT}
    if item.kind is InputKind.RATING:
        return {**told, "type": "integer", "minimum": 1, "maximum": 5}
    told["type"] = "string" if item.kind is InputKind.STATUS else "integer"
    if choices is None:
        return told
    offered = choices.of(item.kind)
    return {**told, "oneOf": [{"const": value, "title": label} for value, label in offered]} if offered else told


def lifecycle_data() -> dict[str, Any]:
    """Return the statuses and the table of actions."""
    return {
        "initial": str(Status.NEW),
        "statuses": [
            {"name": status.value, "label": str(status.label), "closed": status in (Status.DONE, Status.CANCELLED)}
            for status in Status
        ],
        "actions": [_rule(action) for action in ACTIONS.values()],
    }


def _rule(action: Action) -> dict[str, Any]:
    return {
        "name": action.name,
        "label": str(action.label),
        "sources": [str(source) for source in action.sources],
        "target": action.target,
        "who": [who.value for who in action.who],
        "inputs": [
            {
                "name": item.name,
                "kind": item.kind.value,
                "label": str(item.label),
                "required": item.required,
                "help": str(item.help),
            }
            for item in action.inputs
        ],
        "effect": str(action.effect),
        "started_by_people": action.name in PEOPLE_START,
    }
