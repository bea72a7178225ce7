"""Decides how support is organised: lines, who belongs to them, and the reply templates they share."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.recording import recorded


class SupportLine(models.Model):
    """A team with one queue. Exactly one line is the default: requests whose kind of work names no line land there."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)
    is_default = models.BooleanField(_("default line"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    calendar = models.ForeignKey(
        "helpdesk.WorkCalendar",
        verbose_name=_("working calendar"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        help_text=_("Empty means that the line works around the clock."),
    )
    members: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="helpdesk.Membership", related_name="lines", verbose_name=_("members")
    )

    history = recorded(_("history of the line"))

    class Meta:
        verbose_name = _("support line")
        verbose_name_plural = _("support lines")
        ordering: ClassVar[list[str]] = ["-is_default", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_line",
                violation_error_message=_("There is already a default line. Make the other one ordinary first."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(is_active=True),
                name="default_line_active",
                violation_error_message=_("The default line cannot be switched off."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a line. A lead is a member who also assigns work and judges the figures."""

    class LineRole(models.TextChoices):
        MEMBER = "member", _("Member")
        LEAD = "lead", _("Lead")

    line = models.ForeignKey(
        SupportLine, verbose_name=_("support line"), on_delete=models.CASCADE, related_name="memberships"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=LineRole.choices, default=LineRole.MEMBER)

    history = recorded(_("history of the membership"))

    class Meta:
        verbose_name = _("line membership")
        verbose_name_plural = _("line memberships")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["line", "person"],
                name="membership_unique",
                violation_error_message=_("This person is already in the line."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.line}"


class ReplyTemplate(models.Model):
    """A prepared reply. Placeholders in braces are filled in when it is inserted into the message box."""

    name = models.CharField(_("name"), max_length=100)
    line = models.ForeignKey(
        SupportLine,
        verbose_name=_("support line"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reply_templates",
        help_text=_("Empty means that every line may use it."),
    )
    text = models.TextField(
        _("text"), max_length=5000, help_text=_("Placeholders: {name}, {number}, {subject}, {service}, {agent}.")
    )

    history = recorded(_("history of the reply template"))

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["line", "name"],
                name="reply_template_unique",
                violation_error_message=_("This line already has a template of that name."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(line=None),
                name="reply_template_unique_for_all",
                violation_error_message=_("There is already a template of that name for every line."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
