"""What may not be done to a request says why and changes nothing, whoever asks: a person, a stale page, the system itself."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import dispatch, registration, review
from helpdesk.actions.refusals import ActionRefused, StalePage, ValidationError
from helpdesk.actions.transition import perform
from helpdesk.lifecycle import ACTIONS, Who
from helpdesk.models import SupportLine, Ticket, User
from tests.people import Desk, state


@pytest.mark.parametrize(
    ("name", "actor", "status", "raw", "why"),
    [
        ("assign", "alla", "in_work", {"person": "artem"}, {"person": ["Only a lead assigns to others. You can assign the request to yourself."]}),
        ("transfer", "alla", "in_work", {"line": "first", "comment": "Yours."}, {"line": ["The request is already on this line."]}),
        ("correct", "roman", "new", {"status": "on_review", "comment": "Was done."}, {"status": ["Nobody has this request. Assign it first."]}),
    ],
)  # fmt: skip
def test_a_wrong_choice_is_refused_at_its_field(
    desk: Desk, name: str, actor: str, status: str, raw: dict[str, str], why: dict[str, list[str]]
) -> None:
    ticket = desk.ticket(status)
    given = {key: str(getattr(desk, value).pk) if key in ("line", "person") else value for key, value in raw.items()}
    before = state(ticket)

    with pytest.raises(ValidationError) as refused:
        desk.act(name, actor, ticket, **given)

    assert refused.value.message_dict == why
    assert state(ticket) == before


def test_a_page_of_a_version_nobody_knows_is_stale_without_a_list_of_changes(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    before = state(ticket)

    with pytest.raises(StalePage) as refused:
        dispatch.act("submit", actor=desk.alla, ticket_id=ticket.pk, raw={"comment": "Done."}, version=99)

    assert (refused.value.changes, refused.value.by) == ([], "Alla Fedorova")
    assert state(ticket) == before


def test_the_system_does_nothing_that_is_for_people(desk: Desk) -> None:
    ticket = desk.file()
    before = state(ticket)
    for name in (name for name, action in ACTIONS.items() if Who.SYSTEM not in action.who):
        with pytest.raises(ActionRefused, match="not_yours"):
            perform(name, actor=None, ticket_id=ticket.pk)

    assert state(ticket) == before


def test_the_system_closes_nothing_that_has_moved_on(desk: Desk) -> None:
    ticket = desk.ticket("rework")
    before = state(ticket)

    with pytest.raises(ActionRefused, match="wrong_status"):
        review.accept_silently(ticket_id=ticket.pk)

    assert state(ticket) == before


def no_default_line(_desk: Desk) -> None:
    SupportLine.objects.update(is_default=False)


def boris_has_left(desk: Desk) -> None:
    User.objects.filter(pk=desk.boris.pk).update(is_active=False)
    desk.boris.refresh_from_db()


@pytest.mark.parametrize(
    ("actor", "requester", "happened", "why"),
    [
        ("ivan", None, None, "inactive"),
        ("alla", "boris", boris_has_left, {"requester": ["This person's account is switched off."]}),
        ("anna", None, no_default_line, {"work_type": ["No support line is set as the default one. Please tell the administrator."]}),
    ],
)  # fmt: skip
def test_a_request_is_not_filed(desk: Desk, actor: str, requester: str | None, happened: Any, why: Any) -> None:
    if happened is not None:
        happened(desk)

    with pytest.raises((ActionRefused, ValidationError)) as refused:
        registration.register(
            actor=desk.people[actor], work_type=desk.mailbox, subject="Mail", text="It does not go out.",
            requester=desk.people[requester] if requester else None,
        )  # fmt: skip

    error = refused.value
    assert (error.message_dict if isinstance(error, ValidationError) else str(error)) == why
    assert not Ticket.objects.exists()
