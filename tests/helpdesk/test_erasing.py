"""Erasing a person: nothing names him afterwards but what people wrote into texts, figures stay, and a refusal changes nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from helpdesk import search
from helpdesk.actions import (
    accounts,
    audit_chain,
    conversation,
    erasing,
    foreign,
    imports,
    letting_go,
    records,
    signing_up,
    tokens,
    traces,
    webhooks,
)
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import (
    ApiToken,
    AuditRecord,
    HistoryDoor,
    Membership,
    SpreadsheetImport,
    Ticket,
    User,
    Webhook,
    guards,
)
from helpdesk.notify import fan_out, send_letters
from helpdesk.reports import blocks, period, scope
from helpdesk.spreadsheets import intake
from tests.people import PASSWORD, Desk

WORDS = ("Zinaida", "Quillfeather", "Zinovia", "zquill", "feathers.example", "74951230099", "495 123-00-99", "Plumage")
TABLE = "login,first name,last name,e-mail,phone\nzquill,Zinaida,Quillfeather,new@feathers.example,\nboris,Boris,Kovalev,boris@example.com,\n"


def bring(desk: Desk, text: str, subject: str = "people") -> SpreadsheetImport:
    upload = imports.Upload("zquill.csv", ContentFile(text.encode(), "t.csv"), len(text))
    brought = imports.receive(actor=desk.roman, subject=subject, uploads=[upload])
    intake.read(brought)
    brought.refresh_from_db()
    return brought


@pytest.fixture
def lived(desk: Desk, settings: Any, tmp_path: Path) -> Desk:
    """Zinaida has been here in every way: Boris's account, renamed, with all that can hang on a person."""
    settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH = tmp_path / "files", str(tmp_path / "mail")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    person = desk.boris
    person.username, person.email, person.first_name, person.last_name = (
        "zquill",
        "old@feathers.example",
        "Zinovia",
        "Quillfeather",
    )
    records.save(actor=desk.roman, record=person)
    accounts.update_profile(
        actor=person, first_name="Zinaida", phone="8 495 123-00-99", department="Plumage", language="ru"
    )
    picture = io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "PNG")
    accounts.set_photo(actor=person, upload=SimpleUploadedFile("me.png", picture.getvalue()))
    imports.confirm(actor=desk.roman, imported=bring(desk, TABLE))
    bring_back = bring(desk, TABLE.replace("zquill", "z quill") + "x y,a,b,old@feathers.example,\n")
    imports.drop(actor=desk.roman, imported=bring_back)
    imports.confirm(actor=desk.roman, imported=bring(desk, "line,login\nSecond line,zquill\n", "lines"))
    work(desk, User.objects.get(pk=person.pk))
    signing_up.sign_up(
        first_name="Zinaida", last_name="Quillfeather", department="Plumage", email="old@feathers.example", phone="8 495 123-00-99",
        username="zquill2", password="kitten-orbit-42", photo=SimpleUploadedFile("me.png", picture.getvalue()),
    )  # fmt: skip
    foreign.receive(
        actor=desk.roman, name="log.csv", data=b"case,status,created,resource\n1,open,?,Zinaida Quillfeather\n"
    )
    fan_out()
    send_letters()
    return desk


def work(desk: Desk, person: User) -> None:
    """Let her file, answer, work and judge requests, through the panel and by a program."""
    desk.people["boris"] = person
    mine = desk.file("boris")
    for name, actor, raw in (
        ("take", "alla", {}), ("submit", "alla", {"comment": "Mended."}), ("accept", "boris", {"rating": "2", "comment": "Slow."}),
    ):  # fmt: skip
        desk.act(name, actor, mine, **raw)
    conversation.post(actor=desk.alla, ticket_id=mine.pk, text="How is it?", to=[person.pk])
    _token, text = tokens.create(actor=person, name="zquill's laptop", scopes=["read", "write"])
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "one"}
    body = {"work_type": desk.server.pk, "subject": "Server", "text": "It hums."}
    answer = Client().post("/api/v1/tickets", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201
    desk.act("take", "boris", Ticket.objects.get(pk=answer.json()["number"]))
    browser = Client()
    browser.post(reverse("admin:login"), {"username": "zquill", "password": PASSWORD})
    browser.get(reverse("admin:helpdesk_ticket_change", args=[mine.pk]))
    hook = webhooks.change(
        actor=desk.roman, webhook=Webhook(), values={"name": "Hook", "address": "https://a.example.org/"}
    )
    Webhook.objects.filter(pk=hook.pk).update(owner=person)


def stored() -> Iterator[tuple[str, str]]:
    """Yield every text of every table of the database, beside the name of the table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            for row in cursor.fetchall():
                for value in row:
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    yield table, text.encode().decode("unicode_escape", "replace") if "\\u" in text else text


def named(words: tuple[str, ...] = WORDS) -> set[tuple[str, str]]:
    return {(table, word) for table, text in stored() for word in words if word.casefold() in text.casefold()}


def numbers() -> str:
    """Return every number of the analytics, without the names beside them."""
    asked = scope.read(User.objects.get(username="olga"), {})
    tables = blocks.blocks(asked, period.read({"month": "2026-03"}))
    return json.dumps([sorted(str(value) for value in _numbers(table)) for table in tables])


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _numbers(each)
    elif hasattr(value, "__dict__"):
        yield from _numbers(vars(value))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _numbers(each)


def test_nothing_names_an_erased_person(lived: Desk, settings: Any) -> None:
    person = lived.boris
    assert {"helpdesk_user", "helpdesk_historicaluser", "helpdesk_importchange", "helpdesk_idempotencykey", "helpdesk_signup",
            "helpdesk_apitoken", "helpdesk_importfile"} <= {table for table, _word in named()}  # fmt: skip
    media, mail = Path(settings.MEDIA_ROOT), Path(settings.EMAIL_FILE_PATH)
    assert any(
        b"feathers.example" in path.read_bytes() for path in [*media.rglob("*"), *mail.rglob("*")] if path.is_file()
    )
    with pytest.raises(ActionRefused, match="import_waits"):
        erasing.erase(actor=lived.roman, person=person, typed="zquill")
    foreign.drop(actor=lived.roman, imported=foreign.CaseImport.objects.get())
    letting_go.let_go(actor=lived.roman, person=person)
    before = numbers()

    erasing.erase(actor=lived.roman, person=person, typed="ZQUILL")

    assert named() == set()
    left = [path for path in [*media.rglob("*"), *mail.rglob("*")] if path.is_file()]
    assert [path for path in left if any(word.encode() in path.read_bytes() for word in WORDS)] == []
    assert not [path for path in media.rglob("*") if path.is_file() and "user" in path.parts]
    assert numbers() == before
    assert search.differences(newest=50) == []
    row = User.objects.get(pk=person.pk)
    with translation.override("en"):
        assert str(row) == f"Erased person {row.pk}"
    assert (row.username, row.first_name, row.is_active, row.has_usable_password()) == (
        f"erased-{row.pk}", "", False, False,
    )  # fmt: skip
    assert (row.memberships.count(), row.groups.count(), ApiToken.objects.filter(person=row).count()) == (0, 0, 0)
    assert Webhook.objects.get().owner == lived.roman
    told = AuditRecord.objects.get(kind="erased")
    assert (told.actor, told.person, told.data["files"]) == (lived.roman, row, 3)
    audit_chain.seal()
    assert audit_chain.verify().faults == ()
    page = lived.client("roman").get(reverse("admin:helpdesk_ticket_change", args=[Ticket.objects.earliest("pk").pk]))
    assert f"Erased person {row.pk}" in page.content.decode()


def test_nothing_brings_an_erased_person_back(lived: Desk) -> None:
    foreign.drop(actor=lived.roman, imported=foreign.CaseImport.objects.get())
    done = SpreadsheetImport.objects.filter(subject="people", state="applied").get()
    person = erasing.erase(actor=lived.roman, person=lived.boris, typed="zquill")
    login = person.username

    person.is_active = True
    with pytest.raises(ActionRefused, match="erased"):
        records.save(actor=lived.roman, record=person)
    with pytest.raises(ActionRefused, match="erased"):
        accounts.set_groups(actor=lived.roman, person=person, groups=["analyst"])
    with pytest.raises(ActionRefused, match="erased"):
        erasing.erase(actor=lived.roman, person=person, typed=login)
    brought = bring(lived, f"login,first name\n{login},Zinaida\n")
    with pytest.raises(ActionRefused):
        imports.confirm(actor=lived.roman, imported=brought)
    imports.undo(actor=lived.roman, imported=done)

    assert [User.objects.get(pk=person.pk).first_name, User.objects.get(pk=person.pk).is_active] == ["", False]
    assert not Membership.objects.filter(person=person).exists()


def everything() -> list[tuple[str, str]]:
    skipped = ("helpdesk_auditrecord", "sqlite_", "django_session")
    return sorted((table, text) for table, text in stored() if not table.startswith(skipped))


@pytest.mark.parametrize(
    ("actor", "person", "typed", "error"),
    [("roman", "boris", "boris", ValidationError), ("roman", "boris", "", ValidationError), ("lev", "boris", "zquill", ActionRefused),
     ("boris", "boris", "zquill", ActionRefused), ("roman", "roman", "roman", ActionRefused)],
)  # fmt: skip
def test_a_refusal_changes_nothing(desk: Desk, actor: str, person: str, typed: str, error: type[Exception]) -> None:
    User.objects.filter(username="boris").update(username="zquill")
    before = everything()

    with pytest.raises(error):
        erasing.erase(actor=desk.people[actor], person=desk.people[person], typed=typed)

    assert everything() == before


def test_an_error_in_the_middle_leaves_everything_and_the_history_closed(
    lived: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign.drop(actor=lived.roman, imported=foreign.CaseImport.objects.get())
    before, photo = everything(), User.objects.get(username="zquill").photo.path

    def fails(person: User) -> int:
        raise RuntimeError("the disk is full")

    def fails_inside(person: User) -> int:
        with guards.open_history("test"):
            User.history.filter(id=person.pk).update(first_name="x")
            return fails(person)

    for broken in (fails, fails_inside):
        monkeypatch.setattr(traces, "replace_history", broken)
        with pytest.raises(RuntimeError):
            erasing.erase(actor=lived.roman, person=lived.boris, typed="zquill")

    assert everything() == before
    assert Path(photo).exists()
    assert not HistoryDoor.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.history.update(first_name="x")


def test_texts_that_name_a_person_are_listed(desk: Desk) -> None:
    User.objects.filter(username="anna").update(phone="+74951230099", last_name="Смирнова")
    desk.anna.refresh_from_db()
    named_by = [
        desk.file("boris", subject="Письмо Смирновой"), desk.file("boris", text="Call +7 495 123-00-99, please."),
        desk.file("boris", text="Write to anna@example.com"),
    ]  # fmt: skip
    plain, spoken = desk.file("anna"), desk.file("boris")
    conversation.post(actor=desk.alla, ticket_id=spoken.pk, text="Спросите у Смирновой.")

    found = erasing.mentions(actor=desk.roman, person=desk.anna)

    assert set(found) == {*named_by, spoken}
    assert plain not in found
    with pytest.raises(ActionRefused):
        erasing.mentions(actor=desk.lev, person=desk.anna)


def test_the_command_asks_for_the_login_and_for_rights(desk: Desk) -> None:
    with pytest.raises(CommandError):
        call_command("erase_person", "boris", "--user", "lev", "--confirm", "boris")
    with pytest.raises(CommandError):
        call_command("erase_person", "boris", "--user", "roman", "--confirm", "anna")
    assert User.objects.filter(username="boris").exists()

    call_command("erase_person", "boris", "--user", "roman", "--confirm", "boris", stdout=io.StringIO())

    assert User.objects.get(pk=desk.boris.pk).erased_at is not None
