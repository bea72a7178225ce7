"""Decides what can be asked for: services and their kinds of work, each with the two limits that define "overdue"."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.fields import LimitField
from helpdesk.models.recording import recorded


class Priority(models.IntegerChoices):
    CRITICAL = 1, _("Critical")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class ServiceIcon(models.TextChoices):
    """What a service card shows. The panel maps these names to pictures."""

    GENERAL = "general", _("General")
    MAIL = "mail", _("Mail and messages")
    PHONE = "phone", _("Telephony and conferences")
    COMPUTER = "computer", _("Computers")
    PRINTER = "printer", _("Printing")
    NETWORK = "network", _("Network")
    CLOUD = "cloud", _("Servers and cloud")
    SECURITY = "security", _("Security and access")
    SOFTWARE = "software", _("Programs")
    DATA = "data", _("Data and storage")
    BUILDING = "building", _("Building and workplace")
    PEOPLE = "people", _("People and documents")


class ServiceManager(models.Manager["Service"]):
    def get_by_natural_key(self, code: str) -> Service:
        return self.get(code=code)


class Service(models.Model):
    """Something the support provides; employees pick it first when they file a request."""

    code = models.CharField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    icon = models.CharField(_("picture"), max_length=12, choices=ServiceIcon.choices, default=ServiceIcon.GENERAL)
    is_active = models.BooleanField(_("active"), default=True)

    history = recorded(_("history of the service"))
    objects = ServiceManager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering: ClassVar[list[str]] = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["name", "id"], name="service_name")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class WorkTypeManager(models.Manager["WorkType"]):
    def get_by_natural_key(self, service_code: str, code: str) -> WorkType:
        return self.get(service__code=service_code, code=code)


class WorkType(models.Model):
    """A kind of work of a service. Reaction and execution limits are copied to each ticket when it is registered."""

    class Kind(models.TextChoices):
        INCIDENT = "incident", _("Incident")
        REQUEST = "request", _("Service request")

    service = models.ForeignKey(Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="work_types")
    code = models.CharField(_("code"), max_length=50)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices, default=Kind.REQUEST)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    line = models.ForeignKey(
        "helpdesk.SupportLine",
        verbose_name=_("support line"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="work_types",
        help_text=_("Empty means the default line."),
    )
    reaction_limit = LimitField(_("reaction limit"))
    execution_limit = LimitField(_("execution limit"))
    is_active = models.BooleanField(_("active"), default=True)

    history = recorded(_("history of the kind of work"))
    objects = WorkTypeManager()

    class Meta:
        verbose_name = _("kind of work")
        verbose_name_plural = _("kinds of work")
        ordering: ClassVar[list[str]] = ["service__name", "name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["service", "code"],
                name="work_type_code_unique",
                violation_error_message=_("This service already has a kind of work with that code."),
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["service", "name"], name="work_type_name")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.service.code, self.code)

    natural_key.dependencies = ["helpdesk.service"]  # type: ignore[attr-defined]  # Django's fixture loader reads it
