"""Decides what is told of the catalog, the lines, oneself, what is unread, and what happens on the desk."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk import access
from helpdesk.api.shapes.parts import Coded, Id, Moment, Named, PersonBrief, Shape
from helpdesk.models import Language, Priority, ServiceIcon, Theme, WorkType


class WorkTypeShape(Coded):
    """A kind of work with its limits."""

    description = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=WorkType.Kind.values)
    priority = serializers.ChoiceField(choices=Priority.values)
    service = Coded()
    line = serializers.SerializerMethodField(help_text="Null: the default line; always null for requesters.")
    reaction_limit = serializers.CharField(help_text="An amount and a unit: `30m`, `4h`, `2bd`, `3d`.")
    execution_limit = serializers.CharField()
    active = serializers.BooleanField(source="is_active")

    class Meta:
        ref_name = "WorkType"

    def get_line(self, kind: WorkType) -> dict[str, Any] | None:
        return dict(Named(kind.line).data) if kind.line and self.context["sees_lines"] else None

    get_line.shape_of_one = Named  # type: ignore[attr-defined]  # for the documentation


class ServiceShape(Coded):
    """A service."""

    description = serializers.CharField(allow_blank=True)
    icon = serializers.ChoiceField(choices=ServiceIcon.values)
    active = serializers.BooleanField(source="is_active")

    class Meta:
        ref_name = "Service"


class LineShape(Named):
    """A support line."""

    description = serializers.CharField(allow_blank=True)
    default = serializers.BooleanField(source="is_default", help_text="Requests of no other line land here.")
    active = serializers.BooleanField(source="is_active")
    my_role = serializers.SerializerMethodField(help_text="`member`, `lead`, or null.")

    class Meta:
        ref_name = "Line"

    def get_my_role(self, line: Any) -> str | None:
        roles = access.roles_of(self.context["user"])
        if line.pk in roles.led:
            return "lead"
        return "member" if line.pk in roles.lines else None


class MyLine(Named):
    """A line one belongs to."""

    role = serializers.ChoiceField(choices=("member", "lead"))


class MeShape(Shape):
    """Oneself."""

    id = Id()
    username = serializers.CharField()
    name = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    language = serializers.ChoiceField(choices=Language.values, help_text="Empty: as in the browser.")
    theme = serializers.ChoiceField(choices=Theme.values)
    time_zone = serializers.CharField(allow_blank=True)
    groups = serializers.ListField(child=serializers.CharField())
    lines = MyLine(many=True)
    rights = serializers.ListField(child=serializers.CharField(), help_text="Powers that depend on no ticket.")
    scopes = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Of the token in use; null for a session."
    )

    class Meta:
        ref_name = "Me"


class MeEdit(Shape):
    """What one may change of oneself."""

    first_name = serializers.CharField(required=False, max_length=150)
    last_name = serializers.CharField(required=False, max_length=150)
    department = serializers.CharField(required=False, max_length=150, allow_blank=True)
    phone = serializers.CharField(required=False, max_length=40, allow_blank=True)
    language = serializers.ChoiceField(required=False, choices=Language.values, allow_blank=True)
    theme = serializers.ChoiceField(required=False, choices=Theme.values)
    time_zone = serializers.CharField(required=False, max_length=64, allow_blank=True)


class InboxItem(Shape):
    """Something unread: a message addressed to you, or a notice."""

    sort = serializers.ChoiceField(choices=("message", "notice"))
    ticket = Id()
    subject = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    author = PersonBrief(allow_null=True)
    at = Moment()
    message = Id(allow_null=True)
    internal = serializers.BooleanField()


class InboxShape(Shape):
    """What is unread, newest first; at most fifty messages and fifty notices."""

    unread = serializers.IntegerField(help_text="How many there are in all.")
    results = InboxItem(many=True)

    class Meta:
        ref_name = "Inbox"


class ReadNew(Shape):
    """What has been read."""

    ticket = Id()
    upto = Id(required=False, allow_null=True, help_text="The last message that was read; all without it.")


class ReadDone(Shape):
    """How many messages were unread before, and what is unread now."""

    marked = serializers.IntegerField()
    unread = serializers.IntegerField()


class LineCounter(Shape):
    """New requests of a line."""

    line = Named()
    new = serializers.IntegerField()


class CountersShape(Shape):
    """The live numbers of the side menu."""

    lines = LineCounter(many=True)
    assigned = serializers.IntegerField(help_text="Your own work.")
    waiting_for_me = serializers.IntegerField(help_text="Your requests with a question or a result to judge.")
    unread = serializers.IntegerField()

    class Meta:
        ref_name = "Counters"


class EventShape(Shape):
    """Something that happened to a ticket you see."""

    id = Id()
    kind = serializers.CharField(help_text="`register`, `message`, `note`, `overdue`, … or the name of an action.")
    at = Moment()
    ticket = Id(source="ticket_id")
    actor = PersonBrief(allow_null=True, help_text="Null for the system.")
    internal = serializers.BooleanField()
    message = serializers.SerializerMethodField(help_text="The id of the message; null for other kinds.")
    status_before = serializers.SerializerMethodField(help_text="The status before an action; null for other kinds.")

    class Meta:
        ref_name = "Event"

    def get_message(self, event: Any) -> int | None:
        value = event.data.get("message")
        return value if isinstance(value, int) else None

    def get_status_before(self, event: Any) -> str | None:
        before = event.data.get("before")
        return str(before["status"]) if isinstance(before, dict) and "status" in before else None

    get_status_before.nullable_type = "string"  # type: ignore[attr-defined]


class EventPage(Shape):
    """Events in order. Keep `last` and send it as `after` the next time: nothing is told twice, nothing is left out."""

    last = serializers.IntegerField(help_text="The id to go on from.")
    more = serializers.BooleanField(help_text="Whether to ask again at once.")
    results = EventShape(many=True)
