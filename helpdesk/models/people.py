"""Decides what the desk knows about a person: the account, the contacts on a ticket card and the personal settings."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.models.recording import recorded
from helpdesk.models.storage import private_files, random_name


class Role(models.TextChoices):
    """The groups an account may be in. Powers over tickets come from line membership, not from here."""

    REQUESTER = "requester", _("Requester")
    AGENT = "agent", _("Support agent")
    LEAD = "lead", _("Line lead")
    CATALOG = "catalog", _("Catalog administrator")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


class Theme(models.TextChoices):
    AUTO = "auto", _("As in the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    BROWSER = "", _("As in the browser")
    RUSSIAN = "ru", "Русский"
    ENGLISH = "en", "English"


class User(AbstractUser):
    """A person with an account: an employee who files requests, or somebody who works them."""

    department = models.CharField(_("department"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    photo = models.ImageField(_("photo"), upload_to=random_name, storage=private_files, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.BROWSER, blank=True
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    letters_wait = models.BooleanField(_("letters wait for working hours"), default=True)
    is_service = models.BooleanField(
        _("service account"),
        default=False,
        help_text=_("An account of a program: it has no password, cannot sign in, and acts by its tokens only."),
    )
    # Raised to end every pair of tokens of the API at once: none is stored.
    pair_round = models.PositiveIntegerField(_("round of pairs"), default=0, editable=False)
    erased_at = models.DateTimeField(_("personal data erased at"), null=True, blank=True, editable=False)

    history = recorded(
        _("history of the person"), excluded_fields=["password", "last_login", "pair_round"], m2m_fields=["groups"]
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]  # the stub of AbstractUser.Meta knows only str
        verbose_name_plural = _("people")  # type: ignore[assignment]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="person_email_unique",
                violation_error_message=_("Another person already has this e-mail."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="person_login_unique",
                violation_error_message=_("This login is taken. Choose another one."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["last_name", "first_name"], name="person_name")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        """Return first and last name; of an erased person what stands for them, in the language of the reader."""
        if self.erased_at is not None:
            return gettext("Erased person %(number)d") % {"number": self.pk}
        return super().get_full_name()
