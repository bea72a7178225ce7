"""Decides which imports are worked on at once and which in the background, and lets the page see how far they are."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.utils import translation

from helpdesk.actions import imports
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ImportState, SpreadsheetImport
from helpdesk.spreadsheets import intake

LONG_BYTES = 256 * 1024
LONG_CHANGES = 2000
_log = logging.getLogger(__name__)


def is_long(imported: SpreadsheetImport) -> bool:
    """Say whether reading the files of `imported` would keep a page waiting."""
    return sum(file.size for file in imported.files.all()) > LONG_BYTES


def start(imported: SpreadsheetImport) -> None:
    """Read a new import: short files at once, long ones in the background."""
    if is_long(imported):
        imports.queue(imported=imported)
    else:
        _safely(imported, lambda: intake.read(imported))


def progress_of(imported: SpreadsheetImport) -> int:
    """Return how many per cent are done, as the working process said last."""
    done, total = cache.get(_key(imported.pk)) or (0, 1)
    return min(100, round(100 * done / max(total, 1)))


def run_waiting() -> int:
    """Work on the imports that wait for the background and return how many; each is leased, so two workers share them."""
    done = 0
    while (waiting := imports.lease()) is not None:
        _work(waiting)
        done += 1
    return done


def _work(imported: SpreadsheetImport) -> None:
    def tell(done: int, total: int) -> None:
        cache.set(_key(imported.pk), (done, total), 3600)

    with translation.override(imported.author.language or None):
        if imported.state == ImportState.READING:
            _safely(imported, lambda: intake.read(imported, tell))
        else:
            _safely(imported, lambda: imports.go_on(imported=imported, progress=tell))


def _safely(imported: SpreadsheetImport, step: Callable[[], object]) -> None:
    """Do one step; an import that fails says so on its page and stops nothing else."""
    try:
        step()
    except ActionRefused as refusal:
        imports.fail(imported=imported, trouble=str(refusal.reason))
    except Exception:  # noqa: BLE001 - whatever a file did to the reader, its page has to tell
        _log.exception("import %s could not be worked on", imported.pk)
        imports.fail(imported=imported, trouble=translation.gettext("Something went wrong on our side. Try again."))


def _key(number: int) -> str:
    return f"import-progress-{number}"
