"""Decides how services and kinds of work are kept in the panel."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from admin_ext.displays import limit_words
from admin_ext.mixins.records import Switchable
from helpdesk.models import Service, WorkType


@admin.register(Service)
class ServiceAdmin(Switchable):
    """Services: what employees pick first."""

    hint = _("What employees choose from when they file a request.")
    icon = "layers"
    list_display = ("name", "code", "kinds", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    # Counting takes the order of the model away.
    ordering = ("name", "id")
    fields = ("name", "code", "icon", "description", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        active = Count("work_types", filter=Q(work_types__is_active=True))
        found: QuerySet[Any] = super().get_queryset(request).annotate(kinds=active)
        return found

    @admin.display(description=_("kinds of work"), ordering="kinds")
    def kinds(self, service: Any) -> int:
        """How many active kinds of work the service has."""
        return int(service.kinds)


@admin.register(WorkType)
class WorkTypeAdmin(Switchable):
    """Kinds of work with their limits."""

    hint = _("Each kind of work carries the two limits that say when a request is overdue.")
    icon = "wrench"
    list_display = ("name", "service", "line", "reaction", "execution", "is_active")
    list_filter = ("is_active", "kind", "line")
    list_select_related = ("service", "line")
    search_fields = ("name", "code", "service__name")
    fieldsets = (
        (None, {"fields": ("service", "name", "code", "kind", "priority", "description")}),
        (_("Limits and line"), {"fields": ("line", "reaction_limit", "execution_limit", "is_active")}),
    )

    @admin.display(description=_("reaction limit"))
    def reaction(self, kind: WorkType) -> str:
        """The reaction limit in words."""
        return limit_words(kind.reaction_limit)

    @admin.display(description=_("execution limit"))
    def execution(self, kind: WorkType) -> str:
        """The execution limit in words."""
        return limit_words(kind.execution_limit)
