"""Decides what is kept of people who sign in by the company: who is who there, which groups give what, and what was given."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.lines import Membership, SupportLine
from helpdesk.models.people import Role
from helpdesk.models.recording import recorded
from helpdesk.moment import now

# A provider may send any number of groups, each as long as it likes.
MOST_GROUPS, LONGEST_GROUP = 500, 200


class CompanyIdentity(models.Model):
    """That a person here is a person there, known by issuer and subject and by nothing else. `groups` are those of the last sign-in."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="company_identities"
    )
    issuer = models.CharField(_("issuer"), max_length=255)
    subject = models.CharField(_("subject"), max_length=255)
    groups = models.JSONField(_("groups of the company"), default=list)
    created_at = models.DateTimeField(_("moment"), default=now)
    last_at = models.DateTimeField(_("last sign-in"), default=now)

    class Meta:
        verbose_name = _("company sign-in")
        verbose_name_plural = _("company sign-ins")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="company_identity_subject"),
            models.UniqueConstraint(fields=["person", "issuer"], name="company_identity_person"),
        ]

    def __str__(self) -> str:
        return self.issuer


class CompanyGroup(models.Model):
    """A rule: whoever is in this group of the company gets a role here, a place on a line, or both."""

    group = models.CharField(
        _("group of the company"), max_length=LONGEST_GROUP, help_text=_("Letter by letter as the provider sends it.")
    )
    role = models.CharField(
        _("role"), max_length=20, blank=True,
        choices=[choice for choice in Role.choices if choice[0] not in (Role.AGENT, Role.LEAD)],
    )  # fmt: skip
    line = models.ForeignKey(
        SupportLine, verbose_name=_("support line"), on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    line_role = models.CharField(
        _("part on the line"), max_length=10, choices=Membership.LineRole.choices, default=Membership.LineRole.MEMBER
    )

    history = recorded(_("history of the group"))

    class Meta:
        verbose_name = _("group of the company")
        verbose_name_plural = _("groups of the company")
        ordering: ClassVar[list[str]] = ["group", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["group", "role"],
                condition=~models.Q(role=""),
                name="company_group_role",
                violation_error_message=_("This group gives this role already."),
            ),
            models.UniqueConstraint(
                fields=["group", "line"],
                name="company_group_line",
                violation_error_message=_("This group gives a place on this line already."),
            ),
        ]

    def __str__(self) -> str:
        return self.group

    def clean(self) -> None:
        """Refuse a rule that gives nothing."""
        if not self.role and self.line_id is None:
            raise ValidationError({"role": [_("Choose a role, a line, or both.")]})


class CompanyGrant(models.Model):
    """What a person has because of his groups: a role, or a place on a line. What somebody gave him by hand has no row here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="company_grants")
    role = models.CharField(_("role"), max_length=20, blank=True)
    line = models.ForeignKey(SupportLine, on_delete=models.CASCADE, null=True, related_name="+")
    line_role = models.CharField(_("part on the line"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("given by the company")
        verbose_name_plural = _("given by the company")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(line=None), name="company_grant_role"
            ),
            models.UniqueConstraint(fields=["person", "line"], name="company_grant_line"),
        ]

    def __str__(self) -> str:
        return self.role or str(self.line_id)
