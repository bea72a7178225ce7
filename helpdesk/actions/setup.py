"""Decides what every desk needs before the first request: role groups, a working calendar, a default support line."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from helpdesk import clocks
from helpdesk.actions import roles
from helpdesk.actions.days_off import add_holidays
from helpdesk.models import CalendarInterval, SupportLine, WorkCalendar
from helpdesk.moment import now

NINE, ONE, TWO, SIX = 9 * 60, 13 * 60, 14 * 60, 18 * 60
COUNTRY = "RU"


def set_up() -> None:
    """Bring the role groups into step, create a working calendar and a default line where they are missing; change nothing else.

    Safe to repeat. A desk that has any calendar, or a default line, keeps its own.
    """
    with transaction.atomic():
        roles.sync()
        calendar = WorkCalendar.objects.order_by("pk").first() or _office_hours()
        if not SupportLine.objects.filter(is_default=True).exists():
            SupportLine.objects.create(name=_free_name(), is_default=True, calendar=calendar)


def default_calendar(*, year: int) -> WorkCalendar:
    """Return the calendar of the default line, with the holidays of `year` and the two after it.

    Raises SupportLine.DoesNotExist before `set_up`.
    """
    line = SupportLine.objects.select_related("calendar").get(is_default=True)
    calendar = line.calendar or _office_hours()
    for number in range(year, year + 3):
        add_holidays(calendar, country=COUNTRY, year=number)
    return calendar


def _office_hours() -> WorkCalendar:
    calendar = WorkCalendar.objects.create(name=_("Weekdays 9 to 18"))
    add_hours(calendar, [(NINE, ONE), (TWO, SIX)])
    for year in (now().year, now().year + 1):
        add_holidays(calendar, country=COUNTRY, year=year)
    return calendar


def _free_name() -> str:
    """The first line's name; with a number when a line that is not the default one has taken it."""
    name = wanted = _("First line")
    number = 2
    while SupportLine.objects.filter(name=name).exists():
        name, number = f"{wanted} {number}", number + 1
    return name


def add_hours(calendar: WorkCalendar, hours: list[tuple[int, int]], *, days: int = 5) -> None:
    """Give the first `days` weekdays of `calendar` the `hours`, in minutes from midnight."""
    rows = [
        CalendarInterval(calendar=calendar, weekday=day, start=start, end=end)
        for day in range(days)
        for start, end in hours
    ]
    bulk_create_with_history(rows, CalendarInterval, default_date=now())
    clocks.touch([calendar.pk])
    calendar.refresh_from_db(fields=["changed_at"])
