"""Decides how a file of cases is brought in: batch by batch, each whole or not at all, going on where it was broken off."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.actions import foreign, past
from helpdesk.actions.refusals import ActionRefused
from helpdesk.cases import intake, rows
from helpdesk.cases import mapping as mappings
from helpdesk.cases.directory import Directory, Registrar
from helpdesk.cases.plan import Planned, plan
from helpdesk.cases.rows import ForeignTicket, ReadFile, Remark
from helpdesk.models import CaseImport, CaseImportState, CaseRemark, User
from helpdesk.spreadsheets.sniffing import UnreadableFile

BATCH = 200
Progress = Callable[[int, int], None]
_log = logging.getLogger(__name__)


class Preview(NamedTuple):
    """What bringing a file in would do: in numbers, with every remark, and the words nobody has mapped."""

    counts: dict[str, int]
    remarks: list[Remark]
    unmapped: Counter[str]


def preview(imported: CaseImport, progress: Progress | None = None) -> Preview:
    """Return what bringing the file in would do; nothing is written. `progress` hears (seen, all).

    Raises UnreadableFile, BadMapping, ActionRefused, LookupError.
    """
    mapping, found = _read(imported)
    known = foreign.known(mapping.source)
    fresh = [case for case in found.cases if case.number not in known]
    directory = Registrar(mapping, imported.author, writes=False).directory(fresh)
    counts, remarks = Counter(_read_counts(found)), list(found.remarks)
    counts["known"] = len(found.cases) - len(fresh)
    for number, case in enumerate(fresh):
        if progress is not None and number % BATCH == 0:
            progress(number, len(fresh))
        planned = _plan(case, mapping, directory, imported.author, remarks)
        if planned is not None:
            counts.update(_counts([planned]))
    counts.update(directory.made)
    counts.update(_remark_counts(remarks))
    return Preview(dict(counts), remarks, found.unmapped)


def look(imported: CaseImport) -> None:
    """Keep what is in the file, when that is not known yet, else what bringing it in would do. Raises as `preview` does."""
    if not imported.contents:
        foreign.learnt(imported, intake.contents(imported))
        return
    found = preview(imported, lambda count, total: foreign.seen(imported, count, total))
    words = {
        word: count for word, count in found.unmapped.most_common(intake.MOST_WORDS) if len(word) <= intake.LONGEST_WORD
    }
    foreign.looked(imported, found.counts, _stored(found.remarks), words)


def bring_in(imported: CaseImport, progress: Progress | None = None) -> CaseImport:
    """Bring the file of `imported` in, or go on with it; return it with its counts. `progress` hears (done, all).

    Raises UnreadableFile, BadMapping, ActionRefused, LookupError, ValidationError; what was brought in stays.
    """
    mapping, found = _read(imported)
    known = foreign.known(mapping.source)
    fresh = [case for case in found.cases if case.number not in known]
    own = foreign.brought_by(imported)
    directory = Registrar(mapping, imported.author, writes=True).directory(fresh)
    others = len(found.cases) - len(fresh) - own
    foreign.begin(
        imported, {**_read_counts(found), "known": others}, _stored(found.remarks, of_reading=True), directory.made
    )
    done, total = own + others, len(found.cases)
    for start in range(0, len(fresh), BATCH):
        _bring(fresh[start : start + BATCH], mapping, directory, imported)
        done += len(fresh[start : start + BATCH])
        if progress is not None:
            progress(done, total)
    return foreign.finish(imported)


def _bring(cases: Sequence[ForeignTicket], mapping: Any, directory: Directory, imported: CaseImport) -> None:
    remarks: list[Remark] = []
    planned = [_plan(case, mapping, directory, imported.author, remarks) for case in cases]
    good = [one for one in planned if one is not None]
    counts = {**_counts(good), **_remark_counts(remarks)}
    with foreign.batch(imported, counts, _stored(remarks)):
        past.write([one.ticket for one in good], actor=imported.author, imported=imported)


def _plan(
    case: ForeignTicket, mapping: mappings.CaseMapping, directory: Directory, author: User, remarks: list[Remark]
) -> Planned | None:
    try:
        planned = plan(case, mapping, directory, author)
    except LookupError as error:
        remarks.append(Remark(CaseRemark.Kind.LEFT_OUT, case.row, case.number, str(error.args[0])[:300]))
        return None
    remarks += planned.remarks
    return planned


def _read(imported: CaseImport) -> tuple[mappings.CaseMapping, ReadFile]:
    mapping = mappings.from_json(imported.mapping)
    with imported.file.open("rb") as file:
        sheet = rows.sheet_of(file.read())
    return mapping, rows.read(sheet, mapping)


def _read_counts(found: ReadFile) -> dict[str, int]:
    return {"rows": found.rows, "ignored": found.ignored, "total": len(found.cases)}


def _counts(planned: list[Planned]) -> dict[str, int]:
    steps = [step for one in planned for step in one.ticket.steps]
    return {
        "cases": len(planned), "steps": len(steps) + len(planned), "implied": sum(one.implied for one in planned),
        "reclassified": sum(step.action == "reclassify" for step in steps),
    }  # fmt: skip


def _remark_counts(remarks: list[Remark]) -> dict[str, int]:
    return dict(Counter(str(remark.kind) for remark in remarks))


def _stored(remarks: list[Remark], *, of_reading: bool = False) -> list[CaseRemark]:
    return [
        CaseRemark(kind=item.kind, row=item.row, case=item.case, text=item.text, of_reading=of_reading)
        for item in remarks
    ]


def run_waiting() -> int:
    """Bring in the files of other desks that wait for it and return how many; each is leased, so two workers share them.
    Files to be looked at are looked at."""
    done = 0
    while (waiting := foreign.lease()) is not None:
        with translation.override(waiting.author.language or None):
            safely(waiting, look if waiting.state == CaseImportState.LOOKING else bring_in)
        done += 1
    return done


def safely(imported: CaseImport, work: Callable[[CaseImport], object]) -> None:
    """Do `work` with an import; what goes wrong is remembered with it, in words."""
    try:
        work(imported)
    except ActionRefused as refusal:
        foreign.fail(imported, str(refusal.reason))
    except ValidationError as error:
        foreign.fail(imported, " ".join(error.messages))
    except (UnreadableFile, mappings.BadMapping, LookupError) as error:
        foreign.fail(imported, str(error.args[0]))
    except IntegrityError:
        text = _(
            "Another import has brought in a case of this file. Start it again: what is here is not written twice."
        )
        foreign.fail(imported, text)
    except Exception:  # noqa: BLE001 - whatever a file did to the reader, its page has to tell
        _log.exception("import of cases %s could not be worked on", imported.pk)
        foreign.fail(imported, _("Something went wrong on our side. Try again."))
