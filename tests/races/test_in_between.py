"""What somebody else does between two steps of one process: whoever comes second is refused, or goes on to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from helpdesk import moment, queues
from helpdesk.actions import pairs, registration, report_schedules, report_sendings, work
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import Letter, ReportSchedule, ReportSending, Ticket
from tests.people import NOON, Desk

# Monday, eight in Moscow.
MONDAY = datetime(2026, 3, 16, 5, 0, tzinfo=UTC)


def after(patch: pytest.MonkeyPatch, where: Any, step: str, deed: Callable[[Any], Any], *, times: int = 1) -> list[Any]:
    """Let `deed` be done when `step` has been, each of the first `times`, with what the step found; return what deeds gave."""
    real, done = getattr(where, step), list[Any]()
    left = iter(range(times))

    def interrupted(*args: Any, **named: Any) -> Any:
        found = real(*args, **named)
        if next(left, None) is not None:
            done.append(deed(found))
        return found

    patch.setattr(where, step, interrupted)
    return done


def test_of_two_who_renew_by_one_token_the_quicker_gets_the_pair(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = pairs.issue(actor=desk.anna).refresh
    quicker = after(monkeypatch, pairs, "_refresh", lambda _read: pairs.renew(text=text))

    with pytest.raises(ActionRefused, match="invalid_token"):
        pairs.renew(text=text)

    (pair,) = quicker
    found = pairs.recognise(pair.access)
    assert found is not None
    assert found.person == desk.anna


def test_who_loses_the_next_request_to_a_colleague_gets_the_one_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.file(), desk.file("boris")
    after(monkeypatch, queues, "next_for", lambda number: work.take(actor=desk.artem, ticket_id=number))

    assert work.take_next(actor=desk.alla) == second
    assert dict(Ticket.objects.values_list("pk", "assignee")) == {first.pk: desk.artem.pk, second.pk: desk.alla.pk}


def test_who_loses_every_request_to_colleagues_gets_none_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {"actor": desk.anna, "requester": desk.anna, "work_type": desk.mailbox, "line": desk.first}
    Ticket.objects.bulk_create(
        registration.draft(subject=f"Number {number}", text="", at=NOON, **given) for number in range(21)
    )

    def taken(number: int) -> None:
        Ticket.objects.filter(pk=number).update(status="in_work", assignee=desk.artem)

    after(monkeypatch, queues, "next_for", taken, times=20)

    assert work.take_next(actor=desk.alla) is None
    assert not Ticket.objects.filter(assignee=desk.alla).exists()
    assert Ticket.objects.filter(status="new").count() == 1


@pytest.mark.parametrize("meanwhile", [{"is_active": False}, {"weekday": 3}])
def test_a_report_that_is_paused_or_moved_while_it_is_due_is_not_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any]
) -> None:
    values = {"name": "Week", "recipients": [desk.olga.pk]}
    report_schedules.change(actor=desk.olga, schedule=ReportSchedule(), values=values)
    after(monkeypatch, report_sendings, "may_go", lambda _may: ReportSchedule.objects.update(**meanwhile))

    with moment.at(MONDAY):
        assert report_sendings.write_due() == 0
    assert (ReportSending.objects.count(), Letter.objects.count()) == (0, 0)
