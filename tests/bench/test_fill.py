"""The rows of the benchmarks are such as the actions leave: the constraints hold, the sweep finds what is late, pages show them."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.actions import setup, stays
from helpdesk.models import ClockState, Ticket, TicketClock, User
from helpdesk.moment import now
from tests.bench import cast, fill

pytestmark = pytest.mark.slow


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cast, "REQUESTERS", 20)
    monkeypatch.setattr(cast, "AGENTS", 10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_small")
def test_a_filled_desk_is_a_desk() -> None:
    setup.set_up()
    fill.fill(400, late=3)

    late = TicketClock.objects.filter(state=ClockState.RUNNING, due_at__lt=now(), breached_at=None)
    ticket = Ticket.objects.filter(status="in_work").latest("pk")
    agent = Client()
    agent.force_login(User.objects.get(pk=ticket.assignee_id))
    pages = [
        agent.get(f"/admin/helpdesk/ticket/{ticket.pk}/change/?tab={tab}") for tab in ("card", "messages", "history")
    ]

    assert Ticket.objects.count() == 400
    assert stays.differences() == []
    assert late.count() == 3
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert str(ticket.pk) in agent.get("/admin/search/", {"q": ticket.subject.upper()}).content.decode()
