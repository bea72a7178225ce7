"""Decides what a ticket keeps: who asks, what for, where it stands, its deadlines, files, ratings and who looks at it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from helpdesk.lifecycle import CLOSED, TicketLifecycle
from helpdesk.models.catalog import Priority
from helpdesk.models.fields import LimitField
from helpdesk.models.recording import recorded
from helpdesk.models.storage import private_files, random_name
from helpdesk.moment import now


def _person(label: Any, name: str, **options: Any) -> models.ForeignKey:  # type: ignore[type-arg]  # both sides are the user model
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=label, on_delete=models.PROTECT, related_name=name, **options
    )


class Ticket(TicketLifecycle):
    """A request of an employee. Its number is its primary key.

    Limits and calendar are copies made at registration: later edits of the catalog do not move running deadlines.
    `due_at` is the nearest due time of the clocks that run, empty while they are paused or stopped; `clocks` keeps it.
    `late_at` is the first breach of reaction or execution; it never moves to later.
    """

    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=20_000)
    requester = _person(_("requester"), "requests", db_index=False)
    registered_by = _person(_("registered by"), "registered_tickets")
    assignee = _person(_("assignee"), "assigned_tickets", null=True, blank=True, db_index=False)
    line = models.ForeignKey(
        "helpdesk.SupportLine",
        verbose_name=_("support line"),
        on_delete=models.PROTECT,
        related_name="tickets",
        db_index=False,
    )
    service = models.ForeignKey(
        "helpdesk.Service",
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        related_name="tickets",
        db_index=False,
    )
    work_type = models.ForeignKey(
        "helpdesk.WorkType",
        verbose_name=_("kind of work"),
        on_delete=models.PROTECT,
        related_name="tickets",
        db_index=False,
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    created_at = models.DateTimeField(_("registered at"), default=now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), default=now, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    last_action = models.CharField(_("last action"), max_length=20, default="register", editable=False)

    reaction_limit = LimitField(_("reaction limit"), editable=False)
    execution_limit = LimitField(_("execution limit"), editable=False)
    calendar = models.ForeignKey(
        "helpdesk.WorkCalendar",
        verbose_name=_("working calendar"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    due_at = models.DateTimeField(_("due at"), null=True, editable=False)
    late_at = models.DateTimeField(_("first late at"), null=True, editable=False)
    reopen_until = models.DateTimeField(_("may be reopened until"), null=True, editable=False)

    history = recorded(_("history of the ticket"), excluded_fields=["late_at", "reaction"])

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(status__in=CLOSED, closed_at__isnull=False)
                | (~models.Q(status__in=CLOSED) & models.Q(closed_at__isnull=True)),
                name="ticket_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="in_work") | models.Q(assignee__isnull=False),
                name="ticket_work_has_assignee",
            ),
        ]
        # Lists are narrowed by several things at once: how many pass is told from these indexes alone, without the rows. Those
        # that begin with what is chosen come first.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["line", "status", "id", "service", "work_type", "assignee", "created_at"],
                name="ticket_line_status",
            ),
            models.Index(fields=["line", "id"], name="ticket_line"),
            models.Index(fields=["requester", "status", "id"], name="ticket_requester_status"),
            models.Index(fields=["requester", "id"], name="ticket_requester"),
            models.Index(
                fields=["assignee", "status", "id", "service", "work_type", "line", "created_at"],
                name="ticket_assignee_status",
            ),
            models.Index(fields=["assignee", "id"], name="ticket_assignee"),
            models.Index(fields=["status", "id"], name="ticket_status"),
            models.Index(
                fields=["service", "id", "status", "line", "assignee", "work_type", "created_at"],
                name="ticket_service",
            ),
            models.Index(
                fields=["work_type", "id", "status", "line", "assignee", "service", "created_at"],
                name="ticket_work_type",
            ),
            models.Index(
                fields=[
                    "created_at",
                    "id",
                    "line",
                    "service",
                    "work_type",
                    "assignee",
                    "corrected",
                    "priority",
                    "late_at",
                    "reaction",
                    "status",
                ],
                name="ticket_figures",
            ),
            models.Index(fields=["updated_at", "id"], name="ticket_updated"),
            models.Index(fields=["priority", "id"], name="ticket_priority"),
            models.Index(
                fields=[
                    "created_at",
                    "id",
                    "status",
                    "line",
                    "service",
                    "work_type",
                    "assignee",
                    "due_at",
                    "priority",
                    # Empty in all of it, but without it SQLite would look at every row for what the condition says.
                    "closed_at",
                ],
                name="ticket_open",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["closed_at"], name="ticket_closed", condition=models.Q(closed_at__isnull=False)),
            models.Index(fields=["updated_at"], name="ticket_in_work", condition=models.Q(status="in_work")),
            models.Index(fields=["due_at"], name="ticket_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["line", "due_at"], name="ticket_line_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def number(self) -> int:
        return self.pk

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < now()

    def get_absolute_url(self) -> str:
        return f"{get_script_prefix()}t/{self.pk}/"


class Rating(models.Model):
    """The requester's judgement of one submission. Appended, never overwritten: a reopened ticket may get a second."""

    ticket = models.ForeignKey(Ticket, verbose_name=_("ticket"), on_delete=models.CASCADE, related_name="ratings")
    author = _person(_("author"), "ratings")
    assignee = _person(_("assignee"), "received_ratings", null=True)
    value = models.PositiveSmallIntegerField(_("rating"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.TextField(_("comment"), max_length=5000, blank=True)
    created_at = models.DateTimeField(_("rated at"), default=now, editable=False)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(value__gte=1, value__lte=5), name="rating_one_to_five")
        ]
        # The worst first, of those the newest: reports walk it until they have ten with words.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["value", "-created_at", "-id"], name="rating_worst")
        ]

    def __str__(self) -> str:
        return str(self.value)


class Attachment(models.Model):
    """A file of a ticket, or of one of its messages. Served only as a download, through a view that asks `access`."""

    ticket = models.ForeignKey(Ticket, verbose_name=_("ticket"), on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        "helpdesk.Message", verbose_name=_("message"), on_delete=models.CASCADE, null=True, related_name="attachments"
    )
    uploaded_by = _person(_("uploaded by"), "attachments")
    file = models.FileField(_("file"), upload_to=random_name, storage=private_files, max_length=120)
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveIntegerField(_("size, bytes"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(_("checksum"), max_length=64)
    created_at = models.DateTimeField(_("uploaded at"), default=now, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """Who has a ticket's page open right now, and whether he is writing. A row older than a minute means nothing."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    writing_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ticket", "person"], name="presence_unique")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.ticket_id}"
