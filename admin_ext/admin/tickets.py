"""Decides how tickets enter the panel: rows by `access`, a list of ours, a page of ours, nothing writable by form."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from admin_ext.mixins.ticket_list import TicketListMixin
from admin_ext.mixins.ticket_page import TicketPageMixin
from helpdesk import access
from helpdesk.models import Ticket


@admin.register(Ticket)
class TicketAdmin(TicketListMixin, TicketPageMixin, admin.ModelAdmin):  # type: ignore[misc]  # actions carry their names
    """Tickets: read here, written by actions."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        return access.visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Ticket | None = None) -> bool:
        return obj is None or access.can_see(request.user, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Ticket | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Ticket | None = None) -> bool:
        return False
