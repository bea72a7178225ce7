"""Working calendars in the panel: what could not count is refused, tried before it is saved, and filled with holidays."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.actions import days_off, records
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import AuditRecord, CalendarException, CalendarInterval, WorkCalendar
from tests.people import Desk

WEEK = tuple((str(day), "09:00", "18:00") for day in range(5))
ADD = "admin:helpdesk_workcalendar_add"


def calendar_form(
    *hours: tuple[str, str, str], dates: tuple[tuple[str, str, str], ...] = (), **values: str
) -> dict[str, str]:
    tables = (("intervals", ("weekday", "start", "end"), hours), ("exceptions", ("date", "start", "end"), dates))
    rows = {
        f"{prefix}-{n}-{name}": value
        for prefix, names, lines in tables
        for n, row in enumerate(lines)
        for name, value in zip(names, row, strict=True)
    }
    counts = {f"{prefix}-TOTAL_FORMS": str(len(lines)) for prefix, _names, lines in tables}
    none = {f"{prefix}-INITIAL_FORMS": "0" for prefix, _names, _lines in tables}
    return {"name": "Office", "time_zone": "Europe/Moscow", **rows, **counts, **none, **values}


def office() -> WorkCalendar:
    calendar = WorkCalendar.objects.create(name="Office")
    for day in range(5):
        CalendarInterval.objects.create(calendar=calendar, weekday=day, start=540, end=1080)
    return calendar


@pytest.mark.parametrize(
    "wrong",
    [calendar_form(), calendar_form(("0", "18:00", "09:00")), calendar_form(("0", "09:00", "13:00"), ("0", "12:00", "18:00")),
     calendar_form(("0", "9 o'clock", "13:00")), calendar_form(("0", "09:00", "13:00"), time_zone="Mars/Olympus"),
     calendar_form(*WEEK, dates=(("2026-03-11", "", ""), ("2026-03-11", "", ""))),
     calendar_form(*WEEK, dates=(("2026-03-11", "", ""), ("2026-03-11", "10:00", "12:00"))),
     calendar_form(*WEEK, dates=(("2026-03-11", "10:00", "12:00"), ("2026-03-11", "11:00", "13:00")))],
)  # fmt: skip
def test_a_calendar_that_could_not_count_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    answer = desk.client("roman").post(reverse(ADD), wrong)

    assert answer.status_code == 200
    assert b"invalid-feedback" in answer.content or b'role="alert"' in answer.content
    assert WorkCalendar.objects.count() == 0


def test_a_date_stored_for_another_year_is_not_entered_twice(desk: Desk) -> None:
    calendar = office()
    CalendarException.objects.create(calendar=calendar, date=date(2027, 1, 1))
    address = reverse("admin:helpdesk_workcalendar_change", args=[calendar.pk])
    client = desk.client("roman")
    shown = client.get(f"{address}?year=2027").content.decode()
    assert "2027-01-01" in shown
    assert "2027-01-01" not in client.get(address).content.decode()

    hours = calendar_form(*WEEK, dates=(("2027-01-01", "", ""),))
    for n, row in enumerate(calendar.intervals.all()):
        hours |= {f"intervals-{n}-id": str(row.pk), f"intervals-{n}-calendar": str(calendar.pk)}
    hours["intervals-INITIAL_FORMS"] = "5"
    answer = client.post(address, {**hours, "_continue": ""})

    assert "Working hours of one day overlap." in answer.content.decode()
    assert calendar.exceptions.count() == 1
    hours["exceptions-0-date"] = "2028-05-01"
    assert client.post(f"{address}?year=2028", {**hours, "_continue": ""}).headers["Location"].endswith("?year=2028")
    assert calendar.exceptions.count() == 2


def test_rows_that_overlap_are_refused_behind_the_form_too(desk: Desk) -> None:
    calendar = office()
    records.require_countable(calendar)
    CalendarInterval.objects.create(calendar=calendar, weekday=0, start=600, end=700)
    with pytest.raises(ActionRefused, match="overlap"):
        records.require_countable(calendar)
    calendar.intervals.all().delete()
    with pytest.raises(ActionRefused, match="no_hours"):
        records.require_countable(calendar)


def test_a_calendar_is_tried_while_it_is_written(desk: Desk) -> None:
    client, address = desk.client("roman"), reverse("admin:calendar_trial")
    trial = {"limit_0": "2", "limit_1": "bd", "registered": "", "year": "2026", "calendar": ""}

    # Tuesday 10:00 in Moscow; Wednesday is closed, so that the second business day is Friday.
    form = calendar_form(*WEEK, dates=(("2026-03-11", "", ""),), **trial)
    said = client.post(address, form).content.decode()
    assert "<strong>Fri 03/13/2026 10 a.m.</strong>" in said
    assert "11 March · closed" in said
    said = client.post(address, {**form, "registered": "2026-03-14T12:00", "limit_0": "1"}).content.decode()
    assert "<strong>Tue 03/17/2026 9 a.m.</strong>" in said
    # Around the clock nothing is closed, and the times are those of the zone that is written.
    said = client.post(
        address, {**form, "always_open": "on", "limit_1": "d", "time_zone": "Asia/Tokyo"}
    ).content.decode()
    assert "<strong>Thu 03/12/2026 4 p.m.</strong>" in said

    for wrong in ({"intervals-0-start": "late"}, {"time_zone": "Mars/Olympus"}, {"limit_0": "0"}, {"intervals-TOTAL_FORMS": "0"},
                  {"intervals-0-end": "08:00"}, {"exceptions-0-date": "soon"}, {"registered": "soon"}, {"limit_0": "999999"}):  # fmt: skip
        answer = client.post(address, {**form, **wrong})
        assert (answer.status_code, b"<strong>" in answer.content) == (200, False), wrong
        assert b'role="status"' in answer.content
    assert desk.client("katya").post(address, form).status_code == 403
    assert WorkCalendar.objects.count() == 0


def test_a_trial_counts_the_saved_dates_of_other_years(desk: Desk) -> None:
    calendar = office()
    CalendarException.objects.create(calendar=calendar, date=date(2027, 1, 1))
    form = calendar_form(
        *WEEK, calendar=str(calendar.pk), year="2026", limit_0="1", limit_1="bd", registered="2026-12-31T12:00"
    )

    said = desk.client("roman").post(reverse("admin:calendar_trial"), form).content.decode()

    assert "<strong>Mon 01/04/2027 noon</strong>" in said


def test_holidays_and_moved_days_are_filled_in_once(desk: Desk) -> None:
    calendar = office()
    kept = CalendarException.objects.create(calendar=calendar, date=date(2025, 5, 9), start=600, end=700, note="Ours")
    address, client = reverse("admin:calendar_holidays", args=[calendar.pk]), desk.client("roman")

    said = client.post(address, {"country": "RU", "year": "2025"}, follow=True).content.decode()
    filled = calendar.exceptions.count()
    client.post(address, {"country": "RU", "year": "2025"})
    wrong = [("XX", "2025"), ("os", "2025"), ("RU", "x"), ("RU", "3000")]
    refused = [client.post(address, {"country": country, "year": year}).status_code for country, year in wrong]

    worked = calendar.exceptions.get(date=date(2025, 11, 1))
    assert (worked.start, worked.end, worked.history.get().history_user) == (540, 1080, desk.roman)
    assert calendar.exceptions.get(date=date(2025, 11, 3)).start is None
    assert calendar.exceptions.get(date=date(2025, 5, 9)) == kept
    assert "18 holidays filled in. 1 day of rest is worked instead." in said
    assert (calendar.exceptions.count(), refused) == (filled, [302] * 4)
    assert AuditRecord.objects.get(object_id=calendar.pk).data["reason"] == "Holidays filled in: RU, 2025"
    desk.client("katya").post(address, {"country": "RU", "year": "2027"})
    assert calendar.exceptions.count() == filled


def test_a_weekend_that_is_worked_anyway_keeps_its_hours(desk: Desk) -> None:
    calendar = office()
    CalendarInterval.objects.create(calendar=calendar, weekday=5, start=600, end=840)

    desk.client("roman").post(reverse("admin:calendar_holidays", args=[calendar.pk]), {"country": "RU", "year": "2025"})

    assert not calendar.exceptions.filter(date=date(2025, 11, 1)).exists()


def test_the_page_asks_as_often_for_a_full_year_as_for_an_empty_one(desk: Desk) -> None:
    calendar, client = office(), desk.client("roman")
    address = reverse("admin:helpdesk_workcalendar_change", args=[calendar.pk])
    client.get(address)
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
        days_off.add_holidays(calendar, country="RU", year=2026)

    assert asked[0] == asked[1]


def test_countries_are_named_in_the_language_of_the_reader(desk: Desk) -> None:
    address = reverse("admin:helpdesk_workcalendar_change", args=[office().pk])

    assert '<option value="RU" selected>Russia</option>' in desk.client("roman").get(address).content.decode()
    desk.roman.language = "ru"
    desk.roman.save()
    assert '<option value="DE">Германия</option>' in desk.client("roman").get(address).content.decode()
