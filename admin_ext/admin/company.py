"""Decides how the rules are kept in the panel by which groups of the company give roles and places on lines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.company import GroupForm
from admin_ext.mixins.records import RecordAdmin
from helpdesk.models import CompanyGroup


@admin.register(CompanyGroup)
class CompanyGroupAdmin(RecordAdmin):
    """Groups of the company and what they give here."""

    icon = "network"
    form = GroupForm
    list_display = ("group", "role_name", "line", "line_part")
    list_select_related = ("line",)
    search_fields = ("group",)
    fields = ("group", "role", "line", "line_role")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say first whether people sign in by the company at all, and where."""
        text = _("At each sign-in people get what these rules say, and lose what a rule gave and says no more. "
                 "What was given by hand stays.")  # fmt: skip
        if settings.OIDC_ISSUER:
            told = _("People sign in at %(issuer)s; groups come in the claim “%(claim)s”.")
            told = told % {"issuer": settings.OIDC_ISSUER, "claim": settings.OIDC_GROUPS_CLAIM}
        else:
            told = _("Nobody signs in by the company yet: OIDC_ISSUER is not set.")
        return super().changelist_view(request, {"hint": f"{told} {text}", **(extra_context or {})})

    @admin.display(description=gettext_lazy("role"), ordering="role")
    def role_name(self, rule: CompanyGroup) -> str:
        """The role in words."""
        return rule.get_role_display() or "–"

    @admin.display(description=gettext_lazy("part on the line"))
    def line_part(self, rule: CompanyGroup) -> str:
        """Member or lead, where there is a line."""
        return str(rule.get_line_role_display()) if rule.line_id else "–"
