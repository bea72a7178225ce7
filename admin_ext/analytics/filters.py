"""Decides by what the figures of a report can be narrowed on its pages, and how that reads once it is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from admin_ext import displays
from helpdesk.models import Priority, User
from helpdesk.reports import scope
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope


@dataclass(frozen=True)
class Filter:
    """What a report is narrowed by: its name in the address, its label, what can be chosen and which of it is."""

    name: str
    label: str
    any: str
    choices: list[tuple[int | str, str, bool]]

    @property
    def options(self) -> SafeString:
        """What can be chosen, as it is drawn."""
        chosen = {str(value) for value, _text, is_chosen in self.choices if is_chosen}
        return displays.options(((value, text) for value, text, _is_chosen in self.choices), chosen)


@dataclass(frozen=True)
class Pill:
    """A filter that is chosen, in words, and the address without it."""

    label: str
    value: str
    without: str


def choices(user: User, asked: Scope) -> list[Filter]:
    """Return the filters of `user`: the lines, services, kinds and people of his reports, and the priorities."""
    nobody = ("none", pgettext("assignee", "not assigned"))

    def made(name: str, label: str, whatever: str, options: Iterable[tuple[Any, str]]) -> Filter:
        chosen = asked.narrowed.get(name)
        return Filter(name, label, whatever, [(value, text, value == chosen) for value, text in options])

    found = scope.choices(user)
    return [
        made("line", _("Support line"), pgettext("line", "Any"), found["line"].items()),
        made("service", _("Service"), pgettext("service", "Any"), found["service"].items()),
        made("work_type", _("Kind of work"), pgettext("kind", "Any"), found["work_type"].items()),
        made("assignee", _("Assignee"), pgettext("person", "Any"), [nobody, *found["assignee"].items()]),
        made("priority", _("Priority"), pgettext("priority", "Any"), [(value, str(label)) for value, label in Priority.choices]),
    ]  # fmt: skip


def pills(asked: Scope, stretch: Period, found: list[Filter]) -> list[Pill]:
    """Return in words what narrows the report `asked` for; an id that is nothing of the person's stays a number."""
    told = []
    for one in found:
        if one.name in asked.narrowed:
            words = next(
                (text for _value, text, is_chosen in one.choices if is_chosen), f"№ {asked.narrowed[one.name]}"
            )
            told.append((one.name, one.label, words))
    if "corrected" in asked.narrowed:
        told.append(("corrected", "", _("without those corrected by an administrator")))
    return [Pill(label, words, _without(asked, stretch, name)) for name, label, words in told]


def _without(asked: Scope, stretch: Period, name: str) -> str:
    return f"?{stretch.query}" + "".join(f"&{key}={value}" for key, value in asked.narrowed.items() if key != name)
