"""Decides how the event log of tickets is handed out from the analytics page: with its period and filters, piece by piece."""

from __future__ import annotations

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from admin_ext.pages import Page, signed_in
from helpdesk.reports import event_log, period, scope


@require_GET
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Hand out what happened to the tickets registered in the period, as csv or XES."""
    user = signed_in(request)
    stretch = period.read(request.GET)
    if form not in event_log.WRITERS:
        raise Http404
    tickets = event_log.to_take_out(user, scope.read(user, request.GET), stretch, form=form)
    answer = StreamingHttpResponse(
        event_log.WRITERS[form](event_log.events(tickets)), content_type=event_log.TYPES[form]
    )
    dates = f"{date_format(stretch.first, 'Y-m-d')}–{date_format(stretch.last, 'Y-m-d')}"
    name = f"{_('Event log')} {dates}.{form}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


PAGES = [Page("event_log", "analytics/event-log.<slug:form>", export)]
