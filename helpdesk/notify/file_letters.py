"""Decides which letters in files go when a person is erased: those to him, where letters become files."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from django.conf import settings

_BETWEEN = b"-" * 79 + b"\n"


def forget(address: str) -> int:
    """Take the letters to `address` out of the files of EMAIL_FILE_PATH and return how many; letters to others stay."""
    folder, gone = Path(settings.EMAIL_FILE_PATH), 0
    if not address or not folder.is_dir():
        return 0
    for file in folder.glob("*.log"):
        data = file.read_bytes()
        if address.encode() not in data:
            continue
        parts = [part for part in data.split(_BETWEEN) if part.strip()]
        kept = [part for part in parts if not _is_to(part, address)]
        gone += len(parts) - len(kept)
        if kept:
            file.write_bytes(b"".join(part + _BETWEEN for part in kept))
        else:
            file.unlink()
    return gone


def _is_to(part: bytes, address: str) -> bool:
    message = email.message_from_bytes(part.lstrip(), policy=email.policy.default)
    return address.casefold() in str(message["To"]).casefold()
