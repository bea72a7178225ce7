"""A change-set says what would change; it is carried out whole or not at all, and taken back unless something is in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpdesk.actions import imports
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import (
    CalendarException,
    ImportChange,
    ImportState,
    Membership,
    Service,
    SpreadsheetImport,
    SupportLine,
    Ticket,
    User,
    WorkCalendar,
    WorkType,
)
from helpdesk.spreadsheets.wording import differences
from tests.people import Desk
from tests.spreadsheets.books import HEAD, ROW, text
from tests.spreadsheets.conftest import Bring, faults

MAIL = (*HEAD, "Тип", "Приоритет", "Линия", "Описание вида работ", "Вид работ активен")
SAME = ("MAIL", "Mail", "MAIL.1", "Mailbox", "30 мин", "4 ч", "Запрос", "Обычный", "", "", "да")
SERVER = ("MAIL", "Mail", "MAIL.2", "Mail server", "1 ч", "2 раб. дня", "Запрос", "Обычный", "Second line", "", "да")


def told(imported: SpreadsheetImport, outcome: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    found = imported.changes.filter(outcome=outcome)
    return [(c.label, [(d.label, d.old, d.new) for d in differences(c)]) for c in found]


def catalog() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Service, WorkType, SupportLine, Membership, User)]


def test_the_change_set_names_what_is_new_changed_unchanged_and_missing(bring: Bring, desk: Desk) -> None:
    desk.file()
    changed = (*SAME[:5], "8 ч", *SAME[6:7], "Высокий", *SAME[8:])
    imported = bring(text([MAIL, changed, ROW + ("",) * 5]))

    assert imported.counts == {"new": 2, "changed": 1, "unchanged": 1, "missing": 1, "rejected": 0}
    (change,) = imported.changes.filter(outcome="changed")
    assert (change.before, change.after) == (
        {"priority": 3, "execution_limit": "4h"}, {"priority": 2, "execution_limit": "8h"}
    )  # fmt: skip
    assert change.remarks == ["1 open request keeps its limits."]
    assert told(imported, "changed") == [
        ("MAIL.1 Mailbox", [("Priority", "Normal", "High"), ("Execution limit", "4 h", "8 h")])
    ]
    assert told(imported, "missing") == [("MAIL.2 Mail server", [("Active", "yes", "no")])]


def test_nothing_is_written_before_the_confirmation(bring: Bring, desk: Desk) -> None:
    before = catalog()
    imported = bring(text([HEAD, ROW]))
    assert (imported.state, catalog()) == (ImportState.PREVIEW, before)

    imports.drop(actor=desk.katya, imported=imported)
    imported.refresh_from_db()
    assert (imported.state, catalog()) == (ImportState.DROPPED, before)


def test_a_confirmed_import_is_written_with_history_and_taken_back(bring: Bring, desk: Desk) -> None:
    before = catalog()
    changed = ("MAIL", "Mail and calendars", "MAIL.1", "Mailbox", "30 мин", "8 ч")
    imported = bring(text([HEAD, changed, ROW]))
    imports.confirm(actor=desk.katya, imported=imported, with_missing=True)

    desk.mailbox.refresh_from_db()
    desk.server.refresh_from_db()
    new = WorkType.objects.get(code="IT.1")
    assert (str(desk.mailbox.execution_limit), desk.server.is_active, new.service.name) == (
        "8h",
        False,
        "Рабочее место",
    )
    record = desk.mailbox.history.order_by("history_id").last()
    assert (record.history_user, record.history_type, record.history_change_reason) == (
        desk.katya, "~", f"Import #{imported.pk}"
    )  # fmt: skip
    assert new.history.get().history_type == "+"

    imports.undo(actor=desk.katya, imported=imported)
    imported.refresh_from_db()
    assert (catalog(), imported.state, imported.undone_by) == (before, ImportState.UNDONE, desk.katya)
    assert (
        desk.mailbox.history.order_by("history_id").last().history_change_reason == f"Import #{imported.pk} taken back"
    )
    assert WorkType.history.filter(code="IT.1").order_by("history_id").last().history_type == "-"


def test_rejected_rows_stop_an_import_unless_they_are_left_out(bring: Bring, desk: Desk) -> None:
    before = catalog()
    imported = bring(text([HEAD, ROW, ("IT", "Рабочее место", "IT.2", "Мышь", "1-2 дня", "скоро")]))
    assert faults(imported) == [
        ("E3", "This is a range; a limit is one duration."), ("F3", "This is not a duration.")
    ]  # fmt: skip

    with pytest.raises(ActionRefused) as refusal:
        imports.confirm(actor=desk.katya, imported=imported)
    assert (refusal.value.code, catalog()) == ("rejected_rows", before)

    imports.confirm(actor=desk.katya, imported=imported, without_rejected=True)
    assert set(WorkType.objects.filter(service__code="IT").values_list("code", flat=True)) == {"IT.1"}


def test_a_service_of_rejected_rows_only_is_not_made(bring: Bring) -> None:
    imported = bring(text([HEAD, (*ROW[:4], "скоро", "1 д")]))

    assert imported.counts == {"new": 0, "changed": 0, "unchanged": 0, "missing": 3, "rejected": 1}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("", "", "", "Мышь", "1 ч", "1 д"), ("2", "The row does not say to which service it belongs.")),
        (
            ("NO", "", "X", "Мышь", "1 ч", "1 д"),
            ("A2", "There is no service with this code, and the row does not name one."),
        ),
        (("IT", "Место", "", "", "1 ч", "1 д"), ("D2", "The row has limits but does not name a kind of work.")),
        (("IT", "Место", "X", "Мышь", "", "1 д"), ("E2", "A new kind of work needs this.")),
        (("I" * 51, "Место", "X", "Мышь", "1 ч", "1 д"), ("A2", "The text is too long: 51 characters, at most 50.")),
        (("IT", "Место", "X", "Мышь", "4", "1 д"), ("E2", "The number has no unit.")),
    ],
)
def test_a_row_that_says_too_little_or_too_much_is_rejected(bring: Bring, row: Any, fault: Any) -> None:
    assert faults(bring(text([HEAD, row])))[0] == fault


def test_a_line_that_is_not_there_and_a_repeated_row_are_rejected(bring: Bring) -> None:
    imported = bring(text([MAIL, (*SAME[:8], "Третья", "", "да"), SERVER, SERVER]))

    assert faults(imported) == [("I2", "There is no “Третья”."), ("4", "Row 3 already has “MAIL.2 Mail server”.")]


def test_limits_for_rows_without_any_are_a_choice(bring: Bring) -> None:
    rows = text([HEAD[:4], ROW[:4]])

    assert bring(rows).counts["rejected"] == 1
    imported = bring(rows, limits={"reaction_limit": "1h", "execution_limit": "2bd"})
    after = imported.changes.get(entity="work_type", outcome="new").after
    assert (after["reaction_limit"], after["execution_limit"]) == ("1h", "2bd")


def test_what_moved_since_the_preview_is_not_overwritten(bring: Bring, desk: Desk) -> None:
    imported = bring(text([HEAD, (*SAME[:5], "8 ч")]))
    WorkType.objects.filter(pk=desk.mailbox.pk).update(execution_limit="6h")
    before = catalog()

    with pytest.raises(ActionRefused) as refusal:
        imports.confirm(actor=desk.katya, imported=imported)
    assert (refusal.value.code, catalog()) == ("changed_since", before)
    assert "MAIL.1 Mailbox" in str(refusal.value.reason)
    imported.refresh_from_db()
    assert imported.state == ImportState.PREVIEW


def _change(desk: Desk) -> None:
    WorkType.objects.filter(code="IT.1").update(name="Другой")


def _use(desk: Desk) -> None:
    desk.file(kind=WorkType.objects.get(code="IT.1"))


@pytest.mark.parametrize(("meanwhile", "code"), [(_change, "changed_since"), (_use, "in_use")])
def test_an_import_somebody_built_on_is_not_taken_back(
    bring: Bring, desk: Desk, meanwhile: Callable[[Desk], None], code: str
) -> None:
    imported = bring(text([HEAD, ROW]))
    imports.confirm(actor=desk.katya, imported=imported)
    meanwhile(desk)
    before = catalog()

    with pytest.raises(ActionRefused) as refusal:
        imports.undo(actor=desk.katya, imported=imported)
    assert (refusal.value.code, catalog()) == (code, before)
    assert "IT.1" in str(refusal.value.reason)
    imported.refresh_from_db()
    assert imported.state == ImportState.APPLIED


def test_open_requests_keep_their_limits_and_status(bring: Bring, desk: Desk) -> None:
    ticket = desk.file()
    due = Ticket.objects.values("status", "due_at").get(pk=ticket.pk)
    imports.confirm(actor=desk.katya, imported=bring(text([HEAD, (*SAME[:5], "1 ч")])), with_missing=True)

    assert Ticket.objects.values("status", "due_at").get(pk=ticket.pk) == due


@pytest.mark.parametrize("who", ["anna", "alla", "lev", "olga"])
def test_only_those_who_keep_the_catalog_import_it(bring: Bring, desk: Desk, who: str) -> None:
    with pytest.raises(ActionRefused):
        bring(text([HEAD, ROW]), who=who)
    waiting = bring(text([HEAD, ROW]))
    before = catalog()
    for act in (imports.confirm, imports.drop, imports.undo):
        with pytest.raises(ActionRefused):
            act(actor=desk.people[who], imported=waiting)
    waiting.refresh_from_db()
    assert (waiting.state, catalog()) == (ImportState.PREVIEW, before)
    assert not imports.visible_imports(desk.people[who]).exists()


@pytest.mark.parametrize("subject", ["lines", "people", "calendars"])
def test_the_catalog_administrator_imports_nothing_else(bring: Bring, subject: str) -> None:
    with pytest.raises(ActionRefused):
        bring(text([("Линия",), ("Третья",)]), subject=subject, who="katya")


def test_lines_come_with_their_members(bring: Bring, desk: Desk) -> None:
    rows = text([("Линия", "Описание", "Логин", "Роль"), ("Third", "Night", "boris", "руководитель"),
                 ("Third", "", "anna", ""), ("Second line", "", "nobody", "")])  # fmt: skip
    imported = bring(rows, subject="lines")
    assert faults(imported)[0][0] == "C4"
    imports.confirm(actor=desk.roman, imported=imported, without_rejected=True)

    assert set(Membership.objects.filter(line__name="Third").values_list("person__username", "role")) == {
        ("boris", "lead"), ("anna", "member")
    }  # fmt: skip
    assert User.objects.get(username="boris").is_staff
    imports.undo(actor=desk.roman, imported=imported)
    assert not User.objects.get(username="boris").is_staff
    assert not SupportLine.objects.filter(name="Third").exists()


def test_the_default_line_cannot_be_switched_off(bring: Bring) -> None:
    imported = bring(text([("Линия", "Активна"), ("First line", "нет")]), subject="lines")

    assert faults(imported) == [("B2", "The default line cannot be switched off.")]


def test_people_come_without_passwords_and_powers(bring: Bring, desk: Desk) -> None:
    rows = text([("Логин", "Фамилия", "Имя", "E-mail", "Пароль", "Роль"),
                 ("petrov", "Петров", "Пётр", "petrov@example.com", "secret", "administrator"),
                 ("anna", "Кузнецова", "Anna", "anna@example.com", "x", ""),
                 ("sidorov", "Сидоров", "", "BORIS@example.com", "", ""), ("bad login", "", "", "", "", "")])  # fmt: skip
    imported = bring(rows, subject="people")
    assert [fault[0] for fault in faults(imported)] == ["D4", "A5", "A5"][: len(faults(imported))]
    imports.confirm(actor=desk.roman, imported=imported, without_rejected=True)

    petrov = User.objects.get(username="petrov")
    assert (petrov.last_name, petrov.has_usable_password(), petrov.is_staff, petrov.groups.count()) == (
        "Петров",
        False,
        False,
        0,
    )
    anna = User.objects.get(username="anna")
    assert (anna.last_name, anna.check_password("demo")) == ("Кузнецова", True)


def test_phones_of_people_are_kept_in_one_notation(bring: Bring, desk: Desk) -> None:
    User.objects.filter(username="boris").update(phone="by pigeon")
    rows = text(
        [
            ("Логин", "Телефон"),
            ("anna", "8 (495) 123-45-67"),
            ("boris", "by pigeon"),
            ("alla", "by carrier"),
            ("lev", 74951234500),
        ]
    )
    imported = bring(rows, subject="people")
    assert faults(imported) == [("B4", "This is not a phone number. Write it with its area code, as +7 495 123-45-67.")]
    imports.confirm(actor=desk.roman, imported=imported, without_rejected=True)

    phones = dict(User.objects.filter(username__in=("anna", "boris", "alla", "lev")).values_list("username", "phone"))
    assert phones == {"anna": "+74951234567", "boris": "by pigeon", "alla": "", "lev": "+74951234500"}


def test_calendars_come_with_hours_and_exceptions(bring: Bring, desk: Desk) -> None:
    rows = text([("Календарь", "Часовой пояс", "День недели", "Дата", "С", "До", "Примечание"),
                 ("Цех", "Asia/Omsk", "пн", "", "8:00", "12:00", ""), ("Цех", "", "пн", "", "13:00", "17:00", ""),
                 ("Цех", "", "", "01.05.2026", "", "", "Праздник"), ("Цех", "", "", "02.05.2026", "18:00", "9:00", "")])  # fmt: skip
    imported = bring(rows, subject="calendars")
    assert faults(imported) == [("F5", "The end must come after the beginning.")]
    imports.confirm(actor=desk.roman, imported=imported, without_rejected=True)

    shop = WorkCalendar.objects.get(name="Цех")
    assert (shop.time_zone, list(shop.intervals.values_list("weekday", "start", "end"))) == (
        "Asia/Omsk", [(0, 480, 720), (0, 780, 1020)]
    )  # fmt: skip
    holiday = CalendarException.objects.get(calendar=shop)
    assert (str(holiday.date), holiday.start, holiday.note) == ("2026-05-01", None, "Праздник")


def test_a_calendar_without_hours_is_refused(bring: Bring) -> None:
    imported = bring(text([("Календарь", "Часовой пояс"), ("Пустой", "Europe/Moscow")]), subject="calendars")

    assert faults(imported) == [("2", "A calendar needs working hours, or is open around the clock.")]


def test_hours_that_overlap_are_refused(bring: Bring, desk: Desk) -> None:
    rows = text([("Календарь", "Часовой пояс", "День недели", "Дата", "С", "До"),
                 ("Цех", "Asia/Omsk", "пн", "", "8:00", "12:00"), ("Цех", "", "пн", "", "11:00", "17:00")])  # fmt: skip
    imported = bring(rows, subject="calendars")

    with pytest.raises(ActionRefused, match="overlap"):
        imports.confirm(actor=desk.roman, imported=imported)

    assert not WorkCalendar.objects.exists()


def test_one_change_row_says_where_it_came_from(bring: Bring) -> None:
    imported = bring(text([HEAD, ROW]))

    change = ImportChange.objects.get(imported=imported, entity="work_type", outcome="new")
    assert (change.row, change.key, change.label) == (2, ["it", "it.1"], "IT.1 Новый ноутбук")
