"""How the tests bring a table in: as Katya, who keeps the catalog, or as Roman, who administers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from helpdesk.actions import imports
from helpdesk.models import SpreadsheetImport
from helpdesk.spreadsheets import intake
from tests.people import Desk

Bring = Callable[..., SpreadsheetImport]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def bring(desk: Desk, settings: Any, tmp_path: Any) -> Bring:
    """Return a function that uploads files and reads them."""
    settings.MEDIA_ROOT = tmp_path

    def upload(*files: bytes, subject: str = "catalog", who: str = "", **choices: Any) -> SpreadsheetImport:
        actor = desk.people[who or ("katya" if subject == "catalog" else "roman")]
        uploads = [
            imports.Upload(f"table{number}.xlsx", ContentFile(data, "table"), len(data))
            for number, data in enumerate(files)
        ]
        imported = imports.receive(actor=actor, subject=subject, uploads=uploads)
        imported.choices = choices
        intake.read(imported)
        imported.refresh_from_db()
        return imported

    return upload


def faults(imported: SpreadsheetImport) -> list[tuple[str, str]]:
    """Return the address and the reason of everything that was rejected."""
    rejected = imported.changes.filter(outcome="rejected").order_by("row")
    return [(fault["address"], fault["reason"]) for change in rejected for fault in change.remarks]
