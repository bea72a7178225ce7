"""Decides how a calendar is tried while it is written, and how the holidays of a country and year get into it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from admin_ext.drafts import written
from admin_ext.forms.calendars import TrialForm
from admin_ext.pages import Page, signed_in
from admin_ext.week import look
from helpdesk import worktime
from helpdesk.actions import days_off, records
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import WorkCalendar
from helpdesk.moment import now
from helpdesk.whole_numbers import whole_number
from helpdesk.worktime import Limit

TEMPLATE = "admin_ext/records/calendar_look.html"


@require_POST
def calendar_trial(request: HttpRequest) -> HttpResponse:
    """Answer with the look of the calendar in the form, saved or not; a sentence says what it lacks. Nothing is written."""
    records.require_right(signed_in(request), WorkCalendar())
    year = year_of(request.POST.get("year", ""))
    row = WorkCalendar.objects.filter(pk=whole_number(request.POST.get("calendar")) or 0).first()
    form = TrialForm(request.POST)
    try:
        draft = written(request.POST, row, year)
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        at = form.cleaned_data["registered"]
        shown = look(
            draft, year=year, limit=Limit.parse(form.cleaned_data["limit"]),
            at=at.replace(tzinfo=draft.zone) if at else now(),
        )  # fmt: skip
    except ValidationError as error:
        return render(request, TEMPLATE, {"trouble": " ".join(error.messages)})
    except (worktime.NoWorkingTime, OverflowError):
        return render(request, TEMPLATE, {"trouble": _("The calendar has too little working time for this limit.")})
    return render(request, TEMPLATE, {"look": shown})


def year_of(text: str) -> int:
    """Return the year that is asked for, within what calendars know, or the present one."""
    asked = whole_number(text)
    return now().year if asked is None else min(max(asked, days_off.FIRST_YEAR), days_off.LAST_YEAR)


@require_POST
def calendar_holidays(request: HttpRequest, calendar: int) -> HttpResponse:
    """Enter the holidays of a country and year into a calendar and say how many there were."""
    found = WorkCalendar.objects.filter(pk=calendar).first()
    if found is None:
        raise Http404
    year, country = request.POST.get("year", ""), request.POST.get("country", "")
    try:
        filled = days_off.fill_holidays(actor=signed_in(request), calendar=found, country=country, year=year)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _said(filled))
    address = reverse("admin:helpdesk_workcalendar_change", args=[calendar])
    return HttpResponseRedirect(f"{address}?year={year_of(year)}")


def _said(filled: days_off.Filled) -> str:
    parts = []
    if filled.closed:
        text = ngettext("%(count)d holiday filled in.", "%(count)d holidays filled in.", filled.closed)
        parts.append(text % {"count": filled.closed})
    if filled.worked:
        text = ngettext(
            "%(count)d day of rest is worked instead.", "%(count)d days of rest are worked instead.", filled.worked
        )
        parts.append(text % {"count": filled.worked})
    return " ".join(parts) or _("All these holidays are in the calendar already.")


PAGES = [
    Page("calendar_trial", "calendars/trial/", calendar_trial),
    Page("calendar_holidays", "calendars/<int:calendar>/holidays/", calendar_holidays),
]
