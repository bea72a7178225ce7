"""Decides what every desk needs before the first request: role groups, a working calendar, a default support line."""

from __future__ import annotations

import holidays
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from helpdesk.actions.accounts import ensure_groups
from helpdesk.models import CalendarException, CalendarInterval, SupportLine, WorkCalendar
from helpdesk.moment import now

NINE, ONE, TWO, SIX = 9 * 60, 13 * 60, 14 * 60, 18 * 60
COUNTRY = "RU"


def set_up() -> None:
    """Create the role groups, a working calendar and a default line where they are missing; change nothing else.

    Safe to repeat. A desk that has any calendar, or a default line, keeps its own.
    """
    with transaction.atomic():
        ensure_groups()
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
    _touch(calendar)


def add_holidays(calendar: WorkCalendar, *, country: str, year: int) -> int:
    """Enter the public holidays of a country and year into `calendar`; return how many dates were added.

    Days off that were moved are closed with the others; a day of the weekend that is worked instead is open at the
    hours of a Monday. Dates that are in the calendar already stay as they are. Raises NotImplementedError for a
    country the `holidays` package does not know.
    """
    known = set(CalendarException.objects.filter(calendar=calendar).values_list("date", flat=True))
    # Without a language the package takes that of the machine, and the same command would write different notes.
    language = getattr(holidays, country).default_language
    found = holidays.country_holidays(country, years=year, language=language)
    rows = [
        CalendarException(calendar=calendar, date=day, note=str(name)[:200])
        for day, name in sorted(found.items())
        if day not in known
    ]
    monday = [(hours.start, hours.end) for hours in calendar.intervals.filter(weekday=0)]
    worked = sorted(day for day in getattr(found, "weekend_workdays", ()) if day not in known)
    rows += [
        CalendarException(calendar=calendar, date=day, start=start, end=end, note=_("Working day moved here"))
        for day in worked
        for start, end in monday
    ]
    bulk_create_with_history(rows, CalendarException, default_date=now())
    _touch(calendar)
    return len({row.date for row in rows})


def _touch(calendar: WorkCalendar) -> None:
    """Tell every process that remembers this calendar to read it again."""
    calendar.changed_at = now()
    WorkCalendar.objects.filter(pk=calendar.pk).update(changed_at=calendar.changed_at)
