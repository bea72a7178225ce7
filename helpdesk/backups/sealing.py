"""Decides how a backup is sealed: for the public keys of BACKUP_RECIPIENTS, in the format of age, so that `age -d` opens it too.

The machine that makes backups cannot read them: the private key is made once and kept elsewhere.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage

SUFFIX = ".age"


def make_key(path: Path) -> str:
    """Write a new private key into a file at `path`, mode 600; return its public key. Raises FileExistsError."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"# public key: {public}\n{identity}\n")
    return public


@contextmanager
def sealed(target: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Yield a file whose content arrives in `target` readable by the owners of `recipients` alone.

    Raises ValueError for a recipient that is no public key.
    """
    try:
        keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise ValueError("BACKUP_RECIPIENTS holds something that is not a public key of age.") from error
    read_end, write_end = os.pipe()
    failures: list[BaseException] = []

    def seal() -> None:
        with os.fdopen(read_end, "rb") as source:
            try:
                pyrage.encrypt_io(source, target, keys)
            except BaseException as error:  # noqa: BLE001 - told to the thread that writes
                failures.append(error)

    thread = threading.Thread(target=seal)
    thread.start()
    try:
        with os.fdopen(write_end, "wb") as sink:
            yield sink
    except BrokenPipeError:
        pass
    finally:
        thread.join()
    if failures:
        raise failures[0]


def unseal(source: Path, target: IO[bytes], key_file: Path) -> None:
    """Write what is sealed in `source` into `target`. Raises ValueError when the key in `key_file` does not open it."""
    lines = key_file.read_text(encoding="ascii").splitlines()
    try:
        keys = [pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")]
        with source.open("rb") as file:
            pyrage.decrypt_io(file, target, keys)
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        raise ValueError(f"The key in {key_file} does not open {source.name}: {error}.") from error
