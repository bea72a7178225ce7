"""Decides how an upload and the choice of tables and columns are read from a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.panel import PanelForm
from helpdesk.actions.imports import Upload
from helpdesk.models import ImportSubject, SpreadsheetImport
from helpdesk.spreadsheets.columns import SUBJECTS, plain_header
from helpdesk.spreadsheets.sniffing import MAX_BYTES
from helpdesk.whole_numbers import whole_number
from helpdesk.worktime import Limit

MOST_FILES = 2


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Some files in one field; each has to be one."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list) else [data]
        return [super(_FilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(PanelForm):
    """What the table brings, and one or two files: services and their kinds may lie in two."""

    subject = forms.ChoiceField(label=gettext_lazy("What it brings"))
    file = _FilesField(
        label=gettext_lazy("File"),
        widget=_Files(attrs={"accept": ".xlsx,.xls,.ods,.csv,.tsv,.txt"}),
        error_messages={"required": gettext_lazy("Choose a file first."), "empty": gettext_lazy("The file is empty.")},
        help_text=gettext_lazy(
            "xlsx, xls, ods or csv, at most 10 MB and 50 000 rows. Services and kinds may lie in two files."
        ),
    )

    def __init__(self, *args: Any, subjects: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["subject"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(name, ImportSubject(name).label) for name in subjects]

    def clean_file(self) -> list[Any]:
        """Return the uploaded files, few enough and small enough to look into."""
        found: list[Any] = self.cleaned_data["file"]
        if len(found) > MOST_FILES:
            raise ValidationError(_("At most two files at once."))
        if any(file.size > MAX_BYTES for file in found):
            text = _("The file is too large: at most %(limit)d MB.")
            raise ValidationError(text % {"limit": MAX_BYTES // 2**20})
        return found

    def uploads(self) -> list[Upload]:
        """Return the files as the action takes them."""
        return [Upload(file.name, file, file.size) for file in self.cleaned_data["file"]]


class ChoiceForm:
    """Which tables are read, which column each field is, and the limits of rows that name none."""

    def __init__(self, imported: SpreadsheetImport, data: Any = None) -> None:
        self._data = data
        self._subject = SUBJECTS[imported.subject]
        self.tables = imported.question.get("tables", [])
        self.why = imported.question.get("why", "") if imported.question.get("needed") else ""
        self.errors: dict[str, str] = {}
        limits = imported.choices.get("limits", {})
        self.limits = [
            (name, label, data.get(name, "") if data else limits.get(name, ""))
            for name, label in (
                ("reaction_limit", _("Reaction limit of rows that name none")),
                ("execution_limit", _("Execution limit of rows that name none")),
            )
            if imported.subject == ImportSubject.CATALOG
        ]

    def offered(self) -> list[dict[str, Any]]:
        """Return each table with its fields and the columns each may be read from."""
        found = []
        for number, table in enumerate(self.tables):
            columns = [
                {"index": index, "text": f"{header[:60]}" + (f" ({sample[:50]})" if sample else "")}
                for index, (header, sample) in enumerate(zip(table["headers"], table["samples"], strict=True))
            ]
            fields = [
                {"name": column.name, "label": column.label, "chosen": self._column(number, table, column.name),
                 "id": f"{number}-{column.name}"}
                for column in self._subject.columns
            ]  # fmt: skip
            known = set(table["fields"].values())
            unread = [text for index, text in enumerate(table["headers"]) if index not in known]
            found.append({**table, "number": number, "columns": columns, "fields": fields, "unread": unread})
        return found

    def _column(self, number: int, table: dict[str, Any], name: str) -> int | None:
        if self._data is None:
            chosen: int | None = table["fields"].get(name)
            return chosen
        asked = whole_number(self._data.get(f"{number}-{name}"))
        return asked if asked is not None and asked < len(table["headers"]) else None

    def is_valid(self) -> bool:
        """Say whether the choice can be kept; `errors` says why not, by field."""
        if not self._chosen_tables():
            self.errors["tables"] = _("Choose at least one table.")
        for name, _label, text in self.limits:
            if text:
                try:
                    Limit.parse(text)
                except ValueError:
                    self.errors[name] = _(
                        "“%(value)s” is not a limit. Write an amount and a unit: 30m, 4h, 2bd or 3d."
                    ) % {"value": text[:40]}
        return not self.errors

    def _chosen_tables(self) -> list[tuple[int, dict[str, Any]]]:
        chosen = self._data.getlist("table")
        return [(number, table) for number, table in enumerate(self.tables) if table["id"] in chosen]

    def chosen(self) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the choices to keep, and the headers with fields that were matched by hand, to remember."""
        fields: dict[str, dict[str, int]] = {}
        remember = []
        for number, table in self._chosen_tables():
            mine = {column.name: self._column(number, table, column.name) for column in self._subject.columns}
            fields[table["id"]] = {name: index for name, index in mine.items() if index is not None}
            remember += [
                (plain_header(table["headers"][index]), name)
                for name, index in fields[table["id"]].items()
                if table["fields"].get(name) != index
            ]
        limits = {name: text.strip() for name, _label, text in self.limits if text.strip()}
        return {"tables": list(fields), "fields": fields, "limits": limits}, remember
