"""Decides how working calendars are kept in the panel: a week of hours, the dates of a year that differ, a trial."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from admin_ext import drafts
from admin_ext.countries import countries_with_holidays, country_of_zone
from admin_ext.forms.calendars import ExceptionForm, ExceptionFormSet, IntervalForm, IntervalFormSet, TrialForm
from admin_ext.mixins.records import RecordAdmin, RecordInline
from admin_ext.views.calendars import year_of
from admin_ext.week import look
from helpdesk.actions import records
from helpdesk.models import CalendarException, CalendarInterval, WorkCalendar
from helpdesk.moment import now
from helpdesk.worktime import Limit, NoWorkingTime


class IntervalInline(RecordInline):
    """Working hours by weekday."""

    model = CalendarInterval
    form = IntervalForm
    formset = IntervalFormSet
    fields = ("weekday", "start", "end")


class ExceptionInline(RecordInline):
    """Dates that differ, of the year that is shown."""

    model = CalendarException
    form = ExceptionForm
    formset = ExceptionFormSet
    fields = ("date", "start", "end", "note")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # There is an instance of the inline for each request.
        year = year_of(request.GET.get("year", ""))
        self.verbose_name_plural = gettext("Dates of %(year)d that differ") % {"year": year}
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarException]:
        return super().get_queryset(request).filter(date__year=year_of(request.GET.get("year", "")))


@admin.register(WorkCalendar)
class WorkCalendarAdmin(RecordAdmin):
    """Calendars by which deadlines are counted."""

    hint = _("When a line works. Deadlines are counted by the calendar of the line.")
    icon = "calendar-days"
    list_display = ("name", "time_zone", "always_open")
    search_fields = ("name",)
    fields = ("name", "time_zone", "always_open")
    inlines = (IntervalInline, ExceptionInline)
    change_list_template = "admin_ext/records/calendars.html"
    change_form_template = "admin_ext/records/calendar.html"
    add_form_template = "admin_ext/records/calendar.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        year = year_of(request.GET.get("year", ""))
        context |= {"year": year, "trial": TrialForm()}
        calendar = kwargs.get("obj")
        if isinstance(calendar, WorkCalendar) and calendar.pk:
            context |= {
                "countries": countries_with_holidays(),
                "country": country_of_zone(calendar.time_zone),
                "look": _look(calendar, year),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        records.require_countable(form.instance)

    def response_change(self, request: HttpRequest, obj: WorkCalendar) -> HttpResponse:
        """Stay in the year that was shown."""
        answer = super().response_change(request, obj)
        if "_continue" in request.POST and isinstance(answer, HttpResponseRedirect) and "year" in request.GET:
            return HttpResponseRedirect(f"{request.path}?year={year_of(request.GET['year'])}")
        return answer


def _look(calendar: WorkCalendar, year: int) -> Any:
    """The look of a saved calendar; None when it has no hours."""
    try:
        return look(
            drafts.stored(calendar), at=now(), limit=Limit.parse(TrialForm.base_fields["limit"].initial), year=year
        )
    except NoWorkingTime:
        return None
