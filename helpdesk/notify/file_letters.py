"""Decides which letters in files go when a person is erased: those to him, where letters become files."""

from __future__ import annotations

import email
import email.policy
from contextlib import suppress
from email.utils import getaddresses
from pathlib import Path

from django.conf import settings
from django.utils.encoding import punycode

_BETWEEN = b"-" * 79 + b"\n"


def forget(address: str) -> int:
    """Take the letters to `address` out of the files of EMAIL_FILE_PATH and return how many; letters to others stay."""
    folder, gone = Path(settings.EMAIL_FILE_PATH), 0
    if not address or not folder.is_dir():
        return 0
    written = _as_written(address)
    for file in folder.glob("*.log"):
        data = file.read_bytes()
        if written.encode() not in data.lower():
            continue
        parts = [part for part in data.split(_BETWEEN) if part.strip()]
        kept = [part for part in parts if not _is_to(part, written)]
        gone += len(parts) - len(kept)
        if kept:
            file.write_bytes(b"".join(part + _BETWEEN for part in kept))
        else:
            file.unlink()
    return gone


def _as_written(address: str) -> str:
    """Return `address` as it stands in a letter, whose domain is in ASCII; in small letters, as both are compared."""
    name, at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = punycode(domain)
    return f"{name}{at}{domain}".lower()


def _is_to(part: bytes, written: str) -> bool:
    message = email.message_from_bytes(part.lstrip(), policy=email.policy.default)
    return any(found.lower() == written for _name, found in getaddresses([str(message["To"])]))
