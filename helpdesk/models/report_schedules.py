"""Decides what is kept of reports by mail: when which report goes to whom, and which periods have been written already."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from helpdesk.models.catalog import Priority
from helpdesk.models.recording import recorded
from helpdesk.moment import now


class ReportEvery(models.TextChoices):
    """How often a report goes out; it tells of the whole week or month before."""

    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class ReportSchedule(models.Model):
    """A report that goes out by itself. What narrows it is called as in the address of the analytics.

    The hour is one of the desk's clock. `starts_at` is the moment before which nothing is sent: when it was made,
    switched on, or its day and hour were changed.
    """

    name = models.CharField(_("name"), max_length=100)
    every = models.CharField(_("how often"), max_length=5, choices=ReportEvery.choices, default=ReportEvery.WEEK)
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), choices=list(WEEKDAYS.items()), default=0, help_text=_("For a report of every week.")
    )
    day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("For a report of every month; in a shorter month its last day."),
    )
    hour = models.PositiveSmallIntegerField(
        _("hour"),
        choices=[(hour, f"{hour}:00") for hour in range(24)],
        default=8,
        help_text=_("By the clock of the desk."),
    )
    line = models.ForeignKey(
        "helpdesk.SupportLine",
        verbose_name=_("line"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    service = models.ForeignKey(
        "helpdesk.Service", verbose_name=_("service"), on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    work_type = models.ForeignKey(
        "helpdesk.WorkType", verbose_name=_("kind of work"), on_delete=models.CASCADE, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("assignee"), on_delete=models.CASCADE, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True, blank=True)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipients"),
        related_name="+",
        help_text=_("Each gets what he may see himself, in his language."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    starts_at = models.DateTimeField(_("not sent before"), default=now, editable=False)

    history = recorded(_("history of the report by mail"), excluded_fields=["starts_at"], m2m_fields=["recipients"])

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        ordering: ClassVar[list[str]] = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class ReportSending(models.Model):
    """That a report of a period was written: the row is what makes it once, on any number of workers.

    One that a person asked for himself (`asked_by`) goes to him alone and may be repeated. `skipped` says who of the
    recipients got none and why, as pairs of the person's id and a code.
    """

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="sendings", db_index=False)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    made_at = models.DateTimeField(_("written at"), default=now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    skipped = models.JSONField(_("left out"), default=list)

    class Meta:
        verbose_name = _("sending of a report")
        verbose_name_plural = _("sendings of reports")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["schedule", "first", "last"], condition=models.Q(asked_by=None), name="report_sending_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["schedule", "-id"], name="report_sending_log")]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.first}"
