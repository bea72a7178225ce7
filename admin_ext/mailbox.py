"""Decides how letters that became files are read back: what would have been sent, where there is no mail server."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

SHOWN = 100
_FILES = "django.core.mail.backends.filebased.EmailBackend"


@dataclass(frozen=True)
class Attached:
    """A file in a letter."""

    name: str
    kind: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Found:
    """A letter in a file: its name, whom it would have gone to, both its forms, and what is attached."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    files: tuple[Attached, ...] = ()


def is_used() -> bool:
    """Say whether letters become files."""
    return settings.EMAIL_BACKEND == _FILES


def newest() -> list[Found]:
    """Return the newest letters, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:SHOWN]
    found = []
    for file in files:
        # A file of the backend may hold several letters, each ended by a line of dashes.
        parts = [part for part in file.read_bytes().split(b"-" * 79 + b"\n") if part.strip()]
        found += [_read(file, number, part) for number, part in enumerate(parts)]
    return found[:SHOWN]


def _read(file: Path, number: int, data: bytes) -> Found:
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
    return Found(
        f"{file.stem}-{number}", at, str(message["To"]), str(message["Subject"]), _body(message, "plain"), _body(message, "html"),
        tuple(_attached(part) for part in message.iter_attachments()),
    )  # fmt: skip


def _attached(part: EmailMessage) -> Attached:
    data = part.get_payload(decode=True)
    return Attached(part.get_filename("?"), part.get_content_type(), data if isinstance(data, bytes) else b"")


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
