"""The page What-if shows what a proposal would have changed, its address says all of it, and it leads to a change-set."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from helpdesk import moment
from helpdesk.models import ImportChange, SpreadsheetImport, WorkType
from tests.people import NOON, Desk


@pytest.fixture
def late(desk: Desk) -> Desk:
    """Return the desk with one request that missed its reaction limit of half an hour by a quarter."""
    ticket = desk.file()
    with moment.at(NOON + timedelta(minutes=45)):
        desk.act("take", "alla", ticket)
    desk.__dict__.update(slow=ticket)
    return desk


def address(late: Desk, **given: object) -> str:
    named = "&".join(f"{name.replace('_', str(late.mailbox.pk))}={value}" for name, value in given.items())
    return f"{reverse('admin:what_if')}?days=90&{named}"


def test_the_form_leads_to_an_address_that_shows_before_and_after(late: Desk) -> None:
    client = late.client("lev")
    sent = client.post(
        reverse("admin:what_if"),
        {"days": "30", "line": "", "factor": "", f"r{late.mailbox.pk}": "1 час", f"e{late.mailbox.pk}": "", "pick": []},
    )

    assert sent["Location"] == f"/admin/what-if/?days=30&r{late.mailbox.pk}=1h#result"
    page = client.get(sent["Location"]).content.decode()
    assert "1 of 1 requests were overdue, 0 would have been." in page
    assert f'href="/admin/helpdesk/ticket/{late.slow.pk}/change/"' in page
    assert 'value="1h"' in page


@pytest.mark.parametrize(
    ("given", "said"),
    [({"r_": "soon"}, "This is not a duration."), ({"e_": "4"}, "The number has no unit."), ({"factor": "99"}, "less than or equal to 10"),
     ({"days": "3"}, "greater than or equal to 7"), ({"c_": "99"}, "Select a valid choice")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(late: Desk, given: dict[str, str], said: str) -> None:
    answer = late.client("lev").get(address(late, **{"days": "90", **given}))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "would have been" not in answer.content.decode()


def test_nothing_proposed_and_nothing_registered_are_said_in_words(late: Desk) -> None:
    client = late.client("lev")

    assert "Nothing is proposed yet" in client.get(address(late)).content.decode()
    assert "No request of these kinds" in client.get(
        f"{reverse('admin:what_if')}?r{late.server.pk}=2h"
    ).content.decode()  # fmt: skip
    with moment.at(NOON + timedelta(days=400)):
        assert "No requests in these days" in client.get(reverse("admin:what_if")).content.decode()


def test_whoever_keeps_the_catalog_gets_a_change_set_and_takes_it_back(late: Desk) -> None:
    client, kind = late.client("roman"), late.mailbox
    page = client.get(address(late, r_="1h", e_="4h", factor="1")).content.decode()
    assert "Take 1 kind of work into a change-set" in page
    sent = client.post(f"{reverse('admin:what_if_apply')}?r{kind.pk}=1h&e{kind.pk}=4h")

    imported = SpreadsheetImport.objects.get()
    assert sent["Location"] == reverse("admin:import_page", args=[imported.pk])
    assert (imported.state, imported.subject, imported.author) == ("preview", "catalog", late.roman)
    change = ImportChange.objects.get()
    assert (change.object_id, change.before, change.after) == (
        kind.pk,
        {"reaction_limit": "30m"},
        {"reaction_limit": "1h"},
    )
    assert change.remarks == ["1 open request keeps its limits."]
    preview = client.get(sent["Location"]).content.decode()
    assert "1 change waits for you" in preview
    assert f"/admin/what-if/?days=90&amp;r{kind.pk}=1h" in preview
    assert "Tables and columns" not in preview
    assert str(WorkType.objects.get(pk=kind.pk).reaction_limit) == "30m"
    client.post(reverse("admin:import_choose", args=[imported.pk]), {"table": "0"})
    assert ImportChange.objects.count() == 1

    client.post(reverse("admin:import_confirm", args=[imported.pk]))
    assert str(WorkType.objects.get(pk=kind.pk).reaction_limit) == "1h"
    client.post(reverse("admin:import_undo", args=[imported.pk]))
    assert str(WorkType.objects.get(pk=kind.pk).reaction_limit) == "30m"
    assert "limits tried in What-if" in client.get(reverse("admin:import")).content.decode()


def test_others_are_told_who_can_and_make_none(late: Desk) -> None:
    for who in ("olga", "lev"):
        client = late.client(who)
        page = client.get(address(late, r_="1h")).content.decode()
        assert "Those who keep the catalog can: Roman Belov, Katya Orlova." in page
        assert "into a change-set" not in page
        client.post(f"{reverse('admin:what_if_apply')}?r{late.mailbox.pk}=1h")
    assert not SpreadsheetImport.objects.exists()


def test_a_calendar_or_the_limits_of_the_catalog_make_no_change_set(late: Desk) -> None:
    client = late.client("roman")

    assert "A calendar belongs to a line" in client.get(address(late, c_="always")).content.decode()
    for query in (f"c{late.mailbox.pk}=always", f"r{late.mailbox.pk}=30m", ""):
        client.post(f"{reverse('admin:what_if_apply')}?{query}")
    assert not SpreadsheetImport.objects.exists()
