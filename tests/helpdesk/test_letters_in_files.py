"""Where letters become files, those to a person who is erased go, and nobody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection

from helpdesk.notify import file_letters


def write(folder: Path, *to: str) -> None:
    with get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=folder) as files:
        for number, address in enumerate(to):
            EmailMessage(f"Letter {number}", "Of anna@example.com.", to=[address], connection=files).send()


def left(folder: Path) -> list[str]:
    lines = [line for file in sorted(folder.glob("*.log")) for line in file.read_text().splitlines()]
    return [line.removeprefix("To: ") for line in lines if line.startswith("To: ")]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def test_letters_to_others_stay_in_the_same_file_and_can_be_read(folder: Path) -> None:
    others = ["boris@example.com", "joanna@example.com", "anna@example.com.org"]
    write(folder, "anna@example.com", others[0], "Anna <anna@example.com>", *others[1:])

    assert (file_letters.forget("anna@example.com"), left(folder)) == (2, others)
    assert (file_letters.forget("anna@example.com"), left(folder)) == (0, others)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Anna@Example.com", "anna@example.com"), ("anna@example.com", "Anna@Example.com"),
        ("anna@почта.рф", "anna@почта.рф"), ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
    ],
)  # fmt: skip
def test_an_address_is_known_however_it_is_written(folder: Path, written: str, asked: str) -> None:
    write(folder, written)
    assert (file_letters.forget(asked), list(folder.iterdir())) == (1, [])


@pytest.mark.parametrize("asked", ["", "anna", "example.com", "anna@" + "long" * 20 + ".com"])
def test_what_is_nobodys_address_takes_no_letter(folder: Path, asked: str) -> None:
    write(folder, "anna@example.com")
    assert (file_letters.forget(asked), left(folder)) == (0, ["anna@example.com"])


def test_where_no_letter_became_a_file_there_is_none_to_take(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "none"
    assert file_letters.forget("anna@example.com") == 0
