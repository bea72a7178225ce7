"""Decides the page on which a person takes out everything the desk holds about him, and an administrator that of anybody."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admin_ext.pages import Page, signed_in
from helpdesk import own_data
from helpdesk.actions import data_requests
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import User


@require_http_methods(["GET", "POST"])
def take_out(request: HttpRequest, somebody: int | None = None) -> HttpResponseBase:
    """Say what is in the file; on POST hand it out while it is made."""
    person = _whose(request, somebody)
    if request.method == "GET":
        return _page(request, person)
    try:
        data_requests.take_out(actor=signed_in(request), person_id=person.pk)
    except ActionRefused as refusal:
        return _page(request, person, str(refusal.reason))
    pieces = own_data.pieces(person, language=get_language() or "en")
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    name = f"{_('Data')} {person.username}.zip"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _whose(request: HttpRequest, number: int | None) -> User:
    try:
        return data_requests.whose(actor=signed_in(request), person_id=number)
    except NotFound as error:
        raise Http404 from error


def _page(request: HttpRequest, person: User, error: str = "") -> HttpResponse:
    is_own = person == request.user
    context = {
        **admin.site.each_context(request),
        "title": _("Your data") if is_own else _("Data of %(person)s") % {"person": person},
        "person": person,
        "is_own": is_own,
        "sections": [section.title for section in own_data.SECTIONS],
        "most": data_requests.MOST,
        "error": error,
    }
    return TemplateResponse(request, "admin_ext/people/own_data.html", context, status=429 if error else 200)


PAGES = [
    Page("own_data", "profile/data/", take_out, everybody=True, fresh=True),
    Page("data_of_person", "people/<int:somebody>/data/", take_out, fresh=True),
]
