"""Decides where uploaded files lie: outside every public folder, under names nobody can guess.

Files are read only through a view that asks `access`; the storage has no URLs on purpose.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from django.db import models


class PrivateStorage(FileSystemStorage):
    """A folder on disk without addresses."""

    def url(self, name: str | None) -> str:
        """Refuse: a private file is never linked to directly. Always raises ValueError."""
        raise ValueError("Private files have no address; link to the view that serves them.")


def private_files() -> PrivateStorage:
    """Return the storage of uploads, in MEDIA_ROOT (a callable, so that migrations do not freeze a folder)."""
    return PrivateStorage()


def random_name(instance: models.Model, filename: str) -> str:
    """Return a path of 128 random bits below two short folders; the given `filename` never reaches the disk."""
    name = secrets.token_hex(16)
    return f"{instance._meta.model_name}/{name[:2]}/{name}"
