"""Decides how the desk comes back from a backup: everything is opened and checked before anything is replaced."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from helpdesk.backups import engines, sealing
from helpdesk.backups.archive import KEY_FILE
from helpdesk.backups.engines import Trouble
from helpdesk.backups.manifest import NAME, Manifest, digest, from_json
from helpdesk.moment import now


def check(path: Path, *, key_file: Path | None = None) -> Manifest:
    """Return the manifest of the backup at `path` when each file is what it says. Raises Trouble; changes nothing."""
    with _opened(path, key_file) as (_work, manifest):
        return manifest


def restore(path: Path, *, key_file: Path | None = None, replace: bool = False) -> Manifest:
    """Put the database and the uploads of the backup at `path` in the place of those of this desk; return its manifest.

    Migrates afterwards. Raises Trouble, with nothing changed, when the backup is damaged, comes from a later version or
    another kind of database, or when this desk has data and `replace` does not allow it to go. Uploads that are
    replaced stay beside, in `files.before-…`.
    """
    with _opened(path, key_file) as (work, manifest):
        _require_fit(manifest)
        if not replace and engines.has_data():
            raise Trouble("This desk has people or requests already. With --replace they go, and the backup comes.")
        if settings.FILES and (work / "files").exists():
            raise Trouble(
                "The backup has uploads, and FILES_URL names a bucket. Restore without it, then copy them there."
            )
        engines.put_back(work / engines.file_name())
        if not settings.FILES:
            _put_files(work / "files")
        _put_key(work / KEY_FILE)
        call_command("migrate", verbosity=0, interactive=False)
    return manifest


@contextmanager
def _opened(path: Path, key_file: Path | None) -> Iterator[tuple[Path, Manifest]]:
    """Yield a folder with the files of the backup, checked, and the manifest."""
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    # Beside the uploads, so that moving them into place is a rename.
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=media.parent) as folder:
        work = Path(folder) / "content"
        work.mkdir()
        try:
            with tarfile.open(_unsealed(path, Path(folder), key_file), mode="r:gz") as archive:
                archive.extractall(work, filter="data")
            manifest = from_json((work / NAME).read_bytes())
        except (tarfile.TarError, EOFError, ValueError, OSError) as error:
            raise Trouble(f"{path} is not a whole backup: {error}") from error
        _require_whole(work, manifest)
        yield work, manifest


def _unsealed(path: Path, folder: Path, key_file: Path | None) -> Path:
    if path.suffix != sealing.SUFFIX:
        return path
    if key_file is None:
        raise Trouble(f"{path.name} is sealed: name the file with the private key by --key.")
    plain = folder / path.stem
    with plain.open("wb") as file:
        sealing.unseal(path, file, key_file)
    return plain


def _require_whole(work: Path, manifest: Manifest) -> None:
    present = {str(path.relative_to(work)) for path in work.rglob("*") if path.is_file()} - {NAME}
    if present != set(manifest.files):
        odd = sorted(present ^ set(manifest.files))
        raise Trouble(f"The backup and its manifest differ: {', '.join(odd[:5])}.")
    for name, wanted in manifest.files.items():
        with (work / name).open("rb") as file:
            if digest(file) != wanted:
                raise Trouble(f"{name} in the backup is damaged: its checksum is another one.")


def _require_fit(manifest: Manifest) -> None:
    if manifest.engine != Path(engines.file_name()).suffix.lstrip("."):
        raise Trouble(f"The backup is of another kind of database than {connection.display_name}.")
    ours = {config.label for config in apps.get_app_configs()}
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, replace_migrations=False).disk_migrations}
    later = [name for name in manifest.migrations if name.split(".")[0] in ours and name not in known]
    if later:
        raise Trouble(f"The backup was made by a later version ({later[0]}). Install that version first.")


def _put_files(source: Path) -> None:
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(media.iterdir()):
        media.rename(media.with_name(f"{media.name}.before-{now():%Y%m%dT%H%M%S}"))
    elif media.exists():
        media.rmdir()
    if source.exists():
        source.rename(media)
        for folder, _folders, files in os.walk(media):
            Path(folder).chmod(settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
            for name in files:
                (Path(folder) / name).chmod(settings.FILE_UPLOAD_PERMISSIONS)
    else:
        media.mkdir(mode=0o700)


def _put_key(source: Path) -> None:
    """Bring the secret key back; the one that was there stays beside."""
    if not source.exists():
        return
    target = settings.VAR_DIR / KEY_FILE
    if target.exists() and target.read_bytes() != source.read_bytes():
        target.rename(target.with_name(f"{KEY_FILE}.before-{now():%Y%m%dT%H%M%S}"))
    shutil.copyfile(source, target)
    target.chmod(0o600)
