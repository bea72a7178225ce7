"""Files that no row names are taken away when they have settled; every file that a row names stays."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from helpdesk import moment
from helpdesk.actions import stray_files
from helpdesk.models import Attachment
from tests.people import NOON, Desk


def uploads(settings) -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def aged(settings, age: timedelta) -> None:
    at = (NOON - age).timestamp()
    for path in uploads(settings):
        os.utime(path, (at, at))


@pytest.fixture
def files(desk: Desk, settings) -> tuple[set[Path], Path]:
    """A file of a request, a photo that came with a sign-up, and a file of a request that was undone."""
    desk.file(files=[SimpleUploadedFile("log.txt", b"One\n")])
    desk.anna.photo.save("photo", ContentFile(b"picture"))
    kept = uploads(settings)
    with transaction.atomic():
        desk.file(files=[SimpleUploadedFile("log.txt", b"Two\n")])
        transaction.set_rollback(True)
    (stray,) = uploads(settings) - kept
    return kept, stray


def test_a_file_of_a_write_that_was_undone_goes(files: tuple[set[Path], Path], settings) -> None:
    aged(settings, timedelta(days=2))

    assert stray_files.forget_old() == 1
    assert uploads(settings) == files[0]
    assert Attachment.objects.count() == 1
    assert stray_files.forget_old() == 0


@pytest.mark.parametrize("age", [timedelta(hours=23), timedelta(days=9)])
def test_what_is_under_way_or_was_looked_at_stays(files: tuple[set[Path], Path], settings, age: timedelta) -> None:
    aged(settings, age)

    with moment.at(NOON):
        assert stray_files.forget_old() == 0
    assert uploads(settings) == files[0] | {files[1]}
