"""Decides where uploaded files lie: outside every public folder, or in a private bucket, under names nobody can guess.

Files are read only through a view that asks `access`; the storage has no URLs on purpose.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage

if TYPE_CHECKING:
    from django.db import models


class PrivateStorage(FileSystemStorage):
    """A folder on disk without addresses."""

    def url(self, name: str | None) -> str:
        """Refuse: a private file is never linked to directly. Always raises ValueError."""
        _no_address()


def private_files() -> Storage:
    """Return the storage of uploads: the bucket of FILES_URL, or MEDIA_ROOT.

    A callable, so that migrations do not freeze a folder.
    """
    return _bucket(settings.FILES) if settings.FILES else PrivateStorage()


def _bucket(options: dict[str, Any]) -> Storage:
    # An extra of the installation: only who keeps files in a bucket has it.
    from storages.backends.s3 import S3Storage

    class PrivateBucket(S3Storage):
        """A bucket without addresses; it is never made public from here."""

        def url(self, *args: Any, **kwargs: Any) -> str:
            """Refuse as the folder does. Always raises ValueError."""
            _no_address()

    bucket: Storage = PrivateBucket(**options)
    return bucket


def _no_address() -> NoReturn:
    raise ValueError("Private files have no address; link to the view that serves them.")


def random_name(instance: models.Model, filename: str) -> str:
    """Return a path of 128 random bits below two short folders; the given `filename` never reaches the disk."""
    name = secrets.token_hex(16)
    return f"{instance._meta.model_name}/{name[:2]}/{name}"
