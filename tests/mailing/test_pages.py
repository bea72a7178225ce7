"""Reports by mail are kept in the panel and through the API, each with when it goes next and how it went last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import report_schedules, report_sendings
from helpdesk.models import Letter, NoticeChoice, ReportSchedule
from tests.people import Desk

MONDAY = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)
LIST = "/admin/helpdesk/reportschedule/"


def form(desk: Desk, **values: Any) -> dict[str, Any]:
    return {"name": "Week", "every": "week", "weekday": "0", "day": "1", "hour": "8", "is_active": "on", "line": "",
            "service": "", "work_type": "", "assignee": "", "priority": "", "recipients": [desk.lev.pk, desk.olga.pk],
            **values}  # fmt: skip


def test_it_is_made_changed_paused_and_deleted_in_the_panel(desk: Desk) -> None:
    client = desk.client("lev")
    page = client.get(f"{LIST}add/?line={desk.first.pk}").content.decode()
    assert f'<option value="{desk.first.pk}" selected>First line</option>' in page
    assert "Second line" not in page
    assert "Alla Fedorova" not in page.partition('name="recipients"')[2]
    client.post(f"{LIST}add/", form(desk, line=desk.first.pk, priority="2"))
    made = ReportSchedule.objects.get()
    assert (made.owner, made.line, made.priority, made.is_active) == (desk.lev, desk.first, 2, True)
    assert set(made.recipients.all()) == {desk.lev, desk.olga}

    answer = client.post(f"{LIST}{made.pk}/change/", form(desk, recipients=[]))
    assert answer.status_code == 200
    made.refresh_from_db()
    assert (made.line, made.recipients.count()) == (desk.first, 2)
    client.post(LIST, {"action": "switch_off", "_selected_action": [made.pk]})
    made.refresh_from_db()
    assert not made.is_active
    with moment.at(MONDAY):
        client.post(LIST, {"action": "switch_on", "_selected_action": [made.pk]})
    made.refresh_from_db()
    assert (made.is_active, made.starts_at) == (True, MONDAY)
    client.post(f"{LIST}{made.pk}/delete/", {"post": "yes"})
    assert not ReportSchedule.objects.exists()


def test_the_list_says_when_it_goes_next_and_how_it_went_last(desk: Desk) -> None:
    given = {"name": "Week", "recipients": [desk.lev.pk, desk.olga.pk, desk.roman.pk]}
    schedule = report_schedules.change(actor=desk.lev, schedule=ReportSchedule(), values=given)
    NoticeChoice.objects.create(person=desk.roman, kind="report", channel="email")
    client = desk.client("lev")
    assert "Monday, 8:00" in client.get(LIST).content.decode()
    with moment.at(MONDAY):
        report_sendings.write_due()
        Letter.objects.filter(person=desk.olga).update(state="given_up", error="mailbox unknown")
        Letter.objects.filter(person=desk.lev).update(state="sent")
        page = client.get(LIST).content.decode()
        assert "1 letter sent, not sent: 1, left out: 1" in page
        log = client.get(reverse("admin:report_sendings", args=[schedule.pk])).content.decode()
    assert "03/09/2026 – 03/15/2026" in log
    assert "Roman Belov: does not want reports by mail" in log


def test_a_letter_at_once_goes_to_who_asks(desk: Desk) -> None:
    schedule = report_schedules.change(
        actor=desk.lev, schedule=ReportSchedule(), values={"name": "Week", "recipients": [desk.olga.pk]}
    )
    for who, status in (("alla", 403), ("olga", 404), ("lev", 302), ("roman", 302)):
        assert desk.client(who).post(reverse("admin:report_send_now", args=[schedule.pk])).status_code == status
    assert [letter.person for letter in Letter.objects.order_by("pk")] == [desk.lev, desk.roman]


def test_programs_keep_them_too(desk: Desk) -> None:
    client, address = desk.client("olga"), "/api/v1/reports/by-mail"

    def call(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return getattr(client, method)(address + path, body, content_type="application/json")

    made = call(
        "post", "", {"name": "Month", "every": "month", "day": 31, "line": desk.second.pk, "recipients": [desk.olga.pk]}
    )
    assert made.status_code == 201
    told = made.json()
    assert (told["next_at"], told["last_sending"]) == ("2026-03-31T05:00:00Z", None)
    assert (told["line"], told["owner"]["name"]) == ({"id": desk.second.pk, "name": "Second line"}, "Olga Krylova")
    assert call("patch", f"/{told['id']}", {"recipients": [desk.anna.pk]}).status_code == 400
    assert call("patch", f"/{told['id']}", {"active": False}).json()["next_at"] is None
    assert call("post", f"/{told['id']}/send", {}).status_code == 204
    assert Letter.objects.get().person == desk.olga
    assert [row["recipients"][0]["name"] for row in client.get(address).json()["results"]] == ["Olga Krylova"]
    assert call("delete", f"/{told['id']}").status_code == 204
    assert not ReportSchedule.objects.exists()
