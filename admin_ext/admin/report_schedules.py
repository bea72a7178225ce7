"""Decides how reports by mail are kept in the panel: each with when it goes next and how it went last."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from admin_ext.displays import when
from admin_ext.forms.report_schedules import ReportScheduleForm, for_person
from admin_ext.mixins.records import Switchable
from admin_ext.pages import signed_in
from admin_ext.report_words import Outcome, outcome, rhythm
from helpdesk.actions import report_schedules, report_sendings
from helpdesk.models import ReportSchedule, User


@admin.register(ReportSchedule)
class ReportScheduleAdmin(Switchable):
    """Reports that go out by themselves."""

    hint = _("The analytics of the week or month before; each reader gets what he may see himself.")
    icon = "mail"
    form = ReportScheduleForm
    change_form_template = "admin_ext/report_schedules/form.html"
    list_display = ("name", "rhythm", "readers", "upcoming", "last", "owner", "is_active")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "every", "weekday", "day", "hour", "is_active")}),
        (_("Narrowed by"), {"fields": ("line", "service", "work_type", "assignee", "priority")}),
        (None, {"fields": ("recipients",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportSchedule]:
        return report_schedules.with_sendings(report_schedules.visible(request.user))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:  # noqa: FBT002 - Django's signature
        return for_person(signed_in(request), super().get_form(request, obj, change, **kwargs))

    @admin.display(description=_("when"))
    def rhythm(self, schedule: ReportSchedule) -> str:
        """Its day and hour in words."""
        return rhythm(schedule)

    @admin.display(description=_("readers"))
    def readers(self, schedule: ReportSchedule) -> int:
        """How many people get it."""
        return len(schedule.recipients.all())

    @admin.display(description=_("next sending"))
    def upcoming(self, schedule: ReportSchedule) -> Any:
        """When it goes out next."""
        turn = report_sendings.upcoming(schedule)
        return when(turn.at) if turn else "–"

    @admin.display(description=_("last sending"))
    def last(self, schedule: Any) -> Any:
        """When it went out last and how that went."""
        if not schedule.recent:
            return "–"
        newest = schedule.recent[0]
        told: Outcome = outcome(newest)
        return format_html('{} <div class="small {}">{}</div>', when(newest.made_at), told.tone, told.text)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        more = {"stands": report_sendings.may_go(found)} if isinstance(found, ReportSchedule) else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: ReportSchedule, form: ModelForm, change: bool) -> None:
        chosen = [person.pk for person in form.cleaned_data["recipients"]]
        report_schedules.save(actor=signed_in(request), schedule=obj, recipients=chosen)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Nothing: the readers are saved with the schedule."""

    def store(self, actor: User, record: ReportSchedule) -> None:
        report_schedules.save(actor=actor, schedule=record)
