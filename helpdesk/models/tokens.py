"""Decides what is kept for machines: personal tokens, of which only the hash is stored, and the answers to repeated writes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.moment import now


class TokenScope(models.TextChoices):
    """What a token may be used for; it never may do more than its person."""

    READ = "read", pgettext_lazy("token", "Read")
    WRITE = "write", pgettext_lazy("token", "Write")
    CATALOG = "catalog", pgettext_lazy("token", "Change the catalog")
    REPORTS = "reports", pgettext_lazy("token", "Reports")


class ApiToken(models.Model):
    """A key with which a program acts as its person. It is shown once; `digest` is the SHA-256 of its 256 random bits."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=100)
    start = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(_("checksum"), max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("may be used for"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(_("made at"), default=now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def scope_labels(self) -> list[str]:
        return [str(TokenScope(scope).label) for scope in self.scopes]

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now())


class IdempotencyKey(models.Model):
    """A write that a program marked with a key, and its answer: the same key and body get the same answer again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(_("key"), max_length=200)
    fingerprint = models.CharField(_("checksum of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status of the answer"), default=0)
    answer = models.JSONField(_("answer"), null=True)
    headers = models.JSONField(_("headers of the answer"), default=dict)
    created_at = models.DateTimeField(_("moment"), default=now)

    class Meta:
        verbose_name = _("repeatable write")
        verbose_name_plural = _("repeatable writes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "key"], name="idempotency_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
