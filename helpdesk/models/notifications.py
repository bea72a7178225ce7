"""Decides what is remembered of each event of a ticket: one append-only row, written in the event's own transaction.

Everything that tells people or machines afterwards (notices, e-mail, webhooks, the event feed) reads these rows, so
nothing is lost when the process dies between the change and the telling.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.moment import now


class Event(models.Model):
    """Something that happened to a ticket. `internal` events are not for requesters."""

    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("event"), max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("moment"), default=now)
    internal = models.BooleanField(_("internal"), default=False)
    data = models.JSONField(_("details"), default=dict)
    handled_at = models.DateTimeField(_("handled at"), null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="event_unhandled", condition=models.Q(handled_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"


class NoticeKind(models.TextChoices):
    """What people are told of; several events of a ticket may make the same kind of notice."""

    REGISTERED = "registered", _("New request on a line")
    ASSIGNED = "assigned", _("Request assigned")
    TRANSFERRED = "transferred", _("Request handed over to a line")
    MESSAGE = "message", _("Message addressed to a person")
    QUESTION = "question", _("Question to the requester")
    SUBMITTED = "submitted", _("Result to judge")
    RETURNED = "returned", _("Returned for rework")
    CLOSED = "closed", _("Request closed")
    REOPENED = "reopened", _("Request reopened")
    DUE_SOON = "due_soon", _("Deadline comes near")
    OVERDUE = "overdue", _("Deadline missed")
    REQUESTER_REMINDER = "requester_reminder", _("Support waits for the requester")
    DIGEST = "digest", _("Daily digest of a line")
    REPORT = "report", _("Report by mail")


class NoticeRole(models.TextChoices):
    """In which part of a ticket a person is told."""

    REQUESTER = "requester", _("Requester")
    ASSIGNEE = "assignee", _("Assignee")
    LINE = "line", _("Members of the line")
    LEAD = "lead", _("Leads of the line")
    ADDRESSED = "addressed", _("Whom a message is addressed to")


class Channel(models.TextChoices):
    PANEL = "panel", _("In the panel")
    EMAIL = "email", _("E-mail")


class NoticeRule(models.Model):
    """A deviation from the built-in matrix "who is told of what by which channel", set by an administrator."""

    kind = models.CharField(_("event"), max_length=20, choices=NoticeKind.choices)
    role = models.CharField(_("part"), max_length=10, choices=NoticeRole.choices)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    is_on = models.BooleanField(_("on"), default=True)

    class Meta:
        verbose_name = _("notice rule")
        verbose_name_plural = _("notice rules")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "role", "channel"], name="notice_rule_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.role} · {self.channel}"


class NoticeChoice(models.Model):
    """What a person has switched off for himself; he can narrow the matrix, not widen it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(_("event"), max_length=20, choices=NoticeKind.choices)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)

    class Meta:
        verbose_name = _("personal notice choice")
        verbose_name_plural = _("personal notice choices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "kind", "channel"], name="notice_choice_unique")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.kind} · {self.channel}"


class Notice(models.Model):
    """A person told of an event in the panel. Unread until `read_at` is set."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notices")
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("event"), max_length=20, choices=NoticeKind.choices)
    created_at = models.DateTimeField(_("moment"), default=now)
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "person"], name="notice_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-id"], name="notice_person"),
            # With what a count goes on to, so that it needs no look at the row.
            models.Index(
                fields=["person", "ticket"], name="notice_unread_ticket", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"


class AccountLetter(models.TextChoices):
    """Letters about an account, which no event of a ticket stands behind."""

    PASSWORD = "password", _("New password asked for")
    INVITATION = "invitation", _("Account made for a person")
    FACTOR_SET_UP = "factor_set_up", _("Second factor set up")
    FACTOR_REMOVED = "factor_removed", _("Second factor removed")
    FACTOR_RESET = "factor_reset", _("Second factor taken away")
    RECOVERY_USED = "recovery_used", _("Recovery code used")
    APPROVED = "approved", _("Account approved")
    APPROVAL = "approval", _("Sign-up to approve")


class LineDigest(models.Model):
    """That the digest of a line was written on a day of its calendar: the row is what makes it once, on any number of workers."""

    line = models.ForeignKey("helpdesk.SupportLine", on_delete=models.CASCADE, related_name="digests", db_index=False)
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(_("written at"), default=now)

    class Meta:
        verbose_name = _("digest of a line")
        verbose_name_plural = _("digests of lines")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "day"], name="digest_once")
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.day}"


class Letter(models.Model):
    """An e-mail to send: written with its event, leased by a worker, tried again with growing pauses, for a day.

    A letter about an account has neither event nor digest nor report. The secret of its link is made when it leaves and is never stored.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("To be sent")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="letters")
    digest = models.ForeignKey(LineDigest, on_delete=models.CASCADE, null=True, related_name="letters", db_index=False)
    report = models.ForeignKey(
        "helpdesk.ReportSending", on_delete=models.CASCADE, null=True, related_name="letters", db_index=False
    )
    kind = models.CharField(_("event"), max_length=20, choices=[*NoticeKind.choices, *AccountLetter.choices])
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(_("written at"), default=now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt at"), default=now)
    leased_until = models.DateTimeField(_("being sent until"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "person"], name="letter_once"),
            models.UniqueConstraint(fields=["digest", "person"], name="letter_of_digest_once"),
            models.UniqueConstraint(fields=["report", "person"], name="letter_of_report_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="letter_pending", condition=models.Q(state="pending"))
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person}"
