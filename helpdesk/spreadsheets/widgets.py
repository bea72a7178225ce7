"""Decides how one cell becomes a plain value and a stored value becomes a cell, for every sort of column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Self
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import npgettext
from import_export.widgets import Widget

from helpdesk import phones
from helpdesk.models import Membership, Priority, WorkType
from helpdesk.spreadsheets import durations
from helpdesk.spreadsheets.reading import as_text
from helpdesk.worktime import Limit, Unit


class Remarked(str):
    """A plain text that was read with a remark for the preview."""

    __slots__ = ("remark",)
    remark: str

    def __new__(cls, text: str, remark: str) -> Self:
        made = super().__new__(cls, text)
        made.remark = remark
        return made


class TextWidget(Widget):
    """A text up to `most` characters; a text column takes numbers as they are shown."""

    def __init__(self, most: int, example: str = "") -> None:
        super().__init__()
        self.most, self.example = most, example

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> str:
        text = as_text(value)
        if len(text) > self.most:
            raise ValueError(
                _("The text is too long: %(length)d characters, at most %(most)d.")
                % {"length": len(text), "most": self.most}
            )
        return text

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "" if value is None else str(value)


class LimitWidget(Widget):
    """A limit in the words of the reader: `4 h`, `2 business days`."""

    example = durations.EXAMPLES

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        reading = durations.read(value, kwargs.get("unit"))
        return Remarked(str(reading.limit), reading.remark) if reading.remark else str(reading.limit)

    def render(self, value: Limit | None, obj: Any = None, **_kwargs: Any) -> str:
        return "" if value is None else limit_text(value)


def limit_text(limit: Limit) -> str:
    """Return a limit in words that `durations.read` reads back as the same limit."""
    amount = {"count": limit.amount}
    match limit.unit:
        case Unit.MINUTES:
            return npgettext("limit in a table", "%(count)d min", "%(count)d min", limit.amount) % amount
        case Unit.HOURS:
            return npgettext("limit in a table", "%(count)d h", "%(count)d h", limit.amount) % amount
        case Unit.BUSINESS_DAYS:
            words = npgettext("limit in a table", "%(count)d business day", "%(count)d business days", limit.amount)
            return words % amount
        case _:
            return npgettext("limit in a table", "%(count)d day", "%(count)d days", limit.amount) % amount


class WordWidget(Widget):
    """One of a few values, each known by several words; the first word in the reader's language is written out."""

    def __init__(self, words: Mapping[Any, str], labels: Mapping[Any, Any]) -> None:
        super().__init__()
        self._labels = labels
        self._values = {word: value for value, known in words.items() for word in known.split("|")}

    @property
    def example(self) -> str:
        return ", ".join(str(label) for label in self._labels.values())

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> Any:
        word = as_text(value).casefold().replace("ё", "е").strip(" .!")
        for known, label in self._labels.items():
            if word == str(label).casefold().replace("ё", "е"):
                return known
        if word not in self._values:
            raise ValueError(_("“%(word)s” is not known here.") % {"word": as_text(value)[:60]})
        return self._values[word]

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "" if value is None else str(self._labels.get(value, value))


class LoginWidget(TextWidget):
    """A login: letters, digits and @ . + - _ only."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        if not re.fullmatch(r"[\w.@+-]+", text):
            raise ValueError(_("A login has letters, digits and @ . + - _ only."))
        return text


class EmailWidget(TextWidget):
    """An e-mail address."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValueError(_("This is not an e-mail address.")) from error
        return text


class PhoneWidget(TextWidget):
    """A telephone number in any usual notation; what is none stays as it stands, for whoever compares it with what is kept."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        number = phones.normalised(text)
        return text if number is None else number


class ZoneWidget(TextWidget):
    """A time zone by its name, such as Europe/Moscow."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        if text not in available_timezones():
            raise ValueError(_("There is no such time zone."))
        return text


class DayWidget(Widget):
    """A date: a date cell, 31.12.2026 or 2026-12-31. Kept as text in ISO form."""

    example = "31.12.2026"

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> str:
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        text = as_text(value)
        for form in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
        raise ValueError(_("“%(word)s” is not a date.") % {"word": text[:60]})

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> Any:
        return date.fromisoformat(value) if isinstance(value, str) else value


class MinuteWidget(Widget):
    """A time of day as minutes from midnight; `24:00` ends the day, nothing means none."""

    example = "9:00"

    def clean(self, value: Any, row: Any = None, **_kwargs: Any) -> int | None:
        if isinstance(value, (time, datetime)):
            return value.hour * 60 + value.minute
        text = as_text(value)
        if not text or text == "-":
            return None
        found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::00)?", text)
        minutes = int(found[1]) * 60 + int(found[2]) if found else -1
        if not 0 <= minutes <= 24 * 60 or (found and int(found[2]) > 59):
            raise ValueError(_("“%(word)s” is not a time of day.") % {"word": text[:60]})
        return minutes

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        return "" if value is None else f"{value // 60}:{value % 60:02d}"


def yes_no() -> WordWidget:
    """Return the widget of a truth value."""
    return WordWidget(
        {True: "yes|y|true|1|+|on|active|да|д|истина|вкл|включен|включена|включено|активен|активна|активно|действует",
         False: "no|n|false|0|-|off|inactive|нет|н|ложь|выкл|выключен|выключена|выключено|неактивен|неактивна"
                "|неактивно|не действует"},
        {True: _lazy("yes"), False: _lazy("no")},
    )  # fmt: skip


def work_kind() -> WordWidget:
    """Return the widget of the type of a kind of work."""
    kinds = WorkType.Kind
    return WordWidget(
        {kinds.INCIDENT.value: "incident|инцидент|сбой|авария|неисправность|i",
         kinds.REQUEST.value: "request|service request|запрос|запрос на обслуживание|заявка|обслуживание|r"},
        {kind.value: kind.label for kind in kinds},
    )  # fmt: skip


def priority() -> WordWidget:
    """Return the widget of a priority, which other tables call complexity."""
    return WordWidget(
        {Priority.CRITICAL.value: "critical|urgent|1|p1|критический|критичный|срочный|срочно|критическая",
         Priority.HIGH.value: "high|complex|2|p2|высокий|высокая|сложная|сложный",
         Priority.NORMAL.value: "normal|medium|3|p3|обычный|обычная|средний|средняя|нормальный",
         Priority.LOW.value: "low|simple|4|p4|низкий|низкая|простая|простой"},
        {level.value: level.label for level in Priority},
    )  # fmt: skip


def line_role() -> WordWidget:
    """Return the widget of a person's place in a line."""
    roles = Membership.LineRole
    return WordWidget(
        {roles.MEMBER.value: "member|agent|участник|сотрудник|специалист|агент",
         roles.LEAD.value: "lead|leader|руководитель|старший|начальник"},
        {role.value: role.label for role in roles},
    )  # fmt: skip


def weekday() -> WordWidget:
    """Return the widget of a weekday, 0 is Monday."""
    words = ("monday|mon|mo|1|понедельник|пн", "tuesday|tue|tu|2|вторник|вт", "wednesday|wed|we|3|среда|ср",
             "thursday|thu|th|4|четверг|чт", "friday|fri|fr|5|пятница|пт", "saturday|sat|sa|6|суббота|сб",
             "sunday|sun|su|7|воскресенье|вс")  # fmt: skip
    from django.utils.dates import WEEKDAYS

    return WordWidget(dict(enumerate(words)), WEEKDAYS)


def _lazy(word: str) -> Any:
    from django.utils.translation import pgettext_lazy

    return {"yes": pgettext_lazy("in a table", "yes"), "no": pgettext_lazy("in a table", "no")}[word]
