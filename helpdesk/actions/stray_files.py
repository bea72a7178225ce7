"""Decides which uploads belong to nothing and are taken away: files of a write that was undone after the disk had them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.apps import apps
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField, Model

from helpdesk.models.storage import private_files
from helpdesk.moment import now

# A write that is under way has its file before its row.
SETTLED = timedelta(days=1)
# Older ones have been looked at on the days before: years of files are listed, but asked for no more.
LOOKED_AT = timedelta(days=8)
BATCH = 500


def forget_old() -> int:
    """Delete the uploads that no row names; of those between one and eight days old; return how many."""
    storage = private_files()
    if not isinstance(storage, FileSystemStorage):
        return 0
    deleted, young = 0, _young(Path(storage.location))
    while names := set(islice(young, BATCH)):
        for name in names - _named(names):
            storage.delete(name)
            deleted += 1
    return deleted


def _young(root: Path) -> Iterator[str]:
    """Yield the names of the files that may be strays by their age, as the rows would name them."""
    until = now()
    first, last = (until - LOOKED_AT).timestamp(), (until - SETTLED).timestamp()
    for folder, _folders, files in os.walk(root):
        for file in files:
            path = Path(folder, file)
            try:
                changed = path.stat().st_mtime
            except FileNotFoundError:
                continue
            if first <= changed < last:
                yield path.relative_to(root).as_posix()


def _named(names: set[str]) -> set[str]:
    """Return those of `names` that some row names. A photo of a sign-up becomes that of a person where it lies."""
    found: set[str] = set()
    for model, field in _file_fields():
        found.update(model._default_manager.filter(**{f"{field}__in": names}).values_list(field, flat=True))
    return found


def _file_fields() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_app_config("helpdesk").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                yield model, field.name
