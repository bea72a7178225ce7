"""Decides what is kept of webhooks: where events are sent, whose eyes they are sent with, and how each delivery went."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.recording import recorded
from helpdesk.moment import now


class Webhook(models.Model):
    """An address of another program that hears of events. It hears what its owner may see, and no more.

    The secret is not kept: it is computed from `salt` and the key of the desk, so a copy of the database signs nothing.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    address = models.CharField(
        _("address"), max_length=500, help_text=_("Where to send, such as https://example.org/desk.")
    )
    events = models.JSONField(_("events"), default=list, blank=True, help_text=_("None chosen means all of them."))
    lines = models.ManyToManyField(
        "helpdesk.SupportLine",
        verbose_name=_("support lines"),
        blank=True,
        related_name="+",
        help_text=_("None chosen means all of them."),
    )
    sees_internal = models.BooleanField(
        _("internal events too"),
        default=False,
        help_text=_("Internal notes and deadlines, which requesters never hear of."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    salt = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("made at"), default=now, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    rest_until = models.DateTimeField(_("not tried before"), null=True, editable=False)

    history = recorded(_("history of the webhook"), excluded_fields=["salt", "failures", "rest_until"])

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """An event to send to a webhook: written with the event's telling, leased by a worker, tried again for a day.

    One without an event is a trial that an administrator asked for. What the other side answers is not kept.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("To be sent")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey("helpdesk.Event", on_delete=models.CASCADE, null=True, related_name="deliveries")
    kind = models.CharField(_("event"), max_length=30)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(_("written at"), default=now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt at"), default=now)
    leased_until = models.DateTimeField(_("being sent until"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "webhook"], name="delivery_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="delivery_pending", condition=models.Q(state="pending")),
            models.Index(fields=["webhook", "-id"], name="delivery_log"),
            models.Index(fields=["webhook"], name="delivery_lost", condition=models.Q(state="given_up")),
            models.Index(fields=["created_at"], name="delivery_age", condition=~models.Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.webhook_id}"
