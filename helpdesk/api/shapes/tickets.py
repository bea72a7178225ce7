"""Decides what is told of a ticket, and what is taken to register one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk import access
from helpdesk.api.shapes.parts import (
    Coded,
    Counted,
    Id,
    Moment,
    Named,
    Person,
    PersonBrief,
    Shape,
    brief,
    coded,
    contacts,
    moment,
    named,
)
from helpdesk.lifecycle import Status
from helpdesk.models import Priority, Ticket


class TicketRow(Shape):
    """A ticket in a list."""

    number = Id(source="pk")
    subject = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.values)
    status_label = serializers.CharField(source="get_status_display", help_text="In the language of the request.")
    priority = serializers.ChoiceField(choices=Priority.values, help_text="1 is critical, 4 is low.")
    service = Coded()
    work_type = Coded()
    line = serializers.SerializerMethodField(help_text="Null for requesters.")
    requester = PersonBrief()
    registered_by = PersonBrief()
    assignee = PersonBrief(allow_null=True)
    created_at = Moment()
    updated_at = Moment()
    due_at = Moment(allow_null=True, help_text="The nearest due time of a running clock; null while none runs.")
    overdue = serializers.BooleanField(source="is_overdue")
    taken_at = Moment(allow_null=True)
    submitted_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    returns = serializers.IntegerField(help_text="How often it was returned for rework.")
    unread = serializers.SerializerMethodField(help_text="Unread messages addressed to you.")
    version = serializers.IntegerField(help_text="Grows with every action; the ETag.")

    def to_representation(self, ticket: Ticket) -> dict[str, Any]:
        """Write what the fields declare by hand: asking them one by one takes longer than everything else in a list."""
        told, only = self.told(ticket), self.context.get("only")
        return told if only is None else {name: value for name, value in told.items() if name in only}

    def told(self, ticket: Ticket) -> dict[str, Any]:
        """Return every field with its value, in their order."""
        return {
            "number": ticket.pk,
            "subject": ticket.subject,
            "status": ticket.status,
            "status_label": str(Status(ticket.status).label),
            "priority": ticket.priority,
            "service": coded(ticket.service),
            "work_type": coded(ticket.work_type),
            "line": self.get_line(ticket),
            "requester": brief(ticket.requester),
            "registered_by": brief(ticket.registered_by),
            "assignee": brief(ticket.assignee),
            "created_at": moment(ticket.created_at),
            "updated_at": moment(ticket.updated_at),
            "due_at": moment(ticket.due_at),
            "overdue": ticket.is_overdue,
            "taken_at": moment(ticket.taken_at),
            "submitted_at": moment(ticket.submitted_at),
            "closed_at": moment(ticket.closed_at),
            "returns": ticket.returns,
            "unread": self.get_unread(ticket),
            "version": ticket.version,
        }

    def get_line(self, ticket: Ticket) -> dict[str, Any] | None:
        return named(ticket.line) if access.is_support(self.context["user"], ticket) else None

    get_line.shape_of_one = Named  # type: ignore[attr-defined]  # for the documentation

    def get_unread(self, ticket: Ticket) -> int:
        unread: dict[int, int] = self.context.get("unread", {})
        return unread.get(ticket.pk, 0)


class TicketShape(TicketRow):
    """A ticket in full."""

    text = serializers.CharField()
    requester = Person()
    assignee = Person(allow_null=True)
    reaction_limit = serializers.CharField(help_text="An amount and a unit: `30m`, `4h`, `2bd`, `3d`.")
    execution_limit = serializers.CharField()
    reopen_until = Moment(allow_null=True)
    silently_accepted = serializers.BooleanField(help_text="Accepted because nobody answered in time.")
    corrected = serializers.BooleanField(help_text="The status was set by hand at some time.")

    class Meta:
        ref_name = "Ticket"

    def told(self, ticket: Ticket) -> dict[str, Any]:
        return {
            **super().told(ticket),
            "requester": contacts(ticket.requester),
            "assignee": contacts(ticket.assignee),
            "text": ticket.text,
            "reaction_limit": str(ticket.reaction_limit),
            "execution_limit": str(ticket.execution_limit),
            "reopen_until": moment(ticket.reopen_until),
            "silently_accepted": ticket.silently_accepted,
            "corrected": ticket.corrected,
        }


class TicketPage(Counted):
    """A page of tickets."""

    results = TicketRow(many=True)


class TicketNew(Shape):
    """What it takes to register a ticket. A form (multipart) may bring files besides."""

    work_type = Id(help_text="The kind of work; see `/work-types`.")
    subject = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20_000)
    requester = Id(required=False, allow_null=True, help_text="Whose request it is; support only. Yours without it.")


def ticket_data(
    ticket: Ticket, user: access.Visitor, *, unread: dict[int, int], only: set[str] | None = None
) -> dict[str, Any]:
    """Return a ticket in full, as `user` may see it."""
    return dict(TicketShape(ticket, context={"user": user, "unread": unread, "only": only}).data)
