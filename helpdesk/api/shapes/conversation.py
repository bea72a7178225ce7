"""Decides what is told of messages, files, history and clocks of a ticket, and what is taken to write a message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from helpdesk.api.shapes.parts import Id, Moment, PersonBrief, Shape
from helpdesk.clocks.explain import Step
from helpdesk.models import Attachment, ClockEventKind, ClockKind, ClockState

SORTS = ("transition", "message", "note", "rating", "file")


class FileShape(Shape):
    """A file. It is downloaded from `/tickets/{number}/files/{id}`."""

    id = Id()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    message = Id(source="message_id", allow_null=True, help_text="Null for a file of the request itself.")
    created_at = Moment()

    class Meta:
        ref_name = "File"


class Recipient(Shape):
    """Whom a message is addressed to."""

    person = PersonBrief()
    read_at = Moment(allow_null=True)


class MessageShape(Shape):
    """A message, or an internal note."""

    id = Id()
    author = PersonBrief()
    text = serializers.CharField(allow_blank=True, help_text="Plain text; nothing in it is markup.")
    internal = serializers.BooleanField(source="is_internal", help_text="Seen by support only.")
    action = serializers.CharField(allow_blank=True, help_text="The action that said it, such as `ask`.")
    to = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    created_at = Moment()
    edited_at = Moment(allow_null=True)

    class Meta:
        ref_name = "Message"

    def get_to(self, message: Any) -> list[Any]:
        return list(Recipient(message.addressed.all(), many=True).data)

    def get_files(self, message: Any) -> list[Any]:
        files: dict[int, list[Attachment]] = self.context["files"]
        return list(FileShape(files.get(message.pk, []), many=True).data)

    get_to.shape = Recipient  # type: ignore[attr-defined]  # for the documentation
    get_files.shape = FileShape  # type: ignore[attr-defined]


class MessagePage(Shape):
    """A page of messages, oldest first."""

    count = serializers.IntegerField(required=False)
    next = serializers.URLField(allow_null=True)
    results = MessageShape(many=True)


class MessageNew(Shape):
    """A message to post. A form (multipart) may bring files, and then needs no text."""

    text = serializers.CharField(max_length=20_000, required=False, allow_blank=True, default="")
    internal = serializers.BooleanField(required=False, default=False, help_text="An internal note; support only.")
    to = serializers.ListField(
        child=Id(), required=False, allow_null=True, default=None, max_length=200,
        help_text="Ids of people; the other side of the conversation without it.",
    )  # fmt: skip


class MessageEdit(Shape):
    """The new text of one's own message."""

    text = serializers.CharField(max_length=20_000)


class FieldChange(Shape):
    """A field with its old and new value in words."""

    field = serializers.CharField(source="name")
    label = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)

    class Meta:
        ref_name = "Change"


class HistoryMoment(Shape):
    """One thing that happened to a ticket."""

    at = Moment()
    sort = serializers.ChoiceField(choices=SORTS)
    action = serializers.CharField(allow_blank=True, help_text="The name of the action; empty for other sorts.")
    title = serializers.CharField(help_text="In the language of the request.")
    who = PersonBrief(allow_null=True, help_text="Null for the system.")
    text = serializers.CharField(allow_blank=True, help_text="Reason, message or comment.")
    status = serializers.CharField(allow_blank=True, help_text="The status after a transition.")
    changes = FieldChange(many=True)
    correction = serializers.BooleanField(source="is_correction")
    internal = serializers.BooleanField(source="is_internal")
    rating = serializers.SerializerMethodField()
    message = Id(allow_null=True)
    files = FileShape(many=True)

    def get_rating(self, moment: Any) -> int | None:
        return moment.value or None


class ClockDay(Shape):
    """What was counted on one local date."""

    date = serializers.DateField()
    last = serializers.DateField(
        allow_null=True, help_text="Set where the rest of a long stretch is told as one: its last day."
    )
    counted_seconds = serializers.SerializerMethodField()
    note = serializers.CharField(allow_blank=True, help_text="Why the day is special, such as a holiday.")

    def get_counted_seconds(self, day: Any) -> int:
        return _seconds(day.counted)


class ClockStep(Shape):
    """A line of the ledger of a clock, and the time counted from it to the next line or to the due time."""

    event = serializers.ChoiceField(source="event.kind", choices=ClockEventKind.values)
    at = Moment(source="event.at")
    actor = serializers.SerializerMethodField(help_text="For support only; null for the system.")
    reason = serializers.SerializerMethodField(help_text="For support only.")
    due_at = Moment(source="event.due_at", allow_null=True)
    until = Moment(allow_null=True)
    limits = serializers.ListField(
        child=serializers.CharField(), source="event.detail.limits", help_text="The limits that held after it."
    )
    ahead = serializers.BooleanField(help_text="The time still lies ahead.")
    counted_seconds = serializers.SerializerMethodField()
    days = ClockDay(many=True)

    def get_actor(self, step: Step) -> dict[str, Any] | None:
        actor = step.event.actor
        return dict(PersonBrief(actor).data) if actor and self.context["support"] else None

    def get_reason(self, step: Step) -> str:
        return step.event.reason if self.context["support"] else ""

    def get_counted_seconds(self, step: Step) -> int:
        return _seconds(step.counted)

    get_actor.shape_of_one = PersonBrief  # type: ignore[attr-defined]


class ClockShape(Shape):
    """A clock of a ticket and why it has the due time it has."""

    kind = serializers.ChoiceField(source="clock.kind", choices=ClockKind.values)
    label = serializers.CharField(source="clock.get_kind_display")
    state = serializers.ChoiceField(source="clock.state", choices=ClockState.values)
    limits = serializers.ListField(child=serializers.CharField(), source="clock.limits", help_text="`30m`, `2bd`.")
    calendar = serializers.CharField(allow_blank=True, help_text="Empty: around the clock.")
    time_zone = serializers.CharField(source="zone")
    started_at = Moment(source="clock.started_at")
    due_at = Moment(source="clock.due_at", allow_null=True, help_text="Null while paused or stopped.")
    met_at = Moment(source="clock.met_at", allow_null=True)
    breached_at = Moment(source="clock.breached_at", allow_null=True)
    steps = ClockStep(many=True)

    class Meta:
        ref_name = "Clock"


def _seconds(amount: timedelta) -> int:
    return int(amount.total_seconds())
