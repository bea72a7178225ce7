"""Decides how working calendars are kept in the panel: a week of hours, dated exceptions, holidays of a country."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.records import ExceptionForm, IntervalForm, IntervalFormSet
from admin_ext.mixins.records import RecordAdmin, RecordInline
from admin_ext.week import week_of
from helpdesk.models import CalendarException, CalendarInterval, WorkCalendar


class IntervalInline(RecordInline):
    """Working hours by weekday."""

    model = CalendarInterval
    form = IntervalForm
    formset = IntervalFormSet
    fields = ("weekday", "start", "end")


class ExceptionInline(RecordInline):
    """Dates that differ."""

    model = CalendarException
    form = ExceptionForm
    fields = ("date", "start", "end", "note")


@admin.register(WorkCalendar)
class WorkCalendarAdmin(RecordAdmin):
    """Calendars by which deadlines are counted."""

    hint = _("When a line works. Deadlines are counted by the calendar of the line.")
    icon = "calendar-days"
    list_display = ("name", "time_zone", "always_open")
    search_fields = ("name",)
    fields = ("name", "time_zone", "always_open")
    inlines = (IntervalInline, ExceptionInline)
    change_form_template = "admin_ext/records/calendar.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        calendar = kwargs.get("obj")
        if isinstance(calendar, WorkCalendar) and calendar.pk:
            context["week"] = week_of(calendar)
        return super().render_change_form(request, context, *args, **kwargs)
