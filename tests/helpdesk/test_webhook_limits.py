"""Which webhooks there may be, of which events, and that nothing is written down where nothing was changed."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import webhooks
from helpdesk.actions.refusals import ActionRefused, NotFound, ValidationError
from helpdesk.models import AuditRecord, Webhook
from tests.people import NO_ROW, Desk


def make(desk: Desk, **values: Any) -> Webhook:
    given = {"name": "Monitor", "address": "https://a.example.org/", **values}
    return webhooks.change(actor=desk.roman, webhook=Webhook(), values=given)


def test_a_desk_keeps_fifty_webhooks_and_changes_them_still(desk: Desk) -> None:
    made = make(desk)
    Webhook.objects.bulk_create(Webhook(name=f"{number}", owner=desk.roman) for number in range(49))

    with pytest.raises(ActionRefused, match="too_many"):
        make(desk, name="One more")

    assert Webhook.objects.count() == webhooks.MOST
    webhooks.change(actor=desk.roman, webhook=made, values={"name": "Board"})
    assert Webhook.objects.get(pk=made.pk).name == "Board"


def test_a_webhook_that_is_not_there_is_not_found(desk: Desk) -> None:
    made = make(desk)

    assert webhooks.one(actor=desk.roman, pk=made.pk) == made
    with pytest.raises(NotFound):
        webhooks.one(actor=desk.roman, pk=NO_ROW)


@pytest.mark.parametrize("events", [["take", "no such thing"], "take", None])
def test_a_webhook_hears_of_known_events_only(desk: Desk, events: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        make(desk, events=events)

    assert list(refused.value.message_dict) == ["events"]
    assert not Webhook.objects.exists()


def test_the_same_lines_again_are_no_change(desk: Desk) -> None:
    made = make(desk, lines=[desk.first.pk])
    told = AuditRecord.objects.filter(kind="changed", object_type="webhook")
    before = told.count()

    webhooks.change(actor=desk.roman, webhook=made, values={"lines": [desk.first.pk]})
    assert told.count() == before
    webhooks.change(actor=desk.roman, webhook=made, values={"lines": [desk.second.pk]})
    assert told.latest("pk").data["changes"] == [["lines", ["First line"], ["Second line"]]]
