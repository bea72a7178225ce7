"""Files are taken by what they are, kept under random names, and refused with their name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from helpdesk import access
from helpdesk.actions import conversation
from helpdesk.actions.refusals import ValidationError
from helpdesk.models import Attachment, Ticket
from tests.people import Desk


def png() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    return picture.getvalue()


def test_a_picture_is_kept_outside_of_every_address(desk: Desk) -> None:
    ticket = desk.file(files=[SimpleUploadedFile("снимок.png", png())])

    kept = Attachment.objects.get(ticket=ticket)
    assert (kept.name, kept.content_type) == ("снимок.png", "image/png")
    assert "снимок" not in kept.file.name
    assert Path(kept.file.path).read_bytes() == png()
    with pytest.raises(ValueError, match="no address"):
        kept.file.storage.url(kept.file.name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html>"), ("run.exe", b"MZ"), ("picture.svg", b"<svg/>"), ("empty.txt", b""),
        ("fake.png", b"not a picture"), ("fake.txt", b"<script>alert(1)</script>"), ("a\x07b.txt", b"text"),
        ("evil\u202etxt.png", png()), ("x" * 250 + ".txt", b"text"), ("big.txt", b"a" * (10 * 1024 * 1024 + 1)),
    ],
)  # fmt: skip
def test_a_forbidden_file_is_refused_and_nothing_is_registered(desk: Desk, name: str, content: bytes) -> None:
    upload = SimpleUploadedFile("x", content)
    upload._name = name

    with pytest.raises(ValidationError) as told:
        desk.file(files=[upload])

    assert "files" in told.value.message_dict
    assert Ticket.objects.count() == 0


def test_at_most_ten_files(desk: Desk) -> None:
    with pytest.raises(ValidationError):
        desk.file(files=[SimpleUploadedFile(f"{number}.txt", b"text") for number in range(11)])


def test_the_files_of_one_request_are_those_of_the_rule_for_all(desk: Desk) -> None:
    ticket = desk.file(files=[SimpleUploadedFile("asked.txt", b"text")])
    note = [SimpleUploadedFile("noted.txt", b"text")]
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="A note", internal=True, files=note)
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="", files=[SimpleUploadedFile("said.txt", b"text")])

    seen = {}
    for name in ("anna", "boris", "alla", "lev", "egor", "olga", "roman"):
        person = getattr(desk, name)
        seen[name] = {file.name for file in access.visible_files(person, ticket)}
        assert set(access.visible_files(person, ticket)) == set(
            access.visible_attachments(person).filter(ticket=ticket)
        )

    assert seen["anna"] == {"asked.txt", "said.txt"}
    assert seen["alla"] == {"asked.txt", "noted.txt", "said.txt"}
    assert seen["boris"] == set()
