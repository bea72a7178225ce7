"""Decides how the upload of foreign cases, and what their columns and words mean, are read from a form."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext.forms.panel import PanelForm, dress
from helpdesk.cases.mapping import FIELDS, IGNORED, MATCHED, MOMENTS, BadMapping, CaseMapping, from_json
from helpdesk.lifecycle import Status
from helpdesk.spreadsheets.columns import plain_header
from helpdesk.spreadsheets.sniffing import LOG_BYTES

MISSING = {
    "line": gettext_lazy("Support lines that are not here"),
    "service": gettext_lazy("Services that are not here"),
    "work_type": gettext_lazy("Kinds of work that are not here"),
    "person": gettext_lazy("People who are not here (switched off)"),
}


class CasesUploadForm(PanelForm):
    """A file of another desk."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.tsv,.txt"}),
        error_messages={"required": gettext_lazy("Choose a file first."), "empty": gettext_lazy("The file is empty.")},
        help_text=gettext_lazy("xlsx, xls, ods or csv: a row for each event, or a row for each case."),
    )

    def clean_file(self) -> Any:
        """Return the file, when it is small enough to look into."""
        file = self.cleaned_data["file"]
        if file.size > LOG_BYTES:
            raise ValidationError(_("The file is too large: at most %(limit)d MB.") % {"limit": LOG_BYTES // 2**20})
        return file


class MappingForm(PanelForm):
    """What the columns and words of a file mean. `groups` are its fields as the page lays them out."""

    source = forms.CharField(
        label=gettext_lazy("The other desk"), max_length=50,
        help_text=gettext_lazy("With the number of the case it is what a case is known by: it comes in once only."),
    )  # fmt: skip
    zone = forms.CharField(label=gettext_lazy("Time zone of the file"), max_length=64)
    day_first = forms.BooleanField(label=gettext_lazy("03/04 is the third of April"), required=False)
    unknown = forms.CharField(
        label=gettext_lazy("Marks for nothing"), required=False, help_text=gettext_lazy("Separated by blanks.")
    )
    clocks = forms.ChoiceField(
        label=gettext_lazy("Deadlines"),
        choices=(("ours", gettext_lazy("by our calendars and limits")), ("file", gettext_lazy("as the file says"))),
    )
    reaction_limit = forms.CharField(label=gettext_lazy("Reaction limit of new kinds of work"), max_length=10)
    execution_limit = forms.CharField(label=gettext_lazy("Execution limit of new kinds of work"), max_length=10)

    def __init__(
        self, data: Any, *, headers: Sequence[str], words: Sequence[tuple[str, int]], mapping: CaseMapping
    ) -> None:
        self._words = {_key(word): word for word, _count in words}
        self._defaults = mapping.defaults
        # Words that stand on no page any more, since they were said: the next look would ask for them again.
        self._said = {word: status for word, status in mapping.statuses.items() if _key(word) not in self._words}
        initial = _initial(mapping, headers, self._words)
        self._unsaid = {key for key in self._words if not initial[key]}
        super().__init__(data, initial=initial)
        columns = [("", _("not in the file")), *((header, header) for header in headers if header)]
        for name, (label, _synonyms) in FIELDS.items():
            self.fields[f"col_{name}"] = forms.ChoiceField(label=label, choices=columns, required=False)
        for name, label in MISSING.items():
            self.fields[f"missing_{name}"] = forms.ChoiceField(
                label=label, choices=(("create", _("create")), ("match", _("only match")))
            )
        for name in MOMENTS:
            text = _("Time zone of “%(field)s”") % {"field": FIELDS[name][0]}
            self.fields[f"zone_{name}"] = forms.CharField(label=text, required=False, max_length=64)
        statuses = [("", _("not said: told and left out")), *Status.choices, (IGNORED, _("pass over"))]
        counts = dict(words)
        for key, word in self._words.items():
            label = f"{word} ({number_format(counts[word], force_grouping=True)})"
            self.fields[key] = forms.ChoiceField(label=label, choices=statuses, required=False)
        for field in self.fields.values():
            dress(field.widget)

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """Return the fields in groups, each with its heading."""
        zones = [self[f"zone_{name}"] for name in MOMENTS]
        missing = (f"missing_{name}" for name in MISSING)
        rest = ("zone", "day_first", "unknown", "clocks", *missing, "reaction_limit", "execution_limit")
        return [
            (_("Columns"), [self["source"], *(self[f"col_{name}"] for name in FIELDS)]),
            (
                _("Statuses and activities not mapped yet"),
                [self[key] for key in self._words if key in self._unsaid],
            ),
            (_("Statuses and activities"), [self[key] for key in self._words if key not in self._unsaid]),
            (_("How it is read"), [*(self[name] for name in rest), *zones]),
        ]

    def clean(self) -> dict[str, Any]:
        """Check that the mapping can be used."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.mapping = from_json(self._as_json(given))
            except BadMapping as error:
                raise ValidationError(str(error)) from error
        return given

    def _as_json(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "source": given["source"].strip(),
            "columns": {name: given[f"col_{name}"] for name in FIELDS if given.get(f"col_{name}")},
            "zone": given["zone"].strip(),
            "zones": {name: given[f"zone_{name}"].strip() for name in MOMENTS if given.get(f"zone_{name}")},
            "day_first": given["day_first"],
            "unknown": ["", *given["unknown"].split()],
            "statuses": {**self._said, **{word: given[key] for key, word in self._words.items() if given.get(key)}},
            "clocks": given["clocks"],
            "missing": {name: given[f"missing_{name}"] for name in MATCHED},
            "defaults": self._defaults,
            "reaction_limit": given["reaction_limit"].strip(),
            "execution_limit": given["execution_limit"].strip(),
        }


def _key(word: str) -> str:
    return f"word_{hashlib.sha256(word.encode()).hexdigest()[:12]}"


def _initial(mapping: CaseMapping, headers: Sequence[str], words: dict[str, str]) -> dict[str, Any]:
    plain = {plain_header(header): header for header in headers}
    return {
        **{f"col_{name}": plain.get(plain_header(header), "") for name, header in mapping.columns.items()},
        **{f"zone_{name}": zone for name, zone in mapping.zones.items()},
        **{key: mapping.status_of(word) or "" for key, word in words.items()},
        "source": mapping.source, "zone": mapping.zone, "day_first": mapping.day_first,
        "unknown": " ".join(mark for mark in mapping.unknown if mark), "clocks": mapping.clocks,
        **{f"missing_{name}": how for name, how in mapping.missing.items()},
        "reaction_limit": mapping.reaction_limit, "execution_limit": mapping.execution_limit,
    }  # fmt: skip
