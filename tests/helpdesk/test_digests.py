"""The digest of a line: once on each working day when the line opens, to who wants it, with what is late and what burns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from helpdesk import moment, notify
from helpdesk.actions import notices
from helpdesk.models import (
    CalendarInterval,
    Letter,
    LineDigest,
    Membership,
    NoticeChoice,
    NoticeRule,
    SupportLine,
    WorkCalendar,
)
from tests.meanwhile import meanwhile
from tests.people import Desk
from tests.races.processes import start, together

MONDAY_EVENING = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
OPENING = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)


@pytest.fixture
def line(desk: Desk) -> Desk:
    """The first line works from nine to six in Moscow, Monday to Friday, and has a late request and one due today."""
    calendar = WorkCalendar.objects.create(name="Office", time_zone="Europe/Moscow")
    for weekday in range(5):
        CalendarInterval.objects.create(calendar=calendar, weekday=weekday, start=9 * 60, end=18 * 60)
    desk.first.calendar = calendar
    desk.first.save()
    desk.mailbox.refresh_from_db()
    with moment.at(MONDAY_EVENING):
        desk.file(subject="Late one")
        taken = desk.file(subject="Burning one")
        desk.act("take", "alla", taken)
    with moment.at(MONDAY_EVENING + timedelta(minutes=35)):
        desk.file("boris", subject="Due in the morning")
    Letter.objects.all().delete()
    return desk


def written(at: datetime) -> int:
    with moment.at(at):
        return notify.write_digests()


def test_it_is_written_once_when_the_line_opens_and_not_on_days_off(line: Desk) -> None:
    assert written(OPENING - timedelta(minutes=1)) == 0
    assert (written(OPENING), written(OPENING), written(OPENING + timedelta(hours=8))) == (1, 0, 0)
    assert [(letter.person, letter.kind) for letter in Letter.objects.all()] == [(line.lev, "digest")]
    assert [written(OPENING + timedelta(days=days)) for days in (1, 2, 3, 4, 5, 6)] == [1, 1, 1, 0, 0, 1]
    assert LineDigest.objects.filter(line=line.second).exists()


def test_it_says_what_is_late_and_what_burns_in_the_language_and_zone_of_its_reader(
    line: Desk, mailoutbox: list[Any]
) -> None:
    line.lev.language, line.lev.time_zone = "ru", "Asia/Yekaterinburg"
    line.lev.save()
    written(OPENING)
    with moment.at(OPENING):
        notify.send_letters()
    letter = mail.outbox[0]
    html, kind = letter.alternatives[0]
    assert (letter.to, letter.subject, kind) == (
        ["lev@example.com"], "First line: просрочено 1, срок сегодня 2", "text/html"
    )  # fmt: skip
    for form in (letter.body, html):
        for said in (
            "Late one",
            "Burning one",
            "Due in the morning",
            "Alla Fedorova",
            "09.03.2026 19:30",
            "ожидают, пока",
        ):
            assert said in form
        assert "/admin/helpdesk/ticket/?scope=lines" in form
        assert form.index("Late one") < form.index("Due in the morning") < form.index("Burning one")
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "/unsubscribe/" in letter.extra_headers["List-Unsubscribe"]


def test_who_does_not_want_it_or_left_has_none_and_the_matrix_widens_it(line: Desk) -> None:
    NoticeChoice.objects.create(person=line.lev, kind="digest", channel="email")
    assert written(OPENING) == 0
    NoticeRule.objects.create(kind="digest", role="line", channel="email", is_on=True)
    assert written(OPENING + timedelta(days=1)) == 2
    assert set(Letter.objects.values_list("person__username", flat=True)) == {"alla", "artem"}
    Membership.objects.filter(person=line.artem).delete()
    with moment.at(OPENING + timedelta(days=1)):
        assert notify.send_letters() == 1
    assert Letter.objects.get(person=line.artem).error == "not a member of the line any more"
    assert ("digest", "requester", "email") not in notices.cells()
    assert ("digest", "lead", "panel") not in notices.cells()


def test_a_quiet_line_has_no_digest_later_that_day_either(line: Desk) -> None:
    line.first.tickets.update(status="cancelled", due_at=None, closed_at=OPENING)
    assert (written(OPENING), LineDigest.objects.filter(line=line.first).count()) == (0, 1)
    with moment.at(OPENING):
        line.file()
    assert written(OPENING + timedelta(hours=5)) == 0


def test_where_nobody_is_to_have_a_digest_none_is_written(line: Desk) -> None:
    NoticeRule.objects.create(kind="digest", role="lead", channel="email", is_on=False)
    assert (written(OPENING), Letter.objects.count()) == (0, 0)


def test_a_line_whose_hours_cannot_be_read_does_not_cost_the_others_their_digest(
    line: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    calendar = WorkCalendar.objects.create(name="Lost", time_zone="Nowhere/Else")
    lost = SupportLine.objects.create(name="A lost line", calendar=calendar)

    assert written(OPENING) == 1
    assert [letter.digest.line for letter in Letter.objects.filter(kind="digest")] == [line.first]
    assert not LineDigest.objects.filter(line=lost).exists()
    assert f"the digest of line {lost.pk} was not written" in caplog.text


def test_what_another_worker_writes_meanwhile_is_not_written_again(line: Desk) -> None:
    with meanwhile(lambda: written(OPENING), behind='FROM "helpdesk_linedigest"') as others:
        assert (written(OPENING), others) == (0, [1])
    assert Letter.objects.filter(kind="digest").count() == 1


def test_without_the_panel_a_digest_bears_no_link_of_the_panel(
    line: Desk, mailoutbox: list[Any], settings: Any
) -> None:
    settings.ROOT_URLCONF = "helpdesk.api.urls"
    written(OPENING)
    with moment.at(OPENING):
        notify.send_letters()

    (letter,) = mail.outbox
    late = line.first.tickets.get(subject="Late one")
    for form in (letter.body, letter.alternatives[0][0]):
        assert f"{settings.PUBLIC_URL}/t/{late.pk}/" in form
        assert "/admin/" not in form
        assert "unsubscribe" not in form
    assert "List-Unsubscribe" not in letter.extra_headers


def test_letters_wait_for_the_line_unless_the_reader_does_not_want_that(line: Desk) -> None:
    night = OPENING - timedelta(hours=8)
    notices.narrow(actor=line.artem, wanted=[("assigned", "email"), ("assigned", "panel")], letters_wait=False)
    with moment.at(night):
        for person in (line.alla, line.artem):
            line.act("assign", "lev", line.file(), person=person.pk)
        notify.fan_out()

    due = dict(Letter.objects.filter(kind="assigned").values_list("person__username", "next_at"))
    assert due == {"alla": OPENING, "artem": night}
    assert line.artem.history.first().history_user == line.artem


DIGEST = """
from datetime import datetime
from helpdesk import moment, notify
print("ready", flush=True)
begin = float(sys.stdin.readline())
time.sleep(max(0, begin - time.time()))
with moment.at(datetime.fromisoformat(sys.argv[1])):
    print(notify.write_digests())
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_workers_write_it_once(line: Desk) -> None:
    counts = together([start(DIGEST, OPENING.isoformat()) for _number in range(3)])

    assert sorted(counts) == ["0", "0", "1"]
    assert Letter.objects.filter(kind="digest").count() == 1
