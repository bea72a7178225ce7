"""Decides how support lines and their members are kept in the panel."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from admin_ext.forms.records import RecordForm
from admin_ext.mixins.records import RecordInline, Switchable
from helpdesk.actions import records
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import Membership, SupportLine, User


class MembershipInline(RecordInline):
    """The members of a line."""

    model = Membership
    form = RecordForm
    fields = ("person", "role")
    autocomplete_fields = ("person",)


@admin.register(SupportLine)
class SupportLineAdmin(Switchable):
    """Lines: who works what; one of them gets everything that has no line of its own."""

    hint = _("Teams with a queue of their own. The default line gets what belongs to no other.")
    icon = "headphones"
    list_display = ("name", "is_default", "people", "calendar", "is_active")
    list_select_related = ("calendar",)
    search_fields = ("name",)
    # Counting takes the order of the model away.
    ordering = ("-is_default", "name", "id")
    fields = ("name", "description", "calendar", "is_active")
    inlines = (MembershipInline,)
    actions = ("make_default", "switch_on", "switch_off")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request).annotate(people=Count("memberships"))
        return found

    @admin.display(description=_("members"), ordering="people")
    def people(self, line: Any) -> int:
        """How many members the line has."""
        return int(line.people)

    @admin.action(description=_("Make it the default line"))
    def make_default(self, request: HttpRequest, queryset: QuerySet[SupportLine]) -> None:
        """Move the flag to the chosen line."""
        lines = list(queryset[:2])
        if len(lines) != 1 or not isinstance(request.user, User):
            messages.warning(request, _("Choose exactly one line."))
            return
        try:
            records.make_default(actor=request.user, line=lines[0])
        except ActionRefused as refusal:
            messages.error(request, str(refusal.reason))
        else:
            messages.success(request, _("“%(line)s” is the default line now.") % {"line": lines[0]})

    def save_model(self, request: HttpRequest, obj: SupportLine, form: ModelForm, change: bool) -> None:
        if not SupportLine.objects.filter(is_default=True).exists():
            obj.is_default = True
        super().save_model(request, obj, form, change)
