"""A report by mail says what its reader may see, in his language and by his clock, the same as the page it leads to."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from openpyxl import load_workbook

from helpdesk import jobs, moment
from helpdesk.actions import notices, report_schedules, report_sendings
from helpdesk.models import Letter, Membership, NoticeChoice, ReportSchedule, Ticket
from tests.people import Desk

WEDNESDAY = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)

LETTER = """\
Support week: 03/09/2026 – 03/15/2026
compared with 03/02/2026 – 03/08/2026

Registered: 5 (+150 %)
Done: 2 (+100 %)
Cancelled: 0 (as before)
Open at its end: 4 (+300 %)
Overdue: 0 (as before), 0.0 % of them
Returned for rework: 0 (as before), 0.0 % of them
Execution, median: a minute (as before), out of 2
Execution, mean: a minute (as before), out of 2
Execution, nine of ten within: a minute (as before), out of 2
First reaction, median: a minute (as before), out of 3
Mean rating: 5.00 (as before), out of 2

Limits
Reaction: met 3, missed 0, still running 2, without a limit 0
Execution: met 2, missed 0, still running 3, without a limit 0

By line
First line: registered 4, overdue 0, done 2, median execution a minute
Second line: registered 1, overdue 0, done 0, median execution –

By service
Mail: registered 5, overdue 0, done 2, median execution a minute

By kind of work
Mailbox: registered 4, overdue 0, done 2, median execution a minute
Mail server: registered 1, overdue 0, done 0, median execution –

By assignee
Alla Fedorova: registered 3, overdue 0, done 2, median execution a minute
not assigned: registered 2, overdue 0, done 0, median execution –

Oldest open requests
#2: Old <one>, New, 03/04/2026
#5: Mail does not go out, New, 03/11/2026
#6: Mail does not go out, In work, 03/11/2026
#7: Mail does not go out, New, 03/11/2026

The same on the page: /admin/analytics/?from=2026-03-09&to=2026-03-15
All tables are in the attached file Analytics 2026-03-09–2026-03-15.xlsx.
Olga Krylova has chosen you as a reader of “Support week”.
You can choose what you are written about: STOP"""


@pytest.fixture
def lived(desk: Desk, settings: Any) -> Desk:
    """Two requests of the week before last, five of the last one, one of them on the second line; two are done."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with moment.at(WEDNESDAY):
        desk.ticket("done")
        desk.file(subject="Old <one>")
    with moment.at(WEDNESDAY + timedelta(days=7)):
        desk.ticket("done")
        desk.ticket("done")
        desk.file()
        desk.ticket("in_work")
        desk.file(kind=desk.server)
    Letter.objects.all().delete()
    return desk


def make(desk: Desk, *readers: str, **values: Any) -> ReportSchedule:
    given = {"name": "Support week", "recipients": [desk.people[name].pk for name in readers], **values}
    with moment.at(WEDNESDAY + timedelta(days=8)):
        return report_schedules.change(actor=desk.olga, schedule=ReportSchedule(), values=given)


def sent(at: datetime = MONDAY) -> dict[str, Any]:
    with moment.at(at):
        report_sendings.write_due()
        jobs.send_letters()
    return {message.to[0].partition("@")[0]: message for message in mail.outbox}


def test_the_letter_of_an_analyst_word_by_word(lived: Desk, settings: Any) -> None:
    make(lived, "olga")
    letter = sent()["olga"]
    assert (letter.subject, letter.alternatives[0][1]) == ("Support week: 03/09/2026 – 03/15/2026", "text/html")
    text = re.sub(r"http\S+/unsubscribe/\S+", "STOP", letter.body).replace(settings.PUBLIC_URL, "")
    # Numbers of requests go on from test to test on PostgreSQL.
    first = Ticket.objects.order_by("pk")[0].pk - 1
    told = re.sub(r"#(\d+)", lambda number: f"#{int(number[1]) - first}", text.strip())
    assert told == LETTER


def test_each_reader_has_his_own_figures(lived: Desk) -> None:
    make(lived, "olga", "lev")
    letters = sent()
    assert "Registered: 5" in letters["olga"].body
    assert "Second line" in letters["olga"].body
    assert "Registered: 4" in letters["lev"].body
    for form in (letters["lev"].body, letters["lev"].alternatives[0][0]):
        assert "Second line" not in form
        assert "Mail server" not in form


def test_it_is_in_the_language_and_by_the_clock_of_its_reader(lived: Desk) -> None:
    lived.olga.language, lived.olga.time_zone = "ru", "Asia/Kamchatka"
    lived.olga.save()
    with moment.at(datetime(2026, 3, 15, 13, 0, tzinfo=UTC)):
        lived.file(subject="Monday already where Olga is")
    make(lived, "olga")
    letter = sent()["olga"]
    assert letter.subject == "Support week: 09.03.2026 – 15.03.2026"
    assert "Зарегистрировано: 5 (+150\u00a0%)" in letter.body or "Зарегистрировано: 5 (+150 %)" in letter.body
    assert letter.attachments[0][0] == "Аналитика 2026-03-09–2026-03-15.xlsx"


def test_the_page_it_leads_to_shows_the_same_and_so_does_the_file(lived: Desk) -> None:
    make(lived, "lev", line_id=lived.first.pk, every="month", day=16, name="Month")
    with moment.at(MONDAY):
        lived.file()
    letter = sent(datetime(2026, 4, 16, 5, 0, tzinfo=UTC))["lev"]
    address = re.search(r"http\S+(/admin/analytics/\?\S+)", letter.body)
    assert address is not None
    assert address[1] == f"/admin/analytics/?month=2026-03&line={lived.first.pk}"
    assert letter.subject == "Month: March 2026"
    page = lived.client("lev").get(address[1]).content.decode()
    figures = dict(re.findall(r'figure__label">([^<]+)</h3>\s*<p class="figure__value">(?:<a [^>]*>)?([^<]+)', page))
    assert figures["Registered"] == "7"
    for name, value in figures.items():
        assert f"{name}: {value}" in letter.body
    name, data, kind = letter.attachments[0]
    assert (name, kind) == ("Analytics 2026-03-01–2026-03-31.xlsx",
                            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip
    assert load_workbook(io.BytesIO(data))["Figures"]["B2"].value == 7


def test_it_can_be_read_by_any_mail_program_and_stopped_from_it(lived: Desk) -> None:
    make(lived, "olga")
    letter = sent()["olga"]
    html = letter.alternatives[0][0]
    assert re.findall(r"<(?:img|link|script|style)\b|url\(|class=", html) == []
    assert "Old &lt;one&gt;" in html
    assert "Old <one>" in letter.body
    assert len(html.encode()) < 100_000
    headers = letter.extra_headers
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = "/" + headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]
    assert stop in letter.body
    assert lived.client("anna").post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(NoticeChoice.objects.values_list("person__username", "kind")) == [("olga", "report")]
    assert sent(MONDAY + timedelta(days=7)).keys() == {"olga"}
    assert len(mail.outbox) == 1


def test_rights_count_when_the_letter_leaves(lived: Desk) -> None:
    make(lived, "lev", "olga")
    with moment.at(MONDAY):
        report_sendings.write_due()
        Membership.objects.filter(person=lived.lev).delete()
        assert jobs.send_letters() == 1
    assert Letter.objects.get(person=lived.lev).error == "may not see reports any more"
    assert [message.to for message in mail.outbox] == [["olga@example.com"]]


def test_one_asks_for_it_at_once_and_that_does_not_count(lived: Desk) -> None:
    schedule = make(lived, "lev")
    NoticeChoice.objects.create(person=lived.olga, kind="report", channel="email")
    with moment.at(MONDAY - timedelta(hours=20)):
        report_sendings.send_now(actor=lived.olga, schedule=schedule)
        report_sendings.send_now(actor=lived.olga, schedule=schedule)
        assert jobs.send_letters() == 2
    assert [message.subject for message in mail.outbox] == ["Support week: 03/02/2026 – 03/08/2026"] * 2
    assert sent().keys() == {"olga", "lev"}


def test_a_letter_is_in_the_log_and_is_sent_again(lived: Desk) -> None:
    make(lived, "olga")
    sent()
    page = lived.client("roman").get(reverse("admin:letters")).content.decode()
    assert "Support week" in page
    with moment.at(MONDAY):
        notices.send_again(actor=lived.roman, letter_id=Letter.objects.get().pk)
        assert jobs.send_letters() == 1
    assert len(mail.outbox) == 2


def test_the_mailbox_hands_its_file_out(lived: Desk, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    make(lived, "olga")
    with moment.at(MONDAY):
        report_sendings.write_due()
        jobs.send_letters()
    client = lived.client("roman")
    page = client.get(reverse("admin:mailbox")).content.decode()
    address = re.search(r'href="(/admin/letters/mailbox/[^"]+/0/)"', page)
    assert address is not None
    answer = client.get(address[1])
    assert answer["Content-Disposition"].startswith("attachment")
    assert load_workbook(io.BytesIO(answer.content))["Figures"]["B2"].value == 5
    assert client.get(address[1].replace("/0/", "/1/")).status_code == 404
    assert lived.client("olga").get(address[1]).status_code == 403
