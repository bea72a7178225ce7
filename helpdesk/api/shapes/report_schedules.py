"""Decides what is told of reports by mail, and what is taken to make or change one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk.actions.report_schedules import MOST_RECIPIENTS
from helpdesk.actions.report_sendings import HINDRANCES, upcoming
from helpdesk.api.shapes.parts import Id, Moment, Named, PersonBrief, Shape
from helpdesk.models import Priority, ReportEvery, ReportSchedule

EVERY = "`week`: the week before, Monday to Sunday; `month`: the month before."
WEEKDAY = "0 is Monday; for `week`."
DAY = "1 to 31, in a shorter month its last day; for `month`."
HOUR = "By the clock of the desk."


class ReportSkipped(Shape):
    """A reader who got none, and why."""

    person = Id()
    reason = serializers.ChoiceField(choices=list(HINDRANCES))


class ReportSendingShape(Shape):
    """A period that went out, and what became of its letters."""

    first = serializers.DateField()
    last = serializers.DateField()
    written_at = Moment()
    sent = serializers.IntegerField()
    waiting = serializers.IntegerField()
    given_up = serializers.IntegerField()
    skipped = ReportSkipped(many=True)


class ReportScheduleShape(Shape):
    """A report by mail."""

    id = Id()
    name = serializers.CharField()
    every = serializers.ChoiceField(choices=ReportEvery.values, help_text=EVERY)
    weekday = serializers.IntegerField(help_text=WEEKDAY)
    day = serializers.IntegerField(help_text=DAY)
    hour = serializers.IntegerField(help_text=HOUR)
    line = Named(allow_null=True)
    service = Named(allow_null=True)
    work_type = Named(allow_null=True)
    assignee = PersonBrief(allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.values, allow_null=True)
    recipients = PersonBrief(many=True)
    active = serializers.BooleanField(source="is_active")
    owner = PersonBrief()
    next_at = serializers.SerializerMethodField(help_text="When it goes out next, in UTC; null while nothing is sent.")
    last_sending = serializers.SerializerMethodField(help_text="Null before the first one.")

    class Meta:
        ref_name = "ReportSchedule"

    def get_next_at(self, schedule: ReportSchedule) -> str | None:
        turn = upcoming(schedule)
        return str(Moment().to_representation(turn.at)) if turn else None

    def get_last_sending(self, schedule: Any) -> dict[str, Any] | None:
        if not schedule.recent:
            return None
        newest = schedule.recent[0]
        skipped = [{"person": person, "reason": code} for person, code in newest.skipped]
        told = {"first": newest.first, "last": newest.last, "written_at": newest.made_at, "sent": newest.sent,
                "waiting": newest.waiting, "given_up": newest.lost, "skipped": skipped}  # fmt: skip
        return dict(ReportSendingShape(told).data)

    get_last_sending.shape_of_one = ReportSendingShape  # type: ignore[attr-defined]  # for the documentation


class ReportScheduleEdit(Shape):
    """What can be changed of a report by mail; ids where a row is named."""

    name = serializers.CharField(required=False, max_length=100)
    every = serializers.ChoiceField(required=False, choices=ReportEvery.values, help_text=EVERY)
    weekday = serializers.IntegerField(required=False, min_value=0, max_value=6, help_text=WEEKDAY)
    day = serializers.IntegerField(required=False, min_value=1, max_value=31, help_text=DAY)
    hour = serializers.IntegerField(required=False, min_value=0, max_value=23, help_text=HOUR)
    line = Id(required=False, allow_null=True, source="line_id")
    service = Id(required=False, allow_null=True, source="service_id")
    work_type = Id(required=False, allow_null=True, source="work_type_id")
    assignee = Id(required=False, allow_null=True, source="assignee_id")
    priority = serializers.ChoiceField(required=False, allow_null=True, choices=Priority.values)
    recipients = serializers.ListField(
        required=False, child=Id(), min_length=1, max_length=MOST_RECIPIENTS, help_text="Ids of active people who may see reports."
    )  # fmt: skip
    active = serializers.BooleanField(required=False, source="is_active", help_text="False pauses it.")


class ReportScheduleNew(ReportScheduleEdit):
    """A report by mail to make."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, Any] = super().get_fields()
        fields["name"].required = fields["recipients"].required = True
        return fields
