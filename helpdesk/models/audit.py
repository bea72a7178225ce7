"""Decides what is remembered of who did what to the desk itself: one row that nobody changes, sealed into a chain afterwards.

A row names people by number and never by name, and holds no secret: erasing a person touches no row, and the chain holds.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.moment import now


class AuditKind(models.TextChoices):
    """What happened."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Failed sign-in")
    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD = "password", _("New password")
    CODE_FAILED = "code_failed", _("Failed second step")
    FACTOR_SET_UP = "factor_set_up", _("Second factor set up")
    FACTOR_REMOVED = "factor_removed", _("Second factor removed")
    FACTOR_RESET = "factor_reset", _("Second factor taken away")
    RECOVERY_MADE = "recovery_made", _("Recovery codes made")
    RECOVERY_USED = "recovery_used", _("Recovery code used")
    SIGN_INS_ENDED = "sign_ins_ended", _("Signed out elsewhere")
    REFUSED = "refused", pgettext_lazy("audit", "Refused")
    ROLES = "roles", _("Roles changed")
    MEMBERSHIP = "membership", _("Membership changed")
    TOKEN_MADE = "token_made", _("Token made")
    TOKEN_REVOKED = "token_revoked", _("Token revoked")
    TOKEN_USED = "token_used", _("Token used")
    IMPORTED = "imported", _("Imported")
    IMPORT_UNDONE = "import_undone", _("Import taken back")
    EXPORTED = "exported", _("Exported")
    ADDED = "added", _("Record added")
    CHANGED = "changed", _("Record changed")
    DELETED = "deleted", _("Record deleted")
    LET_GO = "let_go", _("Account switched off")
    ERASED = "erased", _("Personal data erased")


class AuditRecord(models.Model):
    """Something done to the desk. `position` and `digest` are empty until the record is sealed into the chain."""

    at = models.DateTimeField(_("moment"), default=now)
    kind = models.CharField(_("event"), max_length=20, choices=AuditKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=pgettext_lazy("audit", "who"), on_delete=models.PROTECT, null=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("about whom"), on_delete=models.PROTECT, null=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    object_type = models.CharField(_("sort of record"), max_length=40, blank=True)
    object_id = models.BigIntegerField(_("number of the record"), null=True)
    object_name = models.CharField(_("record"), max_length=200, blank=True)
    data = models.JSONField(_("details"), default=dict)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    position = models.BigIntegerField(_("place in the chain"), null=True, unique=True)
    digest = models.CharField(_("checksum"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit records")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="audit_moment"),
            models.Index(fields=["kind", "-id"], name="audit_kind"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["person", "-id"], name="audit_person"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object"),
            models.Index(fields=["address", "-id"], name="audit_address"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class HistoryDoor(models.Model):
    """Open while it has a row: then recorded history may be changed. Made and taken away in one transaction of erasing."""

    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("open history")
        verbose_name_plural = _("open histories")

    def __str__(self) -> str:
        return self.reason
