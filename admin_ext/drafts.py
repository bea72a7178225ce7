"""Decides what a calendar would mean that is being written: its hours are read from the form, nothing is saved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from admin_ext.forms.calendars import DraftDates, DraftForm, DraftWeek, refuse_overlaps
from helpdesk import worktime
from helpdesk.clocks import calendar_of
from helpdesk.models import WorkCalendar
from helpdesk.worktime import Calendar, Interval


@dataclass(frozen=True)
class Draft:
    """A calendar to look at: its arithmetic, the zone its hours are told in, and the notes of its dates."""

    calendar: Calendar
    zone: tzinfo
    notes: dict[date, str]


def stored(row: WorkCalendar) -> Draft:
    """Return the calendar as it is saved. Raises worktime.NoWorkingTime."""
    notes = dict(row.exceptions.values_list("date", "note"))
    return Draft(calendar_of(row), ZoneInfo(row.time_zone), notes)


def written(data: QueryDict, row: WorkCalendar | None, year: int) -> Draft:
    """Return the calendar that the form of `row` says; the dates of other years than `year` are those that are saved.

    Raises ValidationError with a sentence when the form does not say a calendar yet.
    """
    head, week, dates = DraftForm(data), DraftWeek(data, prefix="intervals"), DraftDates(data, prefix="exceptions")
    if not (head.is_valid() and week.is_valid() and dates.is_valid()):
        raise ValidationError(_("Some hours or dates are not complete yet."))
    if head.cleaned_data["time_zone"] not in worktime.known_zones():
        raise ValidationError(_("There is no such time zone."))
    zone = ZoneInfo(head.cleaned_data["time_zone"])
    if head.cleaned_data["always_open"]:
        return Draft(worktime.ALWAYS_OPEN, zone, {})
    found = [(each["date"], each["start"], each["end"]) for each in _kept(dates)]
    notes = {each["date"]: each["note"] for each in _kept(dates)}
    if row is not None:
        for each in row.exceptions.exclude(date__year=year):
            found.append((each.date, each.start, each.end))
            notes[each.date] = each.note
    return Draft(
        _calendar(zone, [(each["weekday"], each["start"], each["end"]) for each in _kept(week)], found), zone, notes
    )


def _calendar(zone: tzinfo, hours: list[Any], dates: list[Any]) -> Calendar:
    refuse_overlaps(hours)
    refuse_overlaps(dates)
    week: list[list[Interval]] = [[] for _day in range(7)]
    for weekday, start, end in sorted(hours):
        week[weekday].append((start, end))
    exceptions: dict[date, list[Interval]] = defaultdict(list)
    for day, start, end in sorted(dates, key=lambda each: (each[0], each[1] or 0)):
        exceptions[day].extend([] if start is None else [(start, end)])
    try:
        return Calendar(zone, tuple(map(tuple, week)), {day: tuple(each) for day, each in exceptions.items()})
    except worktime.NoWorkingTime as error:
        raise ValidationError(_("A calendar needs some working time, or has to be open around the clock.")) from error
    except ValueError as error:
        raise ValidationError(_("The end must come after the beginning.")) from error


def _kept(formset: Any) -> list[dict[str, Any]]:
    return [form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
