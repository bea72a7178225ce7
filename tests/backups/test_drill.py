"""The drill: a desk is copied out, lost, and comes back with the same rows and files, and people sign in as before."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from helpdesk import access, backups, search
from helpdesk.backups import engines, restoring
from helpdesk.models import Attachment, Ticket, User
from tests.people import PASSWORD, Desk, make_desk
from tests.races.processes import start

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(tmp_path: Path, settings: Any) -> Iterator[Desk]:
    """A desk with a request and a file, in a folder of its own."""
    settings.VAR_DIR = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_RECIPIENTS = []
    (tmp_path / "secret_key").write_text("first key", encoding="ascii")
    made = make_desk()
    made.file(subject="Ёлки в архиве", files=[SimpleUploadedFile("a.txt", b"kept")])
    yield made
    # The next test is given the database as it was made.
    connections.close_all()


def run(name: str, *arguments: Any) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def rows() -> dict[str, Any]:
    return {
        table: list(connection_rows(table))
        for table in ("helpdesk_ticket", "helpdesk_historicalticket", "helpdesk_user")
    }


def connection_rows(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - our tables
        return cursor.fetchall()


def spoil(desk: Desk) -> None:
    """Lose something and add something, as after a bad night."""
    ticket = Ticket.objects.get()
    Path(Attachment.objects.get().file.path).write_bytes(b"spoilt")
    desk.act("cancel", "anna", ticket, comment="Gone.")
    desk.file(subject="Afterwards")
    User.objects.filter(username="anna").update(password="!")


def test_what_was_copied_comes_back(desk: Desk) -> None:
    before = rows()
    run("backup")
    made = next(django_settings.BACKUP_DIR.glob("helpdesk-*"))
    spoil(desk)

    with pytest.raises(CommandError, match="With --replace they go"):
        run("restore", made)
    assert Ticket.objects.count() == 2, "a refusal changes nothing"
    told = run("restore", made, "--replace")

    assert "1 requests, 10 people, 1 files" in told
    assert rows() == before
    assert Attachment.objects.get().file.read() == b"kept"
    assert len(list(Path(django_settings.MEDIA_ROOT).parent.glob("files.before-*"))) == 1
    found = search.matching(access.visible_to(desk.anna), desk.anna, "елка")
    assert [ticket.pk for ticket in found] == [Ticket.objects.get().pk]
    assert Client().login(username="anna", password=PASSWORD)
    assert desk.file().pk > Ticket.objects.order_by("pk")[0].pk, "numbers go on after those that came back"


def test_a_sealed_backup_opens_with_its_key_alone(desk: Desk, tmp_path: Path, settings: Any) -> None:
    told = run("backup", "--make-key", tmp_path / "key")
    settings.BACKUP_RECIPIENTS = [told.split("=")[1].split(",")[0]]
    run("backup", "--make-key", tmp_path / "other")
    run("backup")
    made = next(settings.BACKUP_DIR.glob("*.age"))
    assert b"SQLite" not in made.read_bytes()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret_key").write_text("second key", encoding="ascii")

    for key in ([], ["--key", tmp_path / "other"]):
        with pytest.raises(CommandError):
            run("restore", made, "--check", *key)
    run("restore", made, "--replace", "--key", tmp_path / "key")

    assert (tmp_path / "secret_key").read_text(encoding="ascii") == "first key"
    assert len(list(tmp_path.glob("secret_key.before-*"))) == 1
    assert Ticket.objects.get().subject == "Ёлки в архиве"


def rewrite(made: Path, target: Path, **changed: Any) -> Path:
    """Copy a backup with another content of some files; None leaves one out."""
    with tarfile.open(made) as source, tarfile.open(target, "w:gz") as copy:
        for entry in source:
            data = source.extractfile(entry).read()  # type: ignore[union-attr]
            for end, change in changed.items():
                if entry.name.endswith(end):
                    data = change(data)
            if data is None:
                continue
            entry.size = len(data)
            import io

            copy.addfile(entry, io.BytesIO(data))
    return target


def later(data: bytes) -> bytes:
    manifest = json.loads(data)
    manifest["migrations"].append("helpdesk.9999_later")
    return json.dumps(manifest).encode()


def other_engine(data: bytes) -> bytes:
    return json.dumps({**json.loads(data), "engine": "other"}).encode()


@pytest.mark.parametrize(
    ("end", "change", "says"),
    [
        ("dump" if connection.vendor == "postgresql" else "sqlite3", lambda data: data[:-9] + b"!" * 9, "is damaged"),
        ("json", lambda _data: None, "not a whole backup"),
        ("json", lambda _data: b"{}", "not a whole backup"),
        ("json", later, "later version (helpdesk.9999_later)"),
        ("json", other_engine, "another kind of database"),
    ],
)
def test_a_wrong_backup_is_refused_before_anything_is_touched(
    desk: Desk, tmp_path: Path, end: str, change: Any, says: str
) -> None:
    made = rewrite(backups.make(tmp_path / "b"), tmp_path / "wrong.tar.gz", **{end: change})
    before = rows()

    with pytest.raises(backups.Trouble) as told:
        backups.restore(made, replace=True)

    assert says in str(told.value)
    assert rows() == before
    assert Attachment.objects.get().file.read() == b"kept"


def test_half_a_file_and_a_wish_to_leave_the_folder_are_refused(desk: Desk, tmp_path: Path) -> None:
    made = backups.make(tmp_path / "b")
    half = tmp_path / "half.tar.gz"
    half.write_bytes(made.read_bytes()[:-2000])
    with tarfile.open(tmp_path / "out.tar.gz", "w:gz") as archive:
        archive.add(made, "../../escaped")

    for path in (half, tmp_path / "out.tar.gz", tmp_path / "nowhere.tar.gz"):
        with pytest.raises(backups.Trouble, match="not a whole backup"):
            restoring.check(path)
    assert not list(tmp_path.parent.glob("escaped"))
    assert not list(tmp_path.glob(".restoring-*"))


def test_a_backup_that_fails_leaves_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpdesk.backups.archive._add", full)
    with pytest.raises(CommandError, match="No backup was made"):
        run("backup", "--to", tmp_path / "b")
    assert list((tmp_path / "b").iterdir()) == []


WRITER = """
from helpdesk.actions import registration
from helpdesk.models import User, WorkType
actor, kind = User.objects.get(username="anna"), WorkType.objects.get(code="MAIL.1")
for number in range(100000):
    print(registration.register(actor=actor, work_type=kind, subject=f"{number}", text="x").pk, flush=True)
"""


def test_a_copy_under_writes_has_all_that_was_acknowledged_before_it(desk: Desk, tmp_path: Path) -> None:
    writer = start(WRITER)
    try:
        acknowledged = {int(writer.stdout.readline()) for _number in range(30)}
        made = backups.make(tmp_path / "b")
    finally:
        writer.kill()

    manifest = backups.restore(made, replace=True)

    kept = set(Ticket.objects.values_list("pk", flat=True))
    assert acknowledged <= kept
    assert len(kept) == manifest.rows["helpdesk_ticket"]
    assert Ticket.history.count() >= len(kept)
    assert search.differences() == []
    assert manifest.rows["helpdesk_searchdoc"] == len(kept)


def test_an_empty_place_needs_no_leave(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backups.make(tmp_path / "b")
    assert engines.has_data()
    monkeypatch.setattr(engines, "has_data", lambda: False)

    assert backups.restore(made).rows["helpdesk_ticket"] == 1
