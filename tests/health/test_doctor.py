"""The doctor finds each thing that can be wrong with a desk, says what to do, and ends with a status that a script can read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from helpdesk import moment
from helpdesk.actions import webhooks
from helpdesk.backups.keeping import name_at
from helpdesk.health import doctor
from helpdesk.models import (
    Attachment,
    CalendarException,
    Event,
    Letter,
    SearchDoc,
    SupportLine,
    TicketClock,
    Webhook,
    WebhookDelivery,
    WorkCalendar,
)
from helpdesk.notify import fan_out
from tests.people import NOON, Desk


@pytest.fixture
def well(desk: Desk, tmp_path: Path, settings: Any) -> Desk:
    """A desk with nothing wrong."""
    settings.VAR_DIR = tmp_path
    settings.BACKUP_DIR = tmp_path
    (tmp_path / name_at(NOON)).touch()
    (tmp_path / "files").mkdir()
    desk.mailbox.line = desk.first
    desk.mailbox.save()
    desk.file(files=[SimpleUploadedFile("a.txt", b"kept")])
    fan_out()
    return desk


# What the database said of its tables, as long as no test takes an index away.
ASKED: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _tables_are_asked_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember the indexes of tables from test to test: to read them takes a second, and most tests are of other troubles."""
    ask = connection.introspection.get_constraints

    def remembered(cursor: Any, table: str) -> Any:
        if table not in ASKED:
            ASKED[table] = ask(cursor, table)
        return ASKED[table]

    if "index" not in request.node.name:
        monkeypatch.setattr(connection.introspection, "get_constraints", remembered)


def found() -> dict[str, doctor.Finding]:
    return {finding.check: finding for finding in doctor.examine() if finding.level != "ok"}


def test_a_desk_that_is_well_has_nothing_to_mend(well: Desk) -> None:
    with moment.at(NOON):
        assert found() == {}


def expired_lease(desk: Desk) -> None:
    desk.act("assign", "lev", desk.file(), person=desk.alla.pk)
    fan_out()
    Letter.objects.update(leased_until=NOON - timedelta(hours=1))


def given_up(desk: Desk) -> None:
    expired_lease(desk)
    Letter.objects.update(leased_until=None, state="given_up", attempts=9)


def webhook(desk: Desk, **values: Any) -> Webhook:
    given = {"name": "Monitor", "address": "https://a.example.org/"}
    made = webhooks.change(actor=desk.roman, webhook=Webhook(), values=given)
    Webhook.objects.filter(pk=made.pk).update(**values)
    return made


def silent_webhook(desk: Desk) -> None:
    webhook(desk, failures=4, rest_until=NOON + timedelta(minutes=8))


def lost_delivery(desk: Desk) -> None:
    old = {"webhook": webhook(desk), "kind": "register", "state": "given_up"}
    WebhookDelivery.objects.create(**old, created_at=NOON - timedelta(hours=30))
    WebhookDelivery.objects.create(**old, created_at=NOON - timedelta(days=3))


def ahead(desk: Desk) -> None:
    Event.objects.filter(pk=Event.objects.latest("pk").pk).update(at=NOON + timedelta(days=1))


def no_holidays(desk: Desk) -> None:
    calendar = WorkCalendar.objects.create(name="Office", always_open=True)
    CalendarException.objects.create(calendar=calendar, date=date(2025, 1, 1))


def no_default(desk: Desk) -> None:
    SupportLine.objects.update(is_default=False)


def nobody_on_it(desk: Desk) -> None:
    desk.first.memberships.all().delete()


def no_index(desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ticket_line_due")


def lost_file(desk: Desk) -> None:
    Path(Attachment.objects.get().file.path).unlink()


TROUBLES: dict[str, tuple[Callable[[Desk], object], str, str, str]] = {
    "lease": (expired_lease, "leases", "warning", "Letter: 1 begun by a worker that is gone."),
    "given up": (given_up, "letters", "warning", "letters of the last two days were given up"),
    "silent": (silent_webhook, "webhooks", "warning", "“Monitor” did not answer 4 times in a row"),
    "lost": (lost_delivery, "webhooks", "warning", "1 deliveries of the last two days were given up."),
    "ahead": (ahead, "clock", "failed", "The newest event is of 2026-03-11 07:00, ahead of now."),
    "no holidays": (no_holidays, "calendars", "warning", "“Office” knows no holiday of 2026."),
    "no default": (no_default, "default line", "failed", "There is none"),
    "nobody": (nobody_on_it, "default line", "warning", "Nobody is on “First line”."),
    "no index": (no_index, "indexes", "failed", "ticket_line_due of helpdesk_ticket is missing."),
    "lost file": (lost_file, "files", "failed", "1 of the newest uploads"),
    "aside": (
        lambda _desk: TicketClock.objects.update(set_aside_at=NOON), "clocks", "warning", "2 clocks are set aside",
    ),
    "other words": (lambda _desk: SearchDoc.objects.update(public="other"), "search", "warning", "1 of the newest 200"),
    "no entry": (lambda _desk: SearchDoc.objects.all().delete(), "search", "warning", "1 of all are missing"),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_is_found_and_has_a_remedy(well: Desk, trouble: str) -> None:
    spoil, check, level, says = TROUBLES[trouble]
    spoil(well)

    with moment.at(NOON):
        told = found()

    assert check in told, told
    assert (told[check].level, says in told[check].says) == (level, True), told[check]
    assert told[check].remedy


def test_a_missing_index_comes_with_the_statement_that_makes_it(well: Desk) -> None:
    no_index(well)
    with moment.at(NOON):
        remedy = found()["indexes"].remedy
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(remedy)
    with moment.at(NOON):
        assert found() == {}


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("debug", {"DEBUG": True}, "DEBUG is on"),
        ("http", {"PUBLIC_URL": "http://help.example.org", "EMAIL_HOST": "mx"}, "Passwords travel unencrypted"),
        ("mail", {"PUBLIC_URL": "https://help.example.org", "HTTPS": True}, "Letters become files"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(
    well: Desk, settings: Any, name: str, values: dict[str, Any], says: str
) -> None:
    for key, value in values.items():
        setattr(settings, key, value)

    assert says in found()["settings"].says, name


def test_an_old_backup_is_told(well: Desk) -> None:
    with moment.at(NOON + timedelta(days=3)):
        assert found()["backup"].says == "The newest is of 2026-03-10 07:00 UTC."


def test_in_autumn_the_holidays_of_the_next_year_are_missed(well: Desk) -> None:
    calendar = WorkCalendar.objects.create(name="Office", always_open=True)
    CalendarException.objects.create(calendar=calendar, date=date(2026, 1, 1))
    with moment.at(datetime(2026, 9, 30, tzinfo=UTC)):
        assert "calendars" not in found()
    with moment.at(datetime(2026, 10, 1, tzinfo=UTC)):
        assert found()["calendars"].says == "“Office” knows no holiday of 2027."


@pytest.mark.parametrize(("spoil", "status"), [(None, 0), (nobody_on_it, 1), (no_default, 2)])
def test_the_exit_status_says_how_bad_it_is(well: Desk, spoil: Any, status: int) -> None:
    if spoil:
        spoil(well)
    out = StringIO()

    with moment.at(NOON), pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json", stdout=out)

    assert ended.value.code == status
    told = json.loads(out.getvalue())
    assert told["status"] == ("ok", "warning", "failed")[status]
    assert {"check", "level", "says", "remedy"} == set(told["checks"][0])
