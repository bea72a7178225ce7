"""A file is what its first bytes say: documents under their own names are taken, anything else under such a name is not."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk.actions import attachments
from helpdesk.actions.refusals import ValidationError


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


# How every file of the old Office begins.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EMPTY_ZIP = b"PK\x05\x06" + b"\x00" * 18


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    found = SimpleUploadedFile("x", content)
    found._name = name
    return found


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Act.DOCX", packed(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("logs.zip", EMPTY_ZIP, "application/zip"), ("old.doc", OLE, "application/msword"),
        ("sums.xls", OLE, "application/vnd.ms-excel"), ("C:\\logs\\day.log", b"12:00 started", "text/plain"),
    ],
)  # fmt: skip
def test_a_document_is_taken_under_its_own_name(name: str, content: bytes, kind: str) -> None:
    (checked,) = attachments.check([upload(name, content)])

    assert (checked.name, checked.content_type, checked.size) == (name.rpartition("\\")[2], kind, len(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("act.docx", OLE),
        ("act.zip", b"<html>"),
        ("old.doc", packed()),
        ("sums.xls", b"MZ\x90\x00"),
        ("old.ppt", b"text"),
    ],
)
def test_what_only_has_the_name_of_a_document_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ValidationError, match="is not what its name says"):
        attachments.check([upload(name, content)])


@pytest.mark.parametrize("name", ["...", " . ", "folder/", ""])
def test_a_file_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="A file has no name"):
        attachments.check([upload(name, b"text")])
