"""The shell imports, exports and checks by the same rules as the panel, and says how it went by its exit code."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from helpdesk.models import Service, SpreadsheetImport, SupportLine, User, WorkCalendar, WorkType
from tests.people import Desk
from tests.spreadsheets.books import HEAD, ROW, text, xlsx

BAD = ("IT", "Рабочее место", "IT.2", "Мышь", "1-2 дня", "1 д")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def run(name: str, *args: Any) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command(name, *args, stdout=out, stderr=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def file(folder: Path, *rows: Any) -> Path:
    path = folder / "catalog.csv"
    path.write_bytes(text([HEAD, *rows]))
    return path


def test_a_good_file_comes_in(desk: Desk, tmp_path: Path) -> None:
    code, said = run("import_catalog", file(tmp_path, ROW), "--user", "katya")

    assert (code, WorkType.objects.get(code="IT.1").name) == (0, "Новый ноутбук")
    assert "Done: import #" in said


def test_a_dry_run_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    code, said = run("import_catalog", file(tmp_path, ROW), "--user", "katya", "--dry-run")

    assert (code, Service.objects.filter(code="IT").exists()) == (0, False)
    assert "IT.1 Новый ноутбук" in said


def test_rejected_rows_stop_it_with_one(desk: Desk, tmp_path: Path) -> None:
    path = file(tmp_path, ROW, BAD)
    code, said = run("import_catalog", path, "--user", "katya")
    assert (code, Service.objects.filter(code="IT").exists()) == (1, False)
    assert "E3" in said

    assert run("import_catalog", path, "--user", "katya", "--without-rejected")[0] == 0
    assert WorkType.objects.filter(service__code="IT").count() == 1


def test_a_broken_or_unknown_file_stops_it_with_two(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"%PDF-1.7")
    assert run("import_catalog", path, "--user", "katya")[0] == 2
    assert run("import_catalog", tmp_path / "none.xlsx", "--user", "katya")[0] == 2
    path.write_bytes(xlsx([("a", "b"), ("c", "d")]))
    code, said = run("import_catalog", path, "--user", "katya")
    assert (code, "--map" in said) == (2, True)


def test_a_sheet_and_columns_can_be_named(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(xlsx([HEAD, ROW], [("Чем", "Когда"), ("Мышь", "1 ч")], names=["Один", "Два"]))
    code, said = run(
        "import_catalog", path, "--user", "katya", "--sheet", "Два", "--map", "kind=Чем", "--map", "service=Чем",
        "--map", "reaction_limit=Когда", "--execution", "2bd",
    )  # fmt: skip

    assert code == 0, said
    kind = WorkType.objects.get(name="Мышь")
    assert (str(kind.reaction_limit), str(kind.execution_limit)) == ("1h", "2bd")
    assert run("import_catalog", path, "--user", "katya", "--sheet", "Три")[0] == 2
    assert run("import_catalog", path, "--user", "katya", "--map", "kind=Нет")[0] == 2


def test_without_the_right_it_stops_with_three(desk: Desk, tmp_path: Path) -> None:
    assert run("import_catalog", file(tmp_path, ROW), "--user", "alla")[0] == 3
    assert run("import_catalog", file(tmp_path, ROW), "--user", "nobody")[0] == 3
    assert not SpreadsheetImport.objects.exists()


def test_what_is_exported_comes_in_unchanged(desk: Desk, tmp_path: Path) -> None:
    for name in ("out.xlsx", "out.csv"):
        run("export_catalog", tmp_path / name)
        code, said = run("import_catalog", tmp_path / name, "--user", "katya", "--dry-run")
        assert code == 0
        assert said.strip() in {"3 без изменений", "3 unchanged"}
    assert run("export_catalog", tmp_path / "out.pdf")[0] == 1


def test_the_check_finds_what_a_request_would_stumble_over(desk: Desk) -> None:
    desk.mailbox.reaction_limit = "8h"
    desk.mailbox.line = desk.first
    desk.mailbox.save()
    Service.objects.create(code="EMPTY", name="mail")
    WorkCalendar.objects.create(name="Never")
    SupportLine.objects.create(name="Nobody")
    SupportLine.objects.filter(pk=desk.second.pk).update(is_active=False)
    User.objects.filter(username="egor").update(is_active=False)

    code, said = run("check_catalog")
    assert code == 1
    assert [line.strip() for line in said.splitlines() if line.startswith("  ")] == [
        "Mailbox: reaction 8h, execution 4h", "mail: EMPTY", "mail: EMPTY", "Mail: MAIL",
        "Never: Requests of its lines would never become due.", "Second line: Kinds of work still send requests there.",
        "Nobody: Nobody would see its requests.",
    ]  # fmt: skip


def test_a_sound_catalog_passes_the_check(desk: Desk) -> None:
    desk.mailbox.line = desk.first
    desk.mailbox.save()
    WorkCalendar.objects.filter(intervals=None, always_open=False).delete()

    assert run("check_catalog") == (0, "Nothing to mend.\n")
