"""Decides how webhooks are kept in the panel: which program hears of what, and whether it still answers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.webhooks import WebhookForm
from admin_ext.mixins.records import Switchable
from admin_ext.pages import signed_in
from admin_ext.views.webhooks import show_secret_once
from helpdesk.actions import webhooks
from helpdesk.models import Webhook


@admin.register(Webhook)
class WebhookAdmin(Switchable):
    """Addresses of other programs that hear of events."""

    hint = _("Programs that are told at once what happens to requests. A webhook hears what its owner may see.")
    icon = "share-2"
    form = WebhookForm
    change_form_template = "admin_ext/webhooks/form.html"
    list_display = ("name", "address", "owner", "log", "is_active")
    list_select_related = ("owner",)
    search_fields = ("name", "address")
    fields = ("name", "address", "events", "lines", "sees_internal", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return webhooks.visible(request.user).select_related("owner")

    @admin.display(description=_("deliveries"))
    def log(self, webhook: Any) -> Any:
        """What waits and what was lost, with the way to the log."""
        address = reverse("admin:webhook_deliveries", args=[webhook.pk])
        told = _("waiting: %(waiting)d, given up: %(lost)d") % {"waiting": webhook.waiting, "lost": webhook.lost}
        return format_html('<a class="{}" href="{}">{}</a>', "text-danger" if webhook.lost else "", address, told)

    def save_model(self, request: HttpRequest, obj: Webhook, form: ModelForm, change: bool) -> None:
        webhooks.save(actor=signed_in(request), webhook=obj)

    def response_add(self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None) -> HttpResponse:
        """Show the secret, this one time."""
        show_secret_once(request, obj)
        return HttpResponseRedirect(reverse("admin:webhook_secret", args=[obj.pk]))
