"""Decides where the desk wrote down who somebody is, besides his account, and takes it out: history, tables, repeated answers.

Rows that belong to a person alone, which the models say by CASCADE, end; rows that tell of work stay and keep his number.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.fields.files import FieldFile

from helpdesk import phones
from helpdesk.models import (
    CaseImport,
    CaseImportState,
    CaseRemark,
    IdempotencyKey,
    ImportChange,
    ImportFile,
    ImportState,
    ImportSubject,
    Invitation,
    JoiningLetter,
    SignUp,
    SpreadsheetImport,
    User,
    guards,
)

PERSONAL = ("first_name", "last_name", "email", "phone", "department", "language", "time_zone")
# They name a person and are still not his: whom a message was for, who made the token of a program, whose work a report is of.
STAY = frozenset({
    ("messagerecipient", "person"), ("apitoken", "created_by"), ("reportschedule", "assignee"), ("reportsending", "asked_by"),
})  # fmt: skip
_WITH_PEOPLE = (ImportSubject.PEOPLE, ImportSubject.LINES)
_OPEN = (ImportState.QUESTION, ImportState.READING, ImportState.PREVIEW, ImportState.APPLYING, ImportState.UNDOING)
_CASES_OPEN = (CaseImportState.MAPPING, CaseImportState.LOOKING, CaseImportState.WAITING, CaseImportState.RUNNING)


@dataclass(frozen=True)
class Known:
    """What a person is and was called here: by his account and its whole history."""

    logins: frozenset[str]
    words: re.Pattern[str]

    def is_in(self, value: Any) -> bool:
        """Say whether a text, or anything in a list or dict, names the person."""
        if isinstance(value, dict):
            return any(self.is_in(each) for each in (*value, *value.values()))
        if isinstance(value, list | tuple):
            return any(self.is_in(each) for each in value)
        return isinstance(value, str) and self.words.search(value) is not None


def known_of(person: User) -> Known:
    """Return logins, full names, addresses and phones of `person`, of now and of before."""
    rows = [person, *User.history.filter(id=person.pk)]
    logins = frozenset(row.username for row in rows)
    words = set(logins)
    for row in rows:
        words |= {row.email, row.phone, phones.shown(row.phone)}
        if row.first_name and row.last_name:
            words |= {f"{row.first_name} {row.last_name}", f"{row.last_name} {row.first_name}"}
    found = "|".join(re.escape(word) for word in sorted(filter(None, words), key=len, reverse=True))
    return Known(logins, re.compile(rf"(?<![\w.@+-])(?:{found})(?![\w@+-])", re.IGNORECASE))


def unfinished(known: Known) -> list[str]:
    """Return the imports under way that name the person: carried out later, they would bring him back."""
    tables = SpreadsheetImport.objects.filter(state__in=_OPEN, subject__in=_WITH_PEOPLE).order_by("pk")
    cases = CaseImport.objects.filter(state__in=_CASES_OPEN).order_by("pk")
    return [
        *(str(row) for row in tables if any(_holds(each.file, known) for each in row.files.all())),
        *(str(row) for row in cases if _holds(row.file, known)),
    ]


def own_rows() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every model and field that say whose a row is, when without him there would be none."""
    recorded = set(guards.history_tables())
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in recorded:
            continue
        for field in model._meta.concrete_fields:
            ends: Any = getattr(field.remote_field, "on_delete", None)
            is_his = field.related_model is User and ends in (models.CASCADE, models.SET_NULL)
            if is_his and (model._meta.model_name, field.name) not in STAY:
                yield model, field.name


def end_own_rows(person: User) -> int:
    """Delete what belongs to `person` alone: sessions, tokens, notices, letters, choices; return how many rows."""
    return sum(model._base_manager.filter(**{name: person}).delete()[0] for model, name in own_rows())


def replace_history(person: User) -> int:
    """Put the present values of `person` into every recorded one; return how many records."""
    now_so = {name: getattr(person, name) for name in ("username", *PERSONAL)}
    with guards.open_history("personal data erased"):
        return int(User.history.filter(id=person.pk).update(**now_so, photo="", theme=person.theme))


def clean_imports(person: User, known: Known) -> tuple[int, list[FieldFile]]:
    """Take the person out of the change-sets of tables; return how many rows, and the files that hold him.

    A row about the person himself cannot be taken back any more.
    """
    touched = []
    for change in ImportChange.objects.filter(imported__subject__in=_WITH_PEOPLE).iterator():
        is_he = change.entity == "person" and change.object_id == person.pk
        texts = [change.key, change.label, change.before, change.after, change.remarks, change.place]
        if is_he or known.is_in(texts):
            _clean(change, person, known)
            touched.append(change)
    fields = ["key", "label", "before", "after", "remarks", "place", "applied"]
    ImportChange.objects.bulk_update(touched, fields, batch_size=100)
    for imported in SpreadsheetImport.objects.filter(subject__in=_WITH_PEOPLE):
        # A question shows the first rows of the table.
        if known.is_in([imported.choices, imported.question, imported.trouble]):
            imported.choices, imported.trouble = _renamed(imported.choices, person, known), ""
            imported.question = {}
            imported.save(update_fields=["choices", "question", "trouble"])
    held: list[FieldFile] = []
    for row in ImportFile.objects.filter(imported__subject__in=_WITH_PEOPLE).exclude(file=""):
        held += _without_file(row, person, known)
    for case in CaseImport.objects.exclude(file=""):
        held += _without_file(case, person, known)
    for case in CaseImport.objects.exclude(contents={}, preview={}):
        if known.is_in([case.contents, case.preview]):
            CaseImport.objects.filter(pk=case.pk).update(contents={}, preview={})
    return len(touched), held


def _clean(change: ImportChange, person: User, known: Known) -> None:
    # What stands in the place of a short login may be longer than the room there is.
    change.place = _renamed(change.place, person, known)[:120]
    if change.entity == "membership":
        names = {"key": list(change.key), "label": change.label, "before": change.before, "after": change.after}
        for name, value in names.items():
            setattr(change, name, _renamed(value, person, known))
        change.label = change.label[:300]
        return
    change.label = person.username if change.entity == "person" else ""
    change.key = [person.username] if change.entity == "person" else []
    change.before, change.after, change.remarks, change.applied = {}, {}, [], False


def _renamed(value: Any, person: User, known: Known) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(each, person, known) for name, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, person, known) for each in value]
    return known.words.sub(person.username, value) if isinstance(value, str) else value


def _without_file(row: ImportFile | CaseImport, person: User, known: Known) -> list[FieldFile]:
    if not _holds(row.file, known):
        return []
    name = known.words.sub(person.username, row.name)[:200]
    type(row)._base_manager.filter(pk=row.pk).update(file="", name=name)
    return [row.file]


def _holds(file: FieldFile, known: Known) -> bool:
    """Say whether a table names the person, whatever its form: the texts of its bytes, unpacked where they are packed."""
    try:
        with file.open("rb") as opened:
            data = opened.read()
    except (OSError, ValueError):
        return False
    pieces = [data]
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            pieces = [packed.read(name) for name in packed.namelist() if name.endswith(".xml")]
    codes = ("utf-8", "utf-16-le", "cp1251")
    return any(known.words.search(piece.decode(code, "ignore")) for piece in pieces for code in codes)


def clean_remarks(person: User, known: Known) -> int:
    """Take the person out of what was said about cases of other desks, and out of stored answers; return how many rows."""
    found = [row for row in CaseRemark.objects.iterator() if known.is_in([row.text, row.case])]
    for remark in found:
        remark.text = known.words.sub(person.username, remark.text)[:300]
    CaseRemark.objects.bulk_update(found, ["text"], batch_size=100)
    answers = [row.pk for row in IdempotencyKey.objects.iterator() if known.is_in([row.answer, row.headers])]
    IdempotencyKey.objects.filter(pk__in=answers).delete()
    return len(found) + len(answers)


def end_sign_ups(known: Known) -> list[FieldFile]:
    """Delete sign-ups, invitations and their letters under his e-mail, login or name; return the photos of the sign-ups."""
    for model in (JoiningLetter, Invitation):
        rows = model._default_manager.values_list("pk", "email")
        model._default_manager.filter(pk__in=[pk for pk, email in rows if known.is_in(email)]).delete()
    mine = [
        row
        for row in SignUp.objects.all()
        if known.is_in([row.email, row.username, f"{row.first_name} {row.last_name}"])
    ]
    SignUp.objects.filter(pk__in=[row.pk for row in mine]).delete()
    return [row.photo for row in mine if row.photo]
