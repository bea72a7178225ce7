"""Decides what a backup says of itself: when it was made, of what, how many rows of each table, and the hash of each file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import IO, Any

NAME = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024


@dataclass
class Manifest:
    """`made_at` is ISO 8601 in UTC; `rows` counts by table; `files` are hex SHA-256 by the path inside of the archive."""

    made_at: str
    engine: str
    migrations: list[str]
    rows: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> bytes:
        """Return the manifest as a person can read it too."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def from_json(data: bytes) -> Manifest:
    """Read a manifest. Raises ValueError for anything else, or for one of a later format."""
    told: dict[str, Any] = json.loads(data)
    if told.get("format") != FORMAT:
        raise ValueError(f"format {told.get('format')!r}")
    try:
        return Manifest(**told)
    except TypeError as error:
        raise ValueError(str(error)) from error


class Hashing:
    """Reads `file` and counts the SHA-256 of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes."""
        data = self.file.read(size)
        self.sha256.update(data)
        return data


def digest(file: IO[bytes]) -> str:
    """Return the hex SHA-256 of the rest of `file`."""
    reader = Hashing(file)
    while reader.read(CHUNK):
        pass
    return reader.sha256.hexdigest()
