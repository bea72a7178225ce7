"""Decides how administrators' records behave in the panel: rights and writes by `actions.records`, our templates, a history tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from admin_ext.forms.records import LimitFormField, RecordForm
from admin_ext.record_history import record_history
from helpdesk.actions import records
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User
from helpdesk.models.fields import LimitField


class MayManage:
    """Permissions of a model or an inline: what `actions.records` says, whatever Django's permissions are."""

    model: type[models.Model]

    def _may(self, request: HttpRequest, record: models.Model | None = None) -> bool:
        chosen = record if isinstance(record, self.model) else None
        return bool(records.may_manage(request.user, self.model, chosen))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, obj)


class RecordInline(MayManage, admin.TabularInline):
    """Rows that belong to a record, such as the members of a line."""

    template = "admin_ext/records/inline.html"
    extra = 0


class RecordAdmin(MayManage, admin.ModelAdmin):
    """The list and the form of one sort of record."""

    form: Any = RecordForm
    change_list_template = "admin_ext/records/list.html"
    change_form_template = "admin_ext/records/form.html"
    add_form_template = "admin_ext/records/form.html"
    delete_confirmation_template = "admin_ext/records/delete.html"
    list_per_page = 50
    empty_value_display = "–"
    show_full_result_count = False
    formfield_overrides = {LimitField: {"form_class": LimitFormField}}
    search_help_text = gettext_lazy("Search")
    hint: Any = ""
    icon = "layers"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the icons that open other records in a pop-up."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(widget, name):
                setattr(widget, name, False)
        return field

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the filters of the list alone: any other question would tell, letter by letter, what the form hides."""
        name, _sep, rest = lookup.partition("__")
        is_filter = name in self.list_filter and rest in ("", "exact", "isnull", "id__exact")
        return is_filter and super().lookup_allowed(lookup, value, request)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search in any case of the letters, which SQLite does not know of Russian ones."""
        return [f"{name}__holds" for name in super().get_search_fields(request)]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Records are switched on and off in bulk, never deleted in bulk."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description="")
    def action_checkbox(self, obj: models.Model) -> SafeString:
        """Return the box that chooses a row, which looks like every other box."""
        label = _("Choose “%(name)s”") % {"name": obj}
        box = '<input class="form-check-input" type="checkbox" name="{}" value="{}" aria-label="{}">'
        return format_html(box, ACTION_CHECKBOX_NAME, obj.pk, label)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"hint": self.hint, "icon": self.icon, **(extra_context or {})})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:  # fmt: skip
        return self._refusable(
            request, lambda: super(RecordAdmin, self).changeform_view(request, object_id, form_url, extra_context)
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._refusable(request, lambda: super(RecordAdmin, self).delete_view(request, object_id, extra_context))

    def _refusable(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        """A refusal of an action becomes a sentence on the page it came from; its transaction has been undone."""
        try:
            return view()
        except ActionRefused as refusal:
            messages.error(request, str(refusal.reason))
            return HttpResponseRedirect(request.get_full_path())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer with who changed what, from the recorded history."""
        record = self.get_object(request, object_id)
        if record is None or not self.has_view_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": str(record),
            "original": record,
            "opts": self.opts,
            "entries": record_history(record),
        }
        return TemplateResponse(request, "admin_ext/records/history.html", context)

    def store(self, actor: User, record: Any) -> None:
        """Save a record that was changed outside its form."""
        records.save(actor=actor, record=record)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        self.store(_actor(request), obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        records.delete(actor=_actor(request), record=obj)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool) -> None:
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            records.delete(actor=_actor(request), record=row)
        for row in rows:
            records.save(actor=_actor(request), record=row)
        formset.save_m2m()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the history is recorded by simple-history."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing, for the same reason."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing, for the same reason."""


class Switchable(RecordAdmin):
    """Records with `is_active`: they are switched off rather than deleted."""

    actions: Any = ("switch_on", "switch_off")

    @admin.action(description=gettext_lazy("Switch on"))
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Make the chosen records active."""
        self._switch(request, queryset, active=True)

    @admin.action(description=gettext_lazy("Switch off"))
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Make the chosen records inactive."""
        self._switch(request, queryset, active=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Any], *, active: bool) -> None:
        done = 0
        for record in queryset:
            record.is_active = active
            try:
                self.store(_actor(request), record)
            except (ActionRefused, records.ValidationError) as error:
                reason = error.reason if isinstance(error, ActionRefused) else " ".join(error.messages)
                messages.error(request, f"{record}: {reason}")
            else:
                done += 1
        if done:
            text = ngettext("%(count)d record changed.", "%(count)d records changed.", done)
            messages.success(request, text % {"count": done})


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied(_("Sign in first."))
    return request.user
