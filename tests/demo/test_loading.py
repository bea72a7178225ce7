"""The demo comes into an empty database or one that was set up, at any time of the week; into somebody's data never."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from helpdesk import moment
from helpdesk.actions import setup
from helpdesk.demo import has_other_data, is_loaded, load_demo, story
from helpdesk.demo.load import NotEmptyError
from helpdesk.models import Message, Service, SupportLine, Ticket, User
from tests.demo.conftest import TODAY, quiet

if TYPE_CHECKING:
    from tests.people import Desk as TestDesk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SMALL = {"tickets": 45, "days": 14, "cases": False, "strict": True, "say": quiet}


def digest() -> list[tuple[object, ...]]:
    """Return what was told, without the names of stored files."""
    tickets = Ticket.objects.order_by("pk").values_list(
        "subject", "status", "created_at", "updated_at", "assignee__username"
    )
    return [*tickets, *Message.objects.order_by("pk").values_list("text", "created_at")]


@pytest.mark.parametrize(
    "present",
    [
        datetime(2026, 1, 1, 0, 30, tzinfo=UTC),
        datetime(2026, 11, 28, 20, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 5, 50, tzinfo=UTC),
    ],
    ids=["on New Year's night", "on a Saturday evening", "on a Monday before work"],
)
def test_no_step_is_refused_whenever_the_demo_is_loaded(present: datetime) -> None:
    with moment.at(present):
        load_demo(**SMALL)  # type: ignore[arg-type]  # a mapping of several types

    assert Ticket.objects.count() == 45


def test_the_same_moment_tells_the_same_story() -> None:
    told = []
    for _time in range(2):
        with transaction.atomic(), moment.at(TODAY):
            load_demo(**SMALL | {"tickets": 20, "days": 7})  # type: ignore[arg-type]  # a mapping of several types
            told.append(digest())
            transaction.set_rollback(True)

    assert told[0] == told[1]


def test_a_desk_that_was_set_up_takes_the_demo_once_and_keeps_one_default_line() -> None:
    setup.set_up()
    assert not has_other_data()

    load_demo(**SMALL)  # type: ignore[arg-type]  # a mapping of several types

    assert is_loaded()
    assert not has_other_data()
    assert SupportLine.objects.filter(is_default=True).count() == 1
    before = digest()
    with pytest.raises(NotEmptyError):
        load_demo(**SMALL)  # type: ignore[arg-type]  # a mapping of several types
    assert digest() == before


def test_somebodys_data_is_refused_in_one_line_and_not_touched(desk: TestDesk) -> None:
    people, services = User.objects.count(), Service.objects.count()

    with pytest.raises(CommandError, match=r"has data of its own.+DATABASE_URL=sqlite:////"):
        call_command("demo", no_serve=True)

    assert (User.objects.count(), Service.objects.count()) == (people, services)
    assert not is_loaded()


def test_a_load_that_breaks_off_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_self: story.Stage) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(story.Stage, "play", stop)

    with pytest.raises(SystemExit) as ended:
        call_command("demo", no_serve=True)

    assert ended.value.code == 130
    assert not User.objects.exists()
    assert not Service.objects.exists()
