"""Who may keep reports by mail, and that each period is written once, to those readers who may have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpdesk import moment
from helpdesk.access import forget_roles
from helpdesk.actions import report_schedules, report_sendings
from helpdesk.actions.records import delete
from helpdesk.actions.refusals import ActionRefused, NotFound, ValidationError
from helpdesk.models import AuditRecord, Letter, Membership, NoticeChoice, ReportSchedule, ReportSending
from tests.people import NO_ROW, NOON, Desk
from tests.races.processes import start, together

# Monday, eight in Moscow.
MONDAY = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)


def make(desk: Desk, owner: str = "olga", readers: tuple[str, ...] = ("olga", "lev"), **values: Any) -> ReportSchedule:
    given = {"name": "Week", "recipients": [desk.people[name].pk for name in readers], **values}
    return report_schedules.change(actor=desk.people[owner], schedule=ReportSchedule(), values=given)


def written(at: datetime) -> int:
    with moment.at(at):
        return report_sendings.write_due()


def readers() -> set[str]:
    return set(Letter.objects.values_list("person__username", flat=True))


def test_a_period_is_written_once_when_its_hour_has_come(desk: Desk) -> None:
    schedule = make(desk)
    assert written(NOON) == 0, "the Monday before it was made is not caught up with"
    assert written(MONDAY - timedelta(minutes=1)) == 0
    assert (written(MONDAY), written(MONDAY), written(MONDAY + timedelta(days=6))) == (2, 0, 0)
    assert written(MONDAY + timedelta(days=7)) == 2
    periods = [f"{sending.first} {sending.last}" for sending in schedule.sendings.all()]
    assert periods == ["2026-03-16 2026-03-22", "2026-03-09 2026-03-15"]
    assert AuditRecord.objects.filter(kind="exported", object_type="reportschedule").count() == 2


def test_after_months_without_a_worker_the_newest_period_goes_and_no_other(desk: Desk) -> None:
    schedule = make(desk)
    later = MONDAY + timedelta(days=7 * 20 + 2)
    assert (written(later), written(later)) == (2, 0)
    assert [str(sending.first) for sending in schedule.sendings.all()] == ["2026-07-27"]


def test_a_pause_is_not_caught_up_with(desk: Desk) -> None:
    schedule = make(desk)
    report_schedules.change(actor=desk.olga, schedule=schedule, values={"is_active": False})
    with moment.at(MONDAY + timedelta(days=1)):
        assert (report_sendings.write_due(), report_sendings.upcoming(schedule)) == (0, None)
        report_schedules.change(actor=desk.olga, schedule=schedule, values={"is_active": True})
        assert report_sendings.write_due() == 0
        turn = report_sendings.upcoming(schedule)
    assert turn is not None
    assert turn.at == MONDAY + timedelta(days=7)


def test_another_day_does_not_send_the_same_period_twice(desk: Desk) -> None:
    schedule = make(desk)
    written(MONDAY)
    with moment.at(MONDAY + timedelta(hours=1)):
        report_schedules.change(actor=desk.olga, schedule=schedule, values={"weekday": 3})
        turn = report_sendings.upcoming(schedule)
    assert written(MONDAY + timedelta(days=3)) == 0
    assert turn is not None
    assert turn.at == MONDAY + timedelta(days=10)
    with moment.at(MONDAY + timedelta(days=3, hours=1)):
        report_schedules.change(actor=desk.olga, schedule=schedule, values={"every": "month", "day": 20})
    assert written(MONDAY + timedelta(days=4)) == 2, "the month before is another period"


def test_who_may_not_have_it_is_left_out_with_the_reason(desk: Desk) -> None:
    schedule = make(desk, readers=("olga", "lev", "roman"), line=None)
    schedule = report_schedules.change(actor=desk.olga, schedule=schedule, values={"line_id": desk.second.pk})
    NoticeChoice.objects.create(person=desk.roman, kind="report", channel="email")
    assert written(MONDAY) == 1
    assert readers() == {"olga"}
    assert schedule.sendings.get().skipped == [[desk.lev.pk, "foreign_line"], [desk.roman.pk, "not_wanted"]]

    report_schedules.change(actor=desk.olga, schedule=schedule, values={"line_id": None})
    Membership.objects.filter(person=desk.lev).delete()
    type(desk.roman).objects.filter(pk=desk.roman.pk).update(is_active=False)
    type(desk.olga).objects.filter(pk=desk.olga.pk).update(email="")
    assert written(MONDAY + timedelta(days=7)) == 0
    assert schedule.sendings.first().skipped == [
        [desk.lev.pk, "no_right"], [desk.olga.pk, "no_email"], [desk.roman.pk, "inactive"]
    ]  # fmt: skip


def test_nothing_goes_while_its_owner_may_not_take_reports_out_and_an_administrator_takes_it_over(desk: Desk) -> None:
    schedule = make(desk, owner="lev", readers=("roman",))
    Membership.objects.filter(person=desk.lev).delete()
    forget_roles(desk.lev)
    assert (written(MONDAY), ReportSending.objects.count()) == (0, 0)
    schedule.refresh_from_db()
    with moment.at(MONDAY):
        report_schedules.change(actor=desk.roman, schedule=schedule, values={})
    assert schedule.owner == desk.roman
    assert written(MONDAY) == 1


def test_a_reader_west_of_the_desk_gets_it_when_the_week_is_over_there(desk: Desk) -> None:
    type(desk.lev).objects.filter(pk=desk.lev.pk).update(time_zone="America/New_York")
    make(desk, hour=0)
    midnight = datetime(2026, 3, 15, 21, 0, tzinfo=UTC)
    written(midnight)
    assert dict(Letter.objects.values_list("person__username", "next_at")) == {
        "olga": midnight, "lev": datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    }  # fmt: skip


@pytest.mark.parametrize("who", ["anna", "alla", "katya"])
def test_who_may_not_take_reports_out_keeps_none(desk: Desk, who: str) -> None:
    kept = make(desk)
    person = desk.people[who]
    with pytest.raises(ActionRefused):
        make(desk, owner=who)
    for attempt in (
        lambda: report_schedules.change(actor=person, schedule=kept, values={"name": "Mine"}),
        lambda: report_sendings.send_now(actor=person, schedule=kept),
        lambda: delete(actor=person, record=kept),
        lambda: report_schedules.one(actor=person, pk=kept.pk),
    ):
        with pytest.raises(ActionRefused):
            attempt()
    assert list(ReportSchedule.objects.values_list("name", "owner__username")) == [("Week", "olga")]
    assert (Letter.objects.count(), report_schedules.visible(person).count()) == (0, 0)


def test_a_lead_keeps_his_own_and_administrators_all(desk: Desk) -> None:
    olgas, levs = make(desk), make(desk, owner="lev", name="Mine", line_id=desk.first.pk)
    assert [set(report_schedules.visible(desk.people[who])) for who in ("olga", "lev", "roman")] == [
        {olgas}, {levs}, {olgas, levs}
    ]  # fmt: skip
    with pytest.raises(NotFound):
        report_schedules.one(actor=desk.lev, pk=olgas.pk)
    with pytest.raises(ActionRefused):
        report_schedules.change(actor=desk.lev, schedule=olgas, values={"name": "Taken"})
    report_schedules.change(actor=desk.roman, schedule=levs, values={"name": "Looked after"})
    olgas.refresh_from_db()
    assert (olgas.name, levs.owner) == ("Week", desk.lev)


@pytest.mark.parametrize(("values", "field"), [
    ({"recipients": []}, "recipients"), ({"recipients": ["anna"]}, "recipients"), ({"recipients": ["ivan"]}, "recipients"),
    ({"line_id": "second"}, "line"), ({"hour": 24}, "hour"), ({"day": 0}, "day"), ({"weekday": 7}, "weekday"),
    ({"name": ""}, "name"), ({"every": "day"}, "every"), ({"priority": 9}, "priority"), ({"service_id": NO_ROW}, "service"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_changes(desk: Desk, values: dict[str, Any], field: str) -> None:
    schedule = make(desk, owner="lev", readers=("lev",))
    if "recipients" in values:
        values = {"recipients": [desk.people[name].pk for name in values["recipients"]]}
    if values.get("line_id"):
        values = {"line_id": desk.second.pk}
    before, told = ReportSchedule.objects.filter(pk=schedule.pk).values().get(), AuditRecord.objects.count()
    with pytest.raises(ValidationError) as refused:
        report_schedules.change(actor=desk.lev, schedule=schedule, values=values)
    assert set(refused.value.message_dict) == {field}
    assert ReportSchedule.objects.filter(pk=schedule.pk).values().get() == before
    assert [person.username for person in schedule.recipients.all()] == ["lev"]
    assert AuditRecord.objects.count() == told


def test_changes_are_in_the_audit_and_in_the_history(desk: Desk) -> None:
    schedule = make(desk)
    report_schedules.change(actor=desk.roman, schedule=schedule, values={"hour": 9, "recipients": [desk.roman.pk]})
    rows = [(row.kind, row.actor, row.data["changes"]) for row in AuditRecord.objects.order_by("pk")[2:]]
    people = [f"#{pk}" for pk in sorted((desk.olga.pk, desk.lev.pk))]
    assert rows == [
        ("changed", desk.roman, [["hour", 8, 9]]),
        ("changed", desk.roman, [["recipients", people, [f"#{desk.roman.pk}"]]]),
    ]
    assert schedule.history.filter(history_user=desk.roman).exists()
    number = schedule.pk
    delete(actor=desk.olga, record=schedule)
    assert AuditRecord.objects.filter(kind="deleted", object_type="reportschedule", object_id=number).count() == 1


DUE = """
from datetime import datetime
from helpdesk import moment
from helpdesk.access import forget_roles
from helpdesk.actions import report_sendings
print("ready", flush=True)
begin = float(sys.stdin.readline())
time.sleep(max(0, begin - time.time()))
with moment.at(datetime.fromisoformat(sys.argv[1])):
    print(report_sendings.write_due())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_workers_write_a_period_once(desk: Desk) -> None:
    make(desk)
    counts = together([start(DUE, MONDAY.isoformat()) for _number in range(3)])
    assert sorted(counts) == ["0", "0", "2"]
    assert (ReportSending.objects.count(), Letter.objects.count()) == (1, 2)
