"""What the audit writes down: every sort of event, by whom, about whom, from where, without names and secrets."""

from __future__ import annotations

import logging
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from helpdesk.actions import (
    accounts,
    audit,
    audit_chain,
    days_off,
    imports,
    notices,
    passwords,
    records,
    tokens,
    webhooks,
)
from helpdesk.health import metrics
from helpdesk.models import AuditKind, AuditRecord, Membership, User, Webhook, WorkCalendar
from helpdesk.spreadsheets import intake
from tests.people import PASSWORD, Desk


def newest(kind: str) -> AuditRecord:
    return AuditRecord.objects.filter(kind=kind).latest("pk")


def told(kind: str) -> tuple[Any, ...]:
    row = newest(kind)
    return row.actor, row.person, row.object_type, row.object_name


def test_signing_in_and_out_and_failing(desk: Desk) -> None:
    browser, address = Client(), reverse("admin:login")
    browser.post(address, {"username": "anna", "password": "secret-guess"}, headers={"X-Request-ID": "request-one"})
    browser.post(address, {"username": "my-password-by-mistake", "password": "x"})
    browser.post(address, {"username": "anna", "password": PASSWORD})
    browser.post(reverse("admin:logout"))

    rows = AuditRecord.objects.order_by("pk")
    assert [(row.kind, row.actor, row.person) for row in rows] == [
        ("sign_in_failed", None, desk.anna), ("sign_in_failed", None, None),
        ("signed_in", desk.anna, desk.anna), ("signed_out", desk.anna, desk.anna),
    ]  # fmt: skip
    assert (rows[0].address, rows[0].request_id) == ("127.0.0.1", "request-one")
    everything = str(list(AuditRecord.objects.values()))
    assert all(word not in everything for word in ("secret-guess", "my-password", "Anna", PASSWORD))


def test_refusals_of_pages_actions_and_the_api(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    desk.client("anna").get(reverse("admin:letters"))
    desk.client("artem").post(reverse("admin:ticket_action", args=[ticket.pk, "submit"]), {"comment": "Done"})
    desk.client("alla").get(reverse("admin:helpdesk_user_changelist"))
    desk.client("anna").get("/api/v1/people")

    rows = AuditRecord.objects.filter(kind="refused").order_by("pk")
    assert [(row.actor, row.data["code"], row.data["ticket"]) for row in rows[:3]] == [
        (desk.anna, "page", None), (desk.artem, "not_assignee", ticket.pk), (desk.alla, "page", None),
    ]  # fmt: skip
    assert rows[0].data["path"] == reverse("admin:letters")
    Client().get(reverse("admin:letters"))
    assert AuditRecord.objects.filter(kind="refused").count() == rows.count()


def test_roles_memberships_and_records(desk: Desk) -> None:
    accounts.set_groups(actor=desk.roman, person=desk.anna, groups=["analyst"])
    assert told("roles") == (desk.roman, desk.anna, "user", "")
    assert newest("roles").data == {"changes": [["groups", [], ["analyst"]]]}
    row = Membership(line=desk.second, person=desk.anna)
    records.save(actor=desk.roman, record=row)
    assert told("membership") == (desk.roman, desk.anna, "membership", "")
    records.delete(actor=desk.roman, record=row)
    assert ["line", "Second line", None] in newest("membership").data["changes"]
    desk.mail.name = "Post"
    records.save(actor=desk.katya, record=desk.mail)
    assert told("changed") == (desk.katya, None, "service", "Post")
    assert newest("changed").data == {"changes": [["name", "Mail", "Post"]]}
    desk.anna.email = "other@example.com"
    records.save(actor=desk.roman, record=desk.anna)
    assert newest("changed").data == {"changes": [["email", None, None]]}
    notices.set_matrix(actor=desk.roman, chosen=[])
    assert newest("changed").data["what"] == "notices"


def test_tokens_are_told_of_once_a_day_and_never_shown(desk: Desk) -> None:
    token, text = tokens.create(actor=desk.anna, name="script", scopes=["read"])
    for _call in range(3):
        Client().get("/api/v1/me", headers={"Authorization": f"Bearer {text}"})
    tokens.revoke(actor=desk.roman, token_id=token.pk)

    kinds = list(AuditRecord.objects.filter(kind__startswith="token").order_by("pk").values_list("kind", "actor"))
    assert kinds == [("token_made", desk.anna.pk), ("token_used", desk.anna.pk), ("token_revoked", desk.roman.pk)]
    assert text not in str(list(AuditRecord.objects.values()))


def test_passwords_tables_in_and_tables_out(desk: Desk) -> None:
    passwords.change(actor=desk.anna, old=PASSWORD, new="kitten-orbit-42")
    assert newest("password").person == desk.anna
    data = b"service code,service\nNEW,New\n"
    brought = imports.receive(
        actor=desk.katya, subject="catalog", uploads=[imports.Upload("n.csv", ContentFile(data, "n.csv"), len(data))]
    )
    intake.read(brought)
    done = imports.confirm(actor=desk.katya, imported=brought)
    imports.undo(actor=desk.katya, imported=done)
    assert (newest("imported").data["what"], newest("import_undone").data["number"]) == ("catalog", brought.pk)
    desk.client("katya").get(reverse("admin:export", args=["catalog", "csv"]))
    desk.client("lev").get(reverse("admin:analytics_export", args=["csv"]))
    rows = AuditRecord.objects.filter(kind="exported").order_by("pk").values_list("actor__username", "data__what")
    assert list(rows) == [("katya", "catalog"), ("lev", "analytics")]


def test_what_is_refused_or_undone_leaves_no_record_of_a_change(desk: Desk) -> None:
    address = reverse("admin:helpdesk_user_change", args=[desk.alla.pk])
    desk.client("alla").post(address, {"username": "alla", "roles": ["administrator"]})
    desk.client("lev").post(reverse("admin:helpdesk_supportline_change", args=[desk.second.pk]), {"name": "Mine"})

    assert set(AuditRecord.objects.exclude(kind="signed_in").values_list("kind", flat=True)) == {"refused"}
    assert [group.name for group in User.objects.get(username="alla").groups.all()] == ["agent"]


def test_whatever_leaves_the_desk_is_told(desk: Desk, settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = settings.MEDIA_ROOT = tmp_path
    data = b"service code,service,kind,reaction limit,execution limit\nNEW,New,Odd,soon,4h\n"
    upload = imports.Upload("n.csv", ContentFile(data, "n.csv"), len(data))
    brought = imports.receive(actor=desk.katya, subject="catalog", uploads=[upload])
    intake.read(brought)
    desk.client("katya").get(reverse("admin:import_report", args=[brought.pk, 0]))
    desk.client("lev").get(reverse("admin:event_log", args=["xes"]))
    desk.client("lev").get("/api/v1/reports/file")
    call_command("export_event_log", str(tmp_path / "log.csv"), "--user", "olga", stdout=StringIO())
    call_command("export_catalog", str(tmp_path / "people.csv"), "--subject", "people", stdout=StringIO())

    rows = AuditRecord.objects.filter(kind="exported").order_by("pk")
    assert [(row.actor and row.actor.username, row.data["what"], row.data["form"]) for row in rows] == [
        ("katya", "import_report", "xlsx"), ("lev", "event_log", "xes"), ("lev", "analytics", "csv"),
        ("olga", "event_log", "csv"), (None, "people", "csv"),
    ]  # fmt: skip
    page = desk.client("roman").get(reverse("admin:audit"), {"kind": "exported"}).content.decode()
    assert "the event log" in page


def test_configuration_of_every_sort_is_told_with_old_and_new(desk: Desk) -> None:
    calendar = WorkCalendar.objects.create(name="Office", always_open=True)
    days_off.fill_holidays(actor=desk.roman, calendar=calendar, country="RU", year="2026")
    assert newest("changed").data["reason"] == "Holidays filled in: RU, 2026"
    hook = webhooks.change(
        actor=desk.roman, webhook=Webhook(), values={"name": "Hook", "address": "https://a.example.org/"}
    )
    webhooks.change(actor=desk.roman, webhook=hook, values={"lines": [desk.first.pk]})
    assert newest("changed").data["changes"] == [["lines", [], ["First line"]]]
    webhooks.rotate(actor=desk.roman, webhook=hook)
    assert newest("changed").data["reason"] == "New secret"
    robot = User(username="robot", is_service=True)
    robot.set_unusable_password()
    records.save(actor=desk.roman, record=robot)
    assert told("added") == (desk.roman, robot, "user", "")
    tokens.create(actor=desk.roman, person=robot, name="Anna's laptop", scopes=["read"])
    assert (newest("token_made").person, "Anna" in str(newest("token_made").object_name)) == (robot, False)


def test_every_record_leaves_a_line_in_the_log_that_outlives_it(desk: Desk, caplog: Any) -> None:
    with caplog.at_level(logging.INFO, logger="helpdesk.actions"):
        row = audit.record(AuditKind.EXPORTED, actor=desk.roman, what="catalog")
        audit_chain.seal()

    head = audit_chain.verify().head
    assert [entry.getMessage() for entry in caplog.records] == [
        f"audit record {row.pk}: exported",
        f"audit sealed, head {head}",
    ]
    assert audit_chain.sealed() == (1, 0)
    assert b"helpdesk_audit_sealed 1.0" in metrics.text()
