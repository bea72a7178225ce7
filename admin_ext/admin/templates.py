"""Decides how reply templates are kept in the panel: leads keep those of their lines, administrators all."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from admin_ext.mixins.records import RecordAdmin
from helpdesk import access
from helpdesk.models import ReplyTemplate

# So many characters of a text stand in the list.
_SHOWN = 100


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(RecordAdmin):
    """Prepared replies."""

    hint = _("Prepared replies that are inserted into the message box with one click.")
    icon = "sticky-note"
    list_display = ("name", "line", "beginning")
    list_select_related = ("line",)
    search_fields = ("name", "text")
    fields = ("name", "line", "text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReplyTemplate]:
        return access.manageable_templates(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "line":
            kwargs["queryset"] = access.template_lines(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("text"))
    def beginning(self, template: ReplyTemplate) -> str:
        """The beginning of the text."""
        return Truncator(" ".join(template.text.split())).chars(_SHOWN)
