"""How many reports by mail there may be and how many read one; a broken one, or a reader without an address, stops no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk import moment
from helpdesk.actions import report_schedules, report_sendings
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import AuditRecord, Letter, ReportSchedule, ReportSending, User
from tests.people import NO_ROW, Desk

# Monday, eight in Moscow.
MONDAY = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)


def make(desk: Desk, name: str = "Week") -> ReportSchedule:
    values = {"name": name, "recipients": [desk.olga.pk]}
    return report_schedules.change(actor=desk.olga, schedule=ReportSchedule(), values=values)


def test_a_desk_keeps_a_hundred_reports_and_changes_them_still(desk: Desk) -> None:
    schedule = make(desk)
    ReportSchedule.objects.bulk_create(ReportSchedule(name=f"{number}", owner=desk.olga) for number in range(99))

    with pytest.raises(ActionRefused, match="too_many"):
        make(desk, "One more")

    assert ReportSchedule.objects.count() == report_schedules.MOST
    report_schedules.change(actor=desk.olga, schedule=schedule, values={"name": "Monday"})
    assert ReportSchedule.objects.get(pk=schedule.pk).name == "Monday"


def test_a_report_has_a_hundred_readers_at_most(desk: Desk) -> None:
    schedule = make(desk)
    many = range(NO_ROW, NO_ROW + report_schedules.MOST_RECIPIENTS + 1)

    with pytest.raises(ValidationError) as refused:
        report_schedules.change(actor=desk.olga, schedule=schedule, values={"recipients": many})

    assert refused.value.message_dict == {"recipients": ["At most 100 people."]}
    assert list(schedule.recipients.all()) == [desk.olga]


def test_a_report_that_cannot_be_counted_stops_no_other(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    broken, good = make(desk, "Broken"), make(desk, "Good")
    # As a restored copy of other hands may have it: the form knows 24 hours.
    ReportSchedule.objects.filter(pk=broken.pk).update(hour=99)

    with moment.at(MONDAY):
        assert report_sendings.write_due() == 1

    assert ReportSending.objects.get().schedule == good
    assert [record.getMessage() for record in caplog.records if record.exc_info] == [
        f"the report by mail {broken.pk} was not written"
    ]


def test_a_report_whose_hour_has_come_is_the_next_one_until_it_is_written(desk: Desk) -> None:
    schedule = make(desk)
    with moment.at(MONDAY):
        due = report_sendings.upcoming(schedule)
        report_sendings.write_due()
        then = report_sendings.upcoming(schedule)

    assert due is not None
    assert then is not None
    assert (due.at, str(due.first), str(then.first)) == (MONDAY, "2026-03-09", "2026-03-16")


def test_nobody_sends_himself_a_report_without_an_address(desk: Desk) -> None:
    schedule = make(desk)
    User.objects.filter(pk=desk.olga.pk).update(email="")
    desk.olga.refresh_from_db()

    with pytest.raises(ActionRefused, match="no_email"):
        report_sendings.send_now(actor=desk.olga, schedule=schedule)

    assert (ReportSending.objects.count(), Letter.objects.count()) == (0, 0)
    assert not AuditRecord.objects.filter(kind="exported").exists()
