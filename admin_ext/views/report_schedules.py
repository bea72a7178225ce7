"""Decides the pages about one report by mail beside its form: the log of its sendings, and a letter at once to who asks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from admin_ext.pages import Page, signed_in
from admin_ext.report_words import outcome, reason
from helpdesk.actions import report_schedules, report_sendings
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.mailing.report_letters import stretch_of
from helpdesk.models import ReportSchedule, User

PER_PAGE = 25


@require_GET
def sendings(request: HttpRequest, schedule: int) -> HttpResponse:
    """Show which periods of a report went out, to how many, and who got none and why."""
    found = _found(request, schedule)
    page = Paginator(report_sendings.log_of(found), PER_PAGE).get_page(request.GET.get("page"))
    names = User.objects.in_bulk({pk for sending in page for pk, _code in sending.skipped})
    rows = [
        {
            "sending": sending, "label": stretch_of(sending).label, "outcome": outcome(sending),
            "skipped": [(names.get(pk), reason(code)) for pk, code in sending.skipped],
        }
        for sending in page
    ]  # fmt: skip
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Sendings"),
        "schedule": found,
        "page": page,
        "rows": rows,
    }
    return TemplateResponse(request, "admin_ext/report_schedules/sendings.html", context)


@require_POST
def send_now(request: HttpRequest, schedule: int) -> HttpResponse:
    """Send the newest report to the person who asks."""
    found = _found(request, schedule)
    try:
        letter = report_sendings.send_now(actor=signed_in(request), schedule=found)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The report is on its way to %(email)s.") % {"email": letter.person.email})
    return HttpResponseRedirect(reverse("admin:report_sendings", args=[schedule]))


def _found(request: HttpRequest, pk: int) -> ReportSchedule:
    try:
        return report_schedules.one(actor=signed_in(request), pk=pk)
    except NotFound as error:
        raise Http404 from error


PAGES = [
    Page("report_sendings", "helpdesk/reportschedule/<int:schedule>/sendings/", sendings),
    Page("report_send_now", "helpdesk/reportschedule/<int:schedule>/send/", send_now),
]
