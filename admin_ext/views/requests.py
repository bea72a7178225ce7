"""Decides how a request is filed in the panel: a service, then its form; and how an agent gets the next one."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admin_ext import service_cards
from admin_ext.forms.requests import RequestForm
from admin_ext.pages import Page, signed_in
from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import attachments, registration, work
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import BrowserSession, Service, Ticket, User, WorkType

_SENT = "sent_requests"
_REMEMBERED = 20


def new_request(request: HttpRequest) -> HttpResponse:
    """Answer with the catalog as cards, first what the person asks for; the search over them knows the kinds of work too."""
    user = signed_in(request)
    services = access.visible_services(user).filter(is_active=True)
    kinds = WorkType.objects.filter(service__in=services, is_active=True).select_related("service")
    cards: dict[int, Service] = {}
    for kind in kinds.order_by("name"):
        service = cards.setdefault(kind.service_id, kind.service)
        # What the search over the cards looks at besides the card's own words; only the template reads it.
        vars(service)["words"] = f"{vars(service).get('words', '')} {kind.name} {kind.description}"
    shown = service_cards.ordered(user, cards.values())
    context = {**admin.site.each_context(request), "title": _("New request"), "services": shown}
    return TemplateResponse(request, "admin_ext/requests/catalog.html", context)


def new_request_form(request: HttpRequest, service: int) -> HttpResponse:
    """Show the form of a service; on POST register the request and go to its page."""
    chosen = access.visible_services(request.user).filter(pk=service, is_active=True).first()
    user = request.user
    if chosen is None or not isinstance(user, User):
        raise Http404
    if request.method != "POST":
        return _form_page(request, chosen, RequestForm(chosen, user), secrets.token_urlsafe(12))
    form, sending = RequestForm(chosen, user, request.POST), Sending.of(request)
    form.is_valid()
    with transaction.atomic():
        number = sending.number()
        if number is not None:
            messages.info(request, _("This request has been registered already: #%(number)d.") % {"number": number})
            return HttpResponseRedirect(reverse("admin:helpdesk_ticket_change", args=[number]))
        ticket = _registered(request, user, form) if form.is_valid() else None
        if ticket is not None:
            sending.remember(ticket.pk)
    if ticket is None:
        return _form_page(request, chosen, form, sending.token)
    messages.success(request, _thanks(ticket))
    return HttpResponseRedirect(reverse("admin:helpdesk_ticket_change", args=[ticket.pk]))


@dataclass(frozen=True)
class Sending:
    """One form on its way: the token it was drawn with and what is written in it. Sent twice, it makes one request.

    A form that comes back by the browser's "back" and is filled in anew is another sending, whatever its token.
    """

    request: HttpRequest
    token: str
    content: str

    @classmethod
    def of(cls, request: HttpRequest) -> Sending:
        """Return what `request` sends."""
        values = "\n".join(request.POST.get(name, "") for name in ("work_type", "subject", "text", "requester"))
        content = hashlib.sha256(f"{request.path}\n{values}".encode(errors="replace")).hexdigest()[:16]
        return cls(request, request.POST.get("token", "")[:40], content)

    def _sent(self) -> dict[str, int]:
        """Return what this session has sent. Its row stays locked, so that the same form sent at once waits here."""
        session = self.request.session
        BrowserSession.objects.select_for_update().filter(pk=session.session_key).first()
        known: dict[str, int] = type(session)(session.session_key).get(_SENT, {})
        return known

    def number(self) -> int | None:
        """Return the request this form has made already; None when it comes for the first time."""
        return self._sent().get(f"{self.token}:{self.content}") if self.token else None

    def remember(self, number: int) -> None:
        """Keep in the session what the form has made, in the transaction that made it."""
        if self.token:
            latest = dict(list(self._sent().items())[-_REMEMBERED:])
            self.request.session[_SENT] = {**latest, f"{self.token}:{self.content}": number}
            self.request.session.save()


def _registered(request: HttpRequest, user: User, form: RequestForm) -> Ticket | None:
    try:
        return registration.register(
            actor=user,
            work_type=form.cleaned_data["work_type"],
            subject=form.cleaned_data["subject"],
            text=form.cleaned_data["text"],
            requester=form.cleaned_data["requester"],
            files=request.FILES.getlist("files"),
        )
    except ActionRefused as refusal:
        form.add_error(None, str(refusal.reason))
    except ValidationError as error:
        known = {name: found for name, found in error.message_dict.items() if name in form.fields}
        form.add_error(None, ValidationError(known) if known else ValidationError([]))
        form.file_errors = error.message_dict.get("files", [])  # type: ignore[attr-defined]  # read by the template
    return None


def _form_page(request: HttpRequest, service: Service, form: RequestForm, token: str) -> HttpResponse:
    chosen = form.cleaned_data.get("requester") if form.is_bound and hasattr(form, "cleaned_data") else None
    context = {
        **admin.site.each_context(request),
        "title": service.name,
        "service": service,
        "form": form,
        "token": token,
        "for_others": access.has_right(request.user, Right.REGISTER_FOR_OTHERS),
        "chosen_person": chosen if isinstance(chosen, User) else None,
        "typed_person": form.data.get("person", "")[:100],
        "allowed_files": ",".join(attachments.ALLOWED),
        "most_files": attachments.MAX_FILES,
        "most_bytes": attachments.MAX_BYTES,
        "had_files": bool(request.FILES),
    }
    return TemplateResponse(request, "admin_ext/requests/form.html", context, status=422 if form.is_bound else 200)


def _thanks(ticket: Ticket) -> str:
    registered = _("Request #%(number)d is registered.") % {"number": ticket.pk}
    if ticket.due_at is None:
        return registered
    due = date_format(localtime(ticket.due_at), "SHORT_DATETIME_FORMAT")
    expected = _("Support will react by %(due)s.") % {"due": due}
    return f"{registered} {expected}"


def people_search(request: HttpRequest) -> HttpResponse:
    """Answer with the colleagues whose name, login or e-mail begins with what was typed."""
    query = request.GET.get("person", "").strip()[:100]
    found = []
    if len(query) >= 2:
        condition = Q()
        for word in query.split()[:3]:
            for_word = Q(username__startswith=word.lower()) | Q(email__startswith=word.lower())
            # Beginnings as a name is written, because databases disagree on what is the same letter.
            for shown in {word[:1].upper() + word[1:], word.capitalize()}:
                for_word |= Q(last_name__startswith=shown) | Q(first_name__startswith=shown)
            condition &= for_word
        found = list(access.colleagues(request.user).filter(condition)[:8])
    context = {"people": found, "query": query}
    return TemplateResponse(request, "admin_ext/requests/people.html", context)


@require_POST
def next_ticket(request: HttpRequest) -> HttpResponse:
    """Give an agent the most urgent untaken ticket of his lines."""
    try:
        ticket = work.take_next(actor=signed_in(request))
    except ActionRefused as refusal:
        raise PermissionDenied(refusal.reason) from refusal
    if ticket is None:
        messages.info(request, _("There is no new request on your lines."))
        return HttpResponseRedirect(reverse("admin:helpdesk_ticket_changelist"))
    messages.success(request, _("Request #%(number)d is yours now.") % {"number": ticket.pk})
    return HttpResponseRedirect(reverse("admin:helpdesk_ticket_change", args=[ticket.pk]))


PAGES = [
    Page("new_request", "new/", new_request, everybody=True),
    Page("people_search", "new/people/", people_search),
    Page("new_request_form", "new/<int:service>/", new_request_form, everybody=True),
    Page("next_ticket", "next/", next_ticket),
]
