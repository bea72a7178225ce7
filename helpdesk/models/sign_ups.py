"""Decides what is kept of somebody who signs up until he has shown that the e-mail is his: apart from the people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.storage import private_files, random_name
from helpdesk.moment import now


class SignUp(models.Model):
    """What somebody wrote into the form. Nothing here is unique: whose login or e-mail is taken is told by the letter alone.

    `digest` is the SHA-256 of the secret in the letter, made when it leaves; `letter_at` is when to send it, None when it is sent.
    """

    username = models.CharField(_("login"), max_length=150)
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150)
    department = models.CharField(_("department"), max_length=150)
    email = models.EmailField(_("e-mail"), max_length=254)
    phone = models.CharField(_("phone"), max_length=40)
    photo = models.ImageField(_("photo"), upload_to=random_name, storage=private_files, blank=True)
    password = models.CharField(_("password"), max_length=128)
    language = models.CharField(_("language"), max_length=2, blank=True)
    created_at = models.DateTimeField(_("moment"), default=now)
    letter_at = models.DateTimeField(_("next attempt at"), null=True, default=now)
    digest = models.CharField(_("checksum"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["letter_at"], name="sign_up_letter", condition=models.Q(letter_at__isnull=False)),
            models.Index(fields=["digest"], name="sign_up_digest"),
            models.Index(fields=["created_at"], name="sign_up_age"),
            models.Index(fields=["email"], name="sign_up_email"),
        ]

    def __str__(self) -> str:
        return self.username
