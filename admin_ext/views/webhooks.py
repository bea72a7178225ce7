"""Decides the pages about one webhook beside its form: its secret, shown once, and the log of its deliveries."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from admin_ext.forms.webhooks import LABELS
from admin_ext.pages import Page, signed_in
from helpdesk.actions import webhooks
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import Webhook, WebhookDelivery
from helpdesk.moment import now
from helpdesk.notify.webhooks import secret_of

PER_PAGE = 50
_SHOWN_ONCE = "webhook_secret"


def show_secret_once(request: HttpRequest, webhook: Webhook) -> None:
    """Let the next look at the secret page show the secret of `webhook`; the secret itself is kept nowhere."""
    request.session[_SHOWN_ONCE] = webhook.pk


def secret(request: HttpRequest, webhook: int) -> HttpResponse:
    """Show a secret that was just made, once; make a new one on POST."""
    found = _found(request, webhook)
    if request.method == "POST":
        webhooks.rotate(actor=signed_in(request), webhook=found)
        show_secret_once(request, found)
        return HttpResponseRedirect(reverse("admin:webhook_secret", args=[webhook]))
    fresh = request.session.get(_SHOWN_ONCE) == found.pk
    if fresh:
        del request.session[_SHOWN_ONCE]
    context = {
        **admin.site.each_context(request),
        "title": _("Secret"),
        "webhook": found,
        "secret": secret_of(found) if fresh else "",
    }
    return TemplateResponse(request, "admin_ext/webhooks/secret.html", context)


@require_GET
def deliveries(request: HttpRequest, webhook: int) -> HttpResponse:
    """Show how the deliveries of a webhook went, by state."""
    found = _found(request, webhook)
    state = request.GET.get("state", "")
    state = state if state in WebhookDelivery.State.values else ""
    rows = webhooks.deliveries(actor=signed_in(request), webhook=found, state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    states = [("", _("All"), state == "")]
    states += [(name, str(label), name == state) for name, label in WebhookDelivery.State.choices]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Deliveries"),
        "webhook": found,
        "page": page,
        "rows": [(row, LABELS.get(row.kind, row.kind)) for row in page],
        "states": states,
        "rests": found.rest_until if found.rest_until and found.rest_until > now() else None,
    }
    return TemplateResponse(request, "admin_ext/webhooks/deliveries.html", context)


@require_POST
def trial(request: HttpRequest, webhook: int) -> HttpResponse:
    """Send a trial."""
    found = _found(request, webhook)
    try:
        webhooks.try_out(actor=signed_in(request), webhook=found)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("A trial is on its way. Reload the page to see how it went."))
    return _to_log(webhook)


@require_POST
def again(request: HttpRequest, webhook: int, delivery: int) -> HttpResponse:
    """Send one delivery again."""
    found = _found(request, webhook)
    try:
        webhooks.send_again(actor=signed_in(request), webhook=found, delivery_id=delivery)
    except NotFound as error:
        raise Http404 from error
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("It will be sent again."))
    return _to_log(webhook)


@require_POST
def lost_again(request: HttpRequest, webhook: int) -> HttpResponse:
    """Send everything again that was given up."""
    count = webhooks.send_lost_again(actor=signed_in(request), webhook=_found(request, webhook))
    text = ngettext("%(count)d delivery will be sent again.", "%(count)d deliveries will be sent again.", count)
    messages.success(request, text % {"count": count})
    return _to_log(webhook)


def _found(request: HttpRequest, pk: int) -> Webhook:
    try:
        return webhooks.one(actor=signed_in(request), pk=pk)
    except NotFound as error:
        raise Http404 from error


def _to_log(webhook: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:webhook_deliveries", args=[webhook]))


PAGES = [
    Page("webhook_secret", "webhooks/<int:webhook>/secret/", secret),
    Page("webhook_deliveries", "webhooks/<int:webhook>/deliveries/", deliveries),
    Page("webhook_trial", "webhooks/<int:webhook>/trial/", trial),
    Page("webhook_lost_again", "webhooks/<int:webhook>/lost/", lost_again),
    Page("webhook_again", "webhooks/<int:webhook>/deliveries/<int:delivery>/again/", again),
]
