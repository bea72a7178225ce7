"""The page of the audit: administrators only, read only, found by who, what, when and from where; every sort has its words."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from admin_ext import audit_words
from helpdesk.actions import accounts, audit, records
from helpdesk.models import AuditKind, AuditRecord, Membership
from tests.people import Desk


def shown(desk: Desk, **asked: str) -> str:
    return desk.client("roman").get(reverse("admin:audit"), asked).content.decode()


def test_records_are_found_by_who_what_when_and_from_where(desk: Desk) -> None:
    accounts.set_groups(actor=desk.roman, person=desk.anna, groups=["analyst"])
    desk.mail.name = "Post"
    records.save(actor=desk.katya, record=desk.mail)
    post, analyst = "<ins>Post</ins>", "<ins>Analyst</ins>"

    for asked, found in (
        ({}, (True, True)), ({"who": "smirn"}, (False, True)), ({"who": "katya"}, (True, False)),
        ({"kind": "roles"}, (False, True)), ({"sort": "service", "number": str(desk.mail.pk)}, (True, False)),
        ({"from": "2026-03-10", "to": "2026-03-10"}, (True, True)), ({"to": "2026-03-09"}, (False, False)),
        ({"address": "10.1.1.1"}, (False, False)), ({"from": "no date", "number": "x", "kind": "?"}, (True, True)),
    ):  # fmt: skip
        text = shown(desk, **asked)
        assert (post in text, analyst in text) == found, asked


def test_older_pages_go_on_where_the_last_one_ended(desk: Desk) -> None:
    rows = [audit.record(AuditKind.EXPORTED, actor=desk.alla, what=f"table-{n:03}") for n in range(60)]

    first = shown(desk, kind="exported")
    second = shown(desk, kind="exported", before=str(rows[10].pk))

    assert [f"table-{n:03}" in first for n in (59, 10, 9)] == [True, True, False]
    assert f"before={rows[10].pk}" in first
    assert [f"table-{n:03}" in second for n in (10, 9, 0)] == [False, True, True]


def test_it_goes_out_as_a_file_and_says_so(desk: Desk) -> None:
    records.save(actor=desk.roman, record=Membership(line=desk.second, person=desk.anna))

    answer = desk.client("roman").get(reverse("admin:audit_export"), {"kind": "membership"})

    assert "Second line" in answer.content.decode("utf-8-sig")
    assert AuditRecord.objects.latest("pk").data == {"what": "audit", "form": "csv", "rows": 1}


def test_a_moment_is_told_by_the_clock_of_the_reader(desk: Desk) -> None:
    left = ["date_joined", "2026-03-10T06:30:00+00:00", None]
    audit.record(AuditKind.CHANGED, actor=desk.roman, about=desk.anna, changes=[left])

    assert "<del>03/10/2026 9:30 a.m.</del>" in shown(desk)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_sort_of_record_has_its_words(desk: Desk, language: str) -> None:
    data = {
        "refused": {"code": "no_right", "method": "GET", "path": "/admin/", "ticket": 5},
        "imported": {"what": "catalog", "number": 1, "rows": 3}, "import_undone": {"what": "catalog", "number": 1},
        "token_made": {"scopes": ["read"]}, "changed": {"changes": [["is_active", True, False]]},
    }  # fmt: skip
    with translation.override(language):
        for kind in AuditKind:
            about = desk.mail if kind in ("added", "changed", "deleted") else None
            row = audit.record(kind, actor=desk.roman, person=desk.anna, about=about, **data.get(kind, {}))
            told = audit_words.line(row)
            assert told.title
            assert kind in ("signed_in", "signed_out") or told.about, kind
        assert {name for name, _label in audit_words.sorts()} >= set(
            AuditRecord.objects.exclude(object_type="").values_list("object_type", flat=True)
        )
