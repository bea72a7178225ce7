"""Decides what is in a backup and in which order: the database of one moment, then every upload, then the manifest.

The database comes first: a file that a row of it names was there before the row, so the copy of the files has it too.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import IO

from django.conf import settings

from helpdesk.backups import engines, sealing
from helpdesk.backups.keeping import name_at
from helpdesk.backups.manifest import NAME, Hashing, Manifest
from helpdesk.moment import now

KEY_FILE = "secret_key"


def make(folder: Path, *, recipients: Sequence[str] = ()) -> Path:
    """Make a backup in `folder`, sealed when there are `recipients`; return its file, which appears only when it is whole.

    Raises Trouble, ValueError for a wrong recipient, or OSError when the disk is full; nothing is left behind then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = now().astimezone(UTC)
    target = folder / (name_at(at) + (sealing.SUFFIX if recipients else ""))
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as work:
        copy = Path(work) / engines.file_name()
        migrations, rows = engines.copy_out(copy)
        manifest = Manifest(at.isoformat(), copy.suffix.lstrip("."), migrations, rows)
        draft = Path(work) / target.name
        with _new(draft) as file, _maybe_sealed(file, recipients) as sink:
            _write(sink, manifest, copy, with_key=bool(recipients))
        draft.rename(target)
    return target


def _write(sink: IO[bytes], manifest: Manifest, copy: Path, *, with_key: bool) -> None:
    with (
        gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        _add(archive, copy, copy.name, manifest)
        root = Path(settings.MEDIA_ROOT)
        # A bucket has versions of its own (docs/operations.md).
        uploads = [] if settings.FILES else sorted(each for each in root.rglob("*") if each.is_file())
        for path in uploads:
            _add(archive, path, f"files/{path.relative_to(root)}", manifest)
        key = settings.VAR_DIR / KEY_FILE
        # Whoever has it can sign anybody in: it travels only where nobody can read it.
        if with_key and key.exists():
            _add(archive, key, KEY_FILE, manifest)
        told = manifest.to_json()
        entry = tarfile.TarInfo(NAME)
        entry.size = len(told)
        archive.addfile(entry, io.BytesIO(told))


def _add(archive: tarfile.TarFile, path: Path, name: str, manifest: Manifest) -> None:
    entry = tarfile.TarInfo(name)
    try:
        with path.open("rb") as file:
            entry.size = os.fstat(file.fileno()).st_size
            reader = Hashing(file)
            archive.addfile(entry, reader)
    except FileNotFoundError:
        return  # taken away since the folder was listed
    manifest.files[name] = reader.sha256.hexdigest()


@contextmanager
def _new(path: Path) -> Iterator[IO[bytes]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _maybe_sealed(file: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    if not recipients:
        yield file
        return
    with sealing.sealed(file, recipients) as sink:
        yield sink
