"""Decides how people talk inside a ticket: messages, internal notes, and who has read what was addressed to him."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.recording import recorded
from helpdesk.moment import now


class Message(models.Model):
    """A message in a ticket. An internal note is seen by support only, never by the requester, anywhere."""

    ticket = models.ForeignKey(
        "helpdesk.Ticket", verbose_name=_("ticket"), on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="messages"
    )
    text = models.TextField(_("text"), max_length=20_000)
    is_internal = models.BooleanField(_("internal note"), default=False)
    action = models.CharField(_("said while doing"), max_length=20, blank=True, editable=False)
    created_at = models.DateTimeField(_("written at"), default=now, editable=False)
    edited_at = models.DateTimeField(_("edited at"), null=True, editable=False)
    recipients: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="helpdesk.MessageRecipient", related_name="+", verbose_name=_("addressed to")
    )

    history = recorded(_("history of the message"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["ticket", "id"], name="message_ticket")]

    def __str__(self) -> str:
        return self.text[:60]


class MessageRecipient(models.Model):
    """A person a message is addressed to; unread until `read_at` is set."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="addressed")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addressed_messages", db_index=False
    )
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("addressed message")
        verbose_name_plural = _("addressed messages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["message", "person"], name="recipient_unique")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-id"], name="recipient_person"),
            # With what a count goes on to, so that it needs no look at the row.
            models.Index(
                fields=["person", "message"], name="recipient_unread_message", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.person}"
