"""Records stay where something depends on them, where they are another line's, and where a desk could not work otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import records, setup
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import AuditRecord, ReplyTemplate, Service, SupportLine, WorkCalendar
from tests.people import Desk


def test_a_lead_changes_templates_of_his_own_lines_only(desk: Desk) -> None:
    own, foreign = (ReplyTemplate(name="Hello", text="Hello!", line=line) for line in (desk.first, desk.second))
    records.save(actor=desk.lev, record=own)
    records.save(actor=desk.roman, record=foreign)

    foreign.text = "Go away!"
    with pytest.raises(ActionRefused, match="foreign_line"):
        records.save(actor=desk.lev, record=foreign)
    with pytest.raises(ActionRefused, match="foreign_line"):
        records.delete(actor=desk.lev, record=foreign)
    assert ReplyTemplate.objects.get(pk=foreign.pk).text == "Hello!"

    records.delete(actor=desk.lev, record=own)
    assert list(ReplyTemplate.objects.all()) == [foreign]


@pytest.mark.parametrize(("record", "actor"), [("mail", "katya"), ("mailbox", "katya"), ("first", "roman")])
def test_what_requests_depend_on_is_not_deleted(desk: Desk, record: str, actor: str) -> None:
    desk.file()
    kept: Any = getattr(desk, record)
    before = AuditRecord.objects.count()

    with pytest.raises(ActionRefused, match="in_use"):
        records.delete(actor=desk.people[actor], record=kept)

    assert type(kept).objects.filter(pk=kept.pk).exists()
    assert AuditRecord.objects.count() == before


def test_what_nothing_depends_on_is_deleted(desk: Desk) -> None:
    empty = Service.objects.create(code="FAX", name="Fax")

    records.delete(actor=desk.katya, record=empty)

    assert list(Service.objects.all()) == [desk.mail]


def test_a_line_that_is_switched_off_does_not_become_the_default_one(desk: Desk) -> None:
    SupportLine.objects.filter(pk=desk.second.pk).update(is_active=False)
    desk.second.refresh_from_db()

    with pytest.raises(ActionRefused, match="inactive"):
        records.make_default(actor=desk.roman, line=desk.second)

    assert list(SupportLine.objects.filter(is_default=True)) == [desk.first]


def test_a_calendar_needs_hours_unless_it_is_always_open_or_they_are_still_to_come(desk: Desk) -> None:
    office = WorkCalendar.objects.create(name="Office")
    with pytest.raises(ActionRefused, match="no_hours"):
        records.require_countable(office)

    records.require_countable(office, some_hours=False)
    records.require_countable(WorkCalendar.objects.create(name="Day and night", always_open=True))


def test_the_first_line_of_a_new_desk_takes_a_name_that_is_free(db: None) -> None:
    WorkCalendar.objects.create(name="Office")
    SupportLine.objects.bulk_create(SupportLine(name=name) for name in ("First line", "First line 2"))

    setup.set_up()

    assert SupportLine.objects.get(is_default=True).name == "First line 3"
