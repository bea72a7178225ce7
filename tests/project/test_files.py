"""Uploads may lie in a bucket that several machines share; what FILES_URL cannot mean ends the start."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from helpdesk.actions import attachments, stray_files
from helpdesk.models import Attachment
from helpdesk.models.storage import private_files
from project import files
from tests.bucket import bucket
from tests.people import Desk


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[tuple[dict[str, bytes], list[bool]]]:
    with bucket() as (address, objects, signed):
        monkeypatch.setenv("FILES_URL", f"s3://desk/uploads?endpoint={address}&region=eu-1")
        monkeypatch.setenv("FILES_KEY", "key")
        monkeypatch.setenv("FILES_SECRET", "secret")
        settings.FILES = files.from_environment()
        monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", private_files())
        yield objects, signed


def test_a_file_goes_to_the_bucket_and_comes_back_by_the_view_alone(desk: Desk, store, settings) -> None:
    objects, signed = store
    ticket = desk.file(files=[SimpleUploadedFile("log.txt", b"Error 550\n")])
    (found,) = Attachment.objects.all()

    answer = desk.client("anna").get(f"/api/v1/tickets/{ticket.pk}/files/{found.pk}")

    assert objects == {f"desk/uploads/{found.file.name}": b"Error 550\n"}
    assert b"".join(answer.streaming_content) == b"Error 550\n"
    assert desk.client("boris").get(f"/api/v1/tickets/{ticket.pk}/files/{found.pk}").status_code == 404
    assert signed
    assert all(signed)
    assert not any(path.is_file() for path in Path(settings.MEDIA_ROOT).rglob("*"))
    with pytest.raises(ValueError, match="no address"):
        found.file.url  # noqa: B018 - the address is asked for


def test_a_lost_object_is_noticed(desk: Desk, store) -> None:
    desk.file(files=[SimpleUploadedFile("log.txt", b"One\n")])
    assert attachments.missing(newest=10) == []

    store[0].clear()

    assert attachments.missing(newest=10) == [Attachment.objects.get().pk]
    assert stray_files.forget_old() == 0


@pytest.mark.django_db(transaction=True)
def test_a_backup_says_that_the_bucket_is_not_in_it(store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("backup", to=tmp_path)

    (made,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        assert not any(name.startswith("files/") for name in archive.getnames())
    assert "Uploads are in a bucket" in capsys.readouterr().out


@pytest.mark.parametrize(
    "value",
    [
        "bucket", "https://bucket/x", "s3://", "s3://user:secret@bucket", "s3://bucket?endpoint=storage.example.org",
        "s3://bucket?acl=public-read",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_ends_the_start(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILES_URL", value)

    with pytest.raises(SystemExit) as ended:
        files.from_environment()

    assert ended.value.code == 3
    assert "FILES_URL" in capsys.readouterr().err


def test_nothing_said_means_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FILES_URL", raising=False)

    assert files.from_environment() == {}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("", {}),
        ("tcp://127.0.0.1", {"host": "127.0.0.1", "port": 3310}),
        ("tcp://scanner.example.org:3311", {"host": "scanner.example.org", "port": 3311}),
        ("unix:///run/clamav/clamd.ctl", {"path": "/run/clamav/clamd.ctl"}),
    ],
)
def test_a_scanner_is_a_socket_or_a_host(value: str, place: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAMAV_URL", value)

    assert files.scanner() == place


@pytest.mark.parametrize(
    "value", ["clamd", "http://127.0.0.1:3310", "tcp://", "tcp://127.0.0.1:x", "unix://run/clamd.ctl", "tcp://a/b"]
)
def test_a_scanner_that_cannot_be_meant_ends_the_start(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLAMAV_URL", value)

    with pytest.raises(SystemExit) as ended:
        files.scanner()

    assert ended.value.code == 3
    assert "CLAMAV_URL must look like tcp://" in capsys.readouterr().err
