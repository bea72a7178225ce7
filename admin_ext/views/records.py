"""Decides how the holidays of a country and year get into a calendar from its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from admin_ext.pages import Page
from helpdesk.actions import records
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User, WorkCalendar


@require_POST
def calendar_holidays(request: HttpRequest, calendar: int) -> HttpResponse:
    """Close the public holidays in a calendar and say how many there were."""
    found = WorkCalendar.objects.filter(pk=calendar).first()
    user = request.user
    if found is None or not isinstance(user, User):
        raise Http404
    year, country = request.POST.get("year", ""), request.POST.get("country", "")
    try:
        added = records.fill_holidays(actor=user, calendar=found, country=country, year=year)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    except records.ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        text = ngettext("%(count)d holiday filled in.", "%(count)d holidays filled in.", added) % {"count": added}
        messages.success(request, text if added else _("All these holidays are in the calendar already."))
    return HttpResponseRedirect(reverse("admin:helpdesk_workcalendar_change", args=[calendar]))


PAGES = [Page("calendar_holidays", "calendars/<int:calendar>/holidays/", calendar_holidays)]
