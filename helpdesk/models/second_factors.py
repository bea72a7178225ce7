"""Decides what is kept of a person's second factors: the sealed secret of an app, public keys of passkeys, hashes of codes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.moment import now


class Authenticator(models.Model):
    """An app that shows a new code every half minute. `secret` is sealed; a code of `last_step` or before is used up."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="authenticator"
    )
    secret = models.CharField(_("sealed secret"), max_length=400, editable=False)
    last_step = models.BigIntegerField(_("last half minute used"), editable=False)
    made_at = models.DateTimeField(_("set up at"), default=now, editable=False)

    class Meta:
        verbose_name = _("app for codes")
        verbose_name_plural = _("apps for codes")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Passkey(models.Model):
    """A key pair of a device: here is its public half. `handle` is what the device knows the person by, the same for all of his.

    `answered` is the checksum of the last challenge it answered: no answer is taken twice.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="passkeys"
    )
    name = models.CharField(_("name"), max_length=60)
    credential = models.CharField(_("number at the device"), max_length=1400, unique=True, editable=False)
    public_key = models.BinaryField(_("public key"), editable=False)
    handle = models.CharField(_("number of the person at the device"), max_length=100, editable=False)
    sign_count = models.BigIntegerField(_("uses counted by the device"), default=0, editable=False)
    answered = models.CharField(_("last challenge"), max_length=64, blank=True, editable=False)
    transports = models.JSONField(_("ways to the device"), default=list, editable=False)
    made_at = models.DateTimeField(_("made at"), default=now, editable=False)
    used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A way in without the device, good once; `digest` is the SHA-256 of its 120 random bits."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(_("checksum"), max_length=64, editable=False)
    used_at = models.DateTimeField(_("used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "digest"], name="recovery_code_unique")
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
