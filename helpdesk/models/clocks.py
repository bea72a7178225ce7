"""Decides how the running time of a ticket is kept: a row per clock, and an append-only ledger of what happened to it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.moment import now


class ClockKind(models.TextChoices):
    REACTION = "reaction", _("Reaction")
    EXECUTION = "execution", _("Execution")
    LINE_REACTION = "line_reaction", _("Reaction of the line after a transfer")
    REVIEW = "review", _("Review by the requester")
    ANSWER = "answer", _("Answer of the requester")


class ClockState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("clock", "Running")
    PAUSED = "paused", pgettext_lazy("clock", "Paused")
    STOPPED = "stopped", pgettext_lazy("clock", "Stopped")
    CANCELLED = "cancelled", pgettext_lazy("clock", "Cancelled")


class ClockEventKind(models.TextChoices):
    START = "start", pgettext_lazy("clock", "Started")
    PAUSE = "pause", pgettext_lazy("clock", "Paused")
    RESUME = "resume", pgettext_lazy("clock", "Resumed")
    STOP = "stop", pgettext_lazy("clock", "Stopped")
    REOPEN = "reopen", pgettext_lazy("clock", "Goes on")
    RETARGET = "retarget", pgettext_lazy("clock", "Limit changed")
    BREACH = "breach", pgettext_lazy("clock", "Breached")
    MET = "met", pgettext_lazy("clock", "Met")
    CANCEL = "cancel", pgettext_lazy("clock", "Cancelled")


class TicketClock(models.Model):
    """One clock of a ticket. `due_at` is set only while it runs; `left` keeps what remains while it does not.

    `limits` are the written limits in order (`["30m", "2bd"]`); `left` are what remains of each: seconds and a basis
    (`work` or `wall`), or the untouched limit. `met_at` and `breached_at` are stored once and never move; a breach is
    dated by the due moment itself.
    """

    ticket = models.ForeignKey(
        "helpdesk.Ticket", verbose_name=_("ticket"), on_delete=models.CASCADE, related_name="clocks"
    )
    kind = models.CharField(_("clock"), max_length=15, choices=ClockKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    calendar = models.ForeignKey(
        "helpdesk.WorkCalendar",
        verbose_name=_("working calendar"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    limits = models.JSONField(_("limits"), default=list)
    left = models.JSONField(_("left"), default=list)
    length = models.PositiveIntegerField(_("whole limit, seconds of its calendar"), default=0)
    started_at = models.DateTimeField(_("started at"))
    running_since = models.DateTimeField(_("running since"), null=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    met_at = models.DateTimeField(_("met at"), null=True)
    breached_at = models.DateTimeField(_("breached at"), null=True)
    remind_at = models.DateTimeField(_("next reminder at"), null=True)
    reminded = models.PositiveSmallIntegerField(_("reminders sent"), default=0)
    set_aside_at = models.DateTimeField(_("set aside after a failure at"), null=True)
    trouble = models.CharField(_("what failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("clock of the ticket")
        verbose_name_plural = _("clocks of the ticket")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "kind"], name="clock_unique"),
            models.CheckConstraint(
                condition=models.Q(state="running", due_at__isnull=False)
                | (~models.Q(state="running") & models.Q(due_at__isnull=True)),
                name="clock_due_while_running",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                name="clock_to_breach",
                condition=models.Q(due_at__isnull=False, breached_at__isnull=True),
            ),
            models.Index(
                fields=["calendar", "id"], name="clock_open", condition=models.Q(state__in=["running", "paused"])
            ),
            models.Index(fields=["remind_at"], name="clock_to_remind", condition=models.Q(remind_at__isnull=False)),
            models.Index(fields=["kind", "started_at", "state", "breached_at", "met_at"], name="clock_outcome"),
            models.Index(fields=["kind", "due_at"], name="clock_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["set_aside_at"], name="clock_set_aside", condition=models.Q(set_aside_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.ticket_id}"


class ClockEvent(models.Model):
    """A line of the ledger: what happened to a clock, when, by whom and why. Never changed, never deleted."""

    clock = models.ForeignKey(TicketClock, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("event"), max_length=10, choices=ClockEventKind.choices)
    at = models.DateTimeField(_("moment"), default=now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    due_at = models.DateTimeField(_("due after it"), null=True)
    left = models.JSONField(_("left after it"), default=list)
    detail = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("clock event")
        verbose_name_plural = _("clock events")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
