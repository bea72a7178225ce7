"""Decides when support works: calendars with a time zone, weekly intervals and dated exceptions."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.models.recording import recorded
from helpdesk.moment import now
from helpdesk.worktime import known_zones

MINUTES_A_DAY = 24 * 60


def _known_zone(value: str) -> None:
    if value not in known_zones():
        raise ValidationError(_("There is no such time zone."))


class WorkCalendar(models.Model):
    """Working hours of a line. `changed_at` moves with every change of its intervals and exceptions.

    Until `recount_after` is empty, the open clocks with greater keys have still to follow the last change.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Moscow", validators=[_known_zone])
    always_open = models.BooleanField(_("around the clock"), default=False)
    changed_at = models.DateTimeField(_("changed at"), default=now, editable=False)
    recount_after = models.BigIntegerField(_("clocks recounted up to"), null=True, editable=False)

    history = recorded(_("history of the calendar"))

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarInterval(models.Model):
    """Working hours on one weekday (0 is Monday); a day may have several. Minutes from midnight; 1440 ends the day."""

    calendar = models.ForeignKey(
        WorkCalendar, verbose_name=_("working calendar"), on_delete=models.CASCADE, related_name="intervals"
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    start = models.PositiveSmallIntegerField(_("from, minutes"))
    end = models.PositiveSmallIntegerField(_("to, minutes"))

    history = recorded(_("history of working hours"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering: ClassVar[list[str]] = ["weekday", "start"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(start__lt=models.F("end"), end__lte=MINUTES_A_DAY, weekday__lte=6),
                name="interval_in_order",
                violation_error_message=_("The end must come after the beginning."),
            ),
            models.UniqueConstraint(fields=["calendar", "weekday", "start"], name="interval_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.start // 60:02d}:{self.start % 60:02d}–{self.end // 60:02d}:{self.end % 60:02d}"


class CalendarException(models.Model):
    """A date that differs from its weekday: closed (both times empty) or open at other hours."""

    calendar = models.ForeignKey(
        WorkCalendar, verbose_name=_("working calendar"), on_delete=models.CASCADE, related_name="exceptions"
    )
    date = models.DateField(_("date"))
    start = models.PositiveSmallIntegerField(_("from, minutes"), null=True, blank=True)
    end = models.PositiveSmallIntegerField(_("to, minutes"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    history = recorded(_("history of calendar exceptions"))

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering: ClassVar[list[str]] = ["date", "start"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(start=None, end=None) | models.Q(start__lt=models.F("end"), end__lte=MINUTES_A_DAY),
                name="exception_in_order",
                violation_error_message=_("The end must come after the beginning."),
            ),
            models.UniqueConstraint(fields=["calendar", "date", "start"], name="exception_unique"),
            models.UniqueConstraint(
                fields=["calendar", "date"], condition=models.Q(start=None), name="exception_closed_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)
