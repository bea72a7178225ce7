"""Decides what is kept of people on their way to an account: who signs up, whom somebody invites, and the letters to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.lines import Membership, SupportLine
from helpdesk.models.people import Role
from helpdesk.models.storage import private_files, random_name
from helpdesk.moment import now


class SignUp(models.Model):
    """What somebody wrote into the form. Nothing here is unique: whose login or e-mail is taken is told by the letter alone.

    `digest` is the SHA-256 of the secret in the letter, made when it leaves. Where an administrator decides, a row whose
    e-mail is confirmed waits; one that was refused stays until its letter has gone, without password and photo.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("E-mail not confirmed")
        WAITING = "waiting", _("Waits for approval")
        REFUSED = "refused", _("Not approved")

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
    digest = models.CharField(_("checksum"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField(_("in this state since"), default=now)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["digest"], name="sign_up_digest"),
            models.Index(fields=["created_at"], name="sign_up_age"),
            models.Index(fields=["email"], name="sign_up_email"),
            models.Index(fields=["state", "state_at"], name="sign_up_state"),
        ]

    def __str__(self) -> str:
        # No name: the audit keeps this text for good.
        return f"#{self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Invitation(models.Model):
    """That somebody with this e-mail may make an account, once and for some days, and what he is then."""

    email = models.EmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    line = models.ForeignKey(
        SupportLine, verbose_name=_("support line"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    line_role = models.CharField(
        _("part on the line"), max_length=10, choices=Membership.LineRole.choices, default=Membership.LineRole.MEMBER
    )
    language = models.CharField(_("language"), max_length=2, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("invited by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("moment"), default=now)
    expires_at = models.DateTimeField(_("valid until"))
    digest = models.CharField(_("checksum"), max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["digest"], name="invitation_digest"),
            models.Index(fields=["email"], name="invitation_email"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether its link still makes an account."""
        return self.withdrawn_at is None and self.accepted_at is None and self.expires_at > now()


class JoiningLetter(models.Model):
    """A letter to somebody who has no account yet: sent once, tried again with growing pauses, for a day.

    `next_at` says when to try; a sender claims the letter by moving it on.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("E-mail to confirm")
        INVITED = "invited", _("Invitation to sign up")
        REFUSED = "refused", _("Sign-up not approved")

    class State(models.TextChoices):
        PENDING = "pending", _("To be sent")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given_up", _("Given up")

    kind = models.CharField(_("event"), max_length=8, choices=Kind.choices)
    email = models.EmailField(_("e-mail"), max_length=254)
    sign_up = models.ForeignKey(SignUp, on_delete=models.SET_NULL, null=True, related_name="letters")
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, related_name="letters")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(_("written at"), default=now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt at"), default=now)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name = _("letter to somebody without an account")
        verbose_name_plural = _("letters to people without an account")
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="joining_letter_due", condition=models.Q(state="pending")),
            models.Index(fields=["created_at"], name="joining_letter_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
