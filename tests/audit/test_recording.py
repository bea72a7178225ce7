"""What the audit writes down: every sort of event, by whom, about whom, from where, without names and secrets."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from helpdesk.actions import accounts, imports, notices, passwords, records, tokens
from helpdesk.models import AuditRecord, Membership, User
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
