"""Decides which days a country does not work, which it works instead, and how they get into a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import holidays
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from holidays.registry import EntityLoader
from simple_history.utils import bulk_create_with_history

from helpdesk import clocks
from helpdesk.actions import audit
from helpdesk.actions.records import require_right
from helpdesk.actions.refusals import bad_input
from helpdesk.models import AuditKind, CalendarException, User, WorkCalendar
from helpdesk.moment import now
from helpdesk.whole_numbers import whole_number

if TYPE_CHECKING:
    from datetime import date

# Not `list_supported_countries`, which imports each of them to tell its regions.
COUNTRIES = tuple(sorted(EntityLoader.get_country_codes(include_aliases=False)))
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Filled:
    """How many dates were entered: closed for a holiday, and worked instead of a moved day off."""

    closed: int = 0
    worked: int = 0


def fill_holidays(*, actor: User, calendar: WorkCalendar, country: str, year: str) -> Filled:
    """Enter the holidays and moved days of `country` (a code such as RU) and `year`, as `add_holidays` does.

    Raises ActionRefused, and ValidationError for an unknown country or a year that is none.
    """
    require_right(actor, calendar)
    wanted = whole_number(year)
    if wanted is None or not FIRST_YEAR <= wanted <= LAST_YEAR:
        raise bad_input({"year": _("Write a year between 2000 and 2100.")})
    if country not in COUNTRIES:
        raise bad_input({"country": _("The holidays of this country are not known.")})
    with transaction.atomic():
        filled = add_holidays(calendar, country=country, year=wanted, actor=actor)
        if filled != Filled():
            reason = _("Holidays filled in: %(country)s, %(year)s") % {"country": country, "year": year}
            audit.record(AuditKind.CHANGED, actor=actor, about=calendar, changes=[], reason=reason)
    return filled


def add_holidays(calendar: WorkCalendar, *, country: str, year: int, actor: User | None = None) -> Filled:
    """Enter the public holidays of a country and year into `calendar`; return how many dates were added.

    Days off that were moved are closed with the others; a day of rest that is worked instead is open at the hours of the
    first working weekday. Dates that are in the calendar already stay as they are.
    """
    found = holidays.country_holidays(country, years=year, language=_language(country))
    with transaction.atomic():
        WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
        known = set(CalendarException.objects.filter(calendar=calendar).values_list("date", flat=True))
        closed = [
            CalendarException(calendar=calendar, date=day, note=str(name)[:200])
            for day, name in sorted(found.items())
            if day not in known
        ]
        moved = set(getattr(found, "weekend_workdays", ())) - known - set(found)
        worked = _worked(calendar, sorted(day for day in moved if day.year == year))
        bulk_create_with_history([*closed, *worked], CalendarException, default_user=actor, default_date=now())
        clocks.touch([calendar.pk])
        calendar.refresh_from_db(fields=["changed_at"])
    return Filled(closed=len(closed), worked=len({row.date for row in worked}))


def _worked(calendar: WorkCalendar, days: list[date]) -> list[CalendarException]:
    """Open `days` at the hours of the first working weekday; those on which the calendar works anyway need nothing."""
    week = list(calendar.intervals.order_by("weekday", "start"))
    hours = [(row.start, row.end) for row in week if row.weekday == week[0].weekday]
    open_days = {row.weekday for row in week}
    return [
        CalendarException(calendar=calendar, date=day, start=start, end=end, note=_("Working day moved here"))
        for day in days
        if day.weekday() not in open_days
        for start, end in hours
    ]


def _language(country: str) -> str | None:
    """The language of the desk where the names are known in it, else that of the country.

    Without one the package takes that of the machine, and the same command would write different notes.
    """
    known = holidays.country_holidays(country)
    wanted = settings.LANGUAGE_CODE.split("-")[0]
    found = [name for name in known.supported_languages if name.split("_")[0] == wanted]
    return found[0] if found else known.default_language
