"""Decides what a written duration means, in Russian and English, and refuses to guess where it can mean two things.

A cell holds one duration: an amount and a unit, hours and minutes as `4:00`, days with hours, or a bare number whose unit
stands in the header. Two durations, a range or an unknown text are told apart and reported, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.worktime import Limit, Unit

EXAMPLES = gettext_lazy("30 min, 4 h, 2 business days, 3 days")

_WORDS = {
    "один": 1, "одна": 1, "одну": 1, "одного": 1, "одной": 1, "два": 2, "две": 2, "двух": 2, "три": 3, "трёх": 3, "трех": 3,
    "четыре": 4, "четырёх": 4, "четырех": 4, "пять": 5, "пяти": 5, "шесть": 6, "шести": 6, "семь": 7, "семи": 7,
    "восемь": 8, "восьми": 8, "девять": 9, "девяти": 9, "десять": 10, "десяти": 10, "одиннадцать": 11,
    "одиннадцати": 11, "двенадцать": 12, "двенадцати": 12,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_NUMBER = r"(?:\d+(?:[.,]\d+)?|\b(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")\b)"
_BUSINESS = (
    r"(?:(?:federal|government|full|полн\w*)[\s-]+)*"
    r"(?:business|working|work|раб(?:\.|очий|очих|очего|очему|очим|очие|очая|очую)?|б)[\s.-]*"
)
_DAYS = r"(?:days?|день|дня|дней|дню|днём|днем|дни|дням|днями|днях|дн\.?|сут(?:\.|ки|ок|кам|ками|ках)?|д\.?)"
_UNITS = (
    ("m", r"(?:minutes?|mins?\.?|минут(?:а|ы|у|е|ой|ам|ами|ах)?|мин\.?|м\.?|m)"),
    ("h", (r"(?:business\s+hours?|working\s+hours?|раб(?:\.|очих|очий|очего|очие|очая)?\s*час(?:а|ов|у|ам|ы)?|hours?|hrs?\.?"
          r"|час(?:а|ов|у|ом|е|ам|ами|ах|ы)?|ч\.?|h)")),
    ("bd", _BUSINESS + _DAYS + r"|bd|b\.d\.|рд|р\.\s?д\.?"),
    ("d", r"(?:(?:calendar|календарн\w*|кал\.)\s*)?" + _DAYS + r"|d"),
    ("w", r"(?:weeks?|недел[яиюеь]\w{0,3}|нед\.?|w)"),
)  # fmt: skip
_PART = re.compile(
    rf"(?<![\d.,])(?P<amount>{_NUMBER})[\s-]*(?:"
    + "|".join(f"(?P<{name}>{form})" for name, form in _UNITS)
    + r")(?![^\W\d_])"
)
_OPEN_ALWAYS = re.compile(r"\b24\s*[x×х*/]\s*7(?:\s*[x×х*/]\s*365)?\b|\bкруглосуточно\b|\baround the clock\b")
_RANGE = re.compile(rf"{_NUMBER}(?:\s*[а-яa-z.]+)?\s*(?:[-–—…]|\.\.|до|to|или|or|по)\s*{_NUMBER}(?!\s*[:])")
_HOURS_MINUTES = re.compile(r"(\d{1,4}):([0-5]\d)(?::00)?")
_BARE = re.compile(r"(?:<=|≤|<|до|up to|не более|within)?\s*(" + _NUMBER + ")")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Reading:
    """A limit that was read; `remark` is a sentence where more was written than the limit says."""

    limit: Limit
    remark: str = ""


class NotADuration(ValueError):
    """The cell is not one duration; the text says what it is instead."""


def unit_in(header: str) -> Unit | None:
    """Return the unit a header names for the bare numbers below it ("Время реакции, ч"), or None."""
    tail = re.split(r"[,(\[/]", header.lower().replace("\xa0", " "))[1:]
    for text in tail:
        word = text.strip(" )]./")
        for name, form in _UNITS:
            if re.fullmatch(form, word):
                return None if name == "w" else Unit(name)
    return None


def read(value: Any, unit: Unit | None = None) -> Reading:
    """Return what a cell says. `value` is a text, number, time or timedelta; `unit` is that of the header, for bare numbers.

    Raises NotADuration with a sentence for the person when the cell is no single duration.
    """
    if isinstance(value, (timedelta, datetime, time)):
        return Reading(_minutes(_clock_minutes(value)))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Reading(_bare(Decimal(str(value)), unit))
    text = _plain(str(value))
    if not text:
        raise NotADuration(_("The limit is empty."))
    if found := _HOURS_MINUTES.fullmatch(text):
        return Reading(_minutes(int(found[1]) * 60 + int(found[2])))
    if found := _BARE.fullmatch(text):
        return Reading(_bare(_amount(found[1]), unit))
    return _sentence(text)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " ").replace("\u202f", " ")).strip().strip(";").lower()


def _clock_minutes(value: timedelta | datetime | time) -> int:
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    else:
        # Excel counts days from 1899-12-30: 36 hours in a time cell come as noon of the first day.
        days = (value.date() - datetime(1899, 12, 30).date()).days if isinstance(value, datetime) else 0  # noqa: DTZ001
        if days > 3660:
            raise NotADuration(_("This is a date, not a duration."))
        seconds = days * 86400 + value.hour * 3600 + value.minute * 60 + value.second
    if seconds <= 0 or seconds % 60:
        raise NotADuration(_("A limit is at least one whole minute."))
    return int(seconds // 60)


def _minutes(count: int) -> Limit:
    return _limit(count // 60, Unit.HOURS) if count % 60 == 0 else _limit(count, Unit.MINUTES)


def _bare(number: Decimal, unit: Unit | None) -> Limit:
    if unit is None:
        raise NotADuration(_("The number has no unit."))
    return _of(number, unit.value)


def _amount(text: str) -> Decimal:
    return Decimal(_WORDS[text]) if text in _WORDS else Decimal(text.replace(",", "."))


def _of(number: Decimal, unit: str) -> Limit:
    if unit == "w":
        number, unit = number * 7, "d"
    if number == int(number):
        return _limit(int(number), Unit(unit))
    if unit == "h" and number * 60 == int(number * 60):
        return _limit(int(number * 60), Unit.MINUTES)
    raise NotADuration(_("A limit is a whole number of minutes, hours or days."))


def _limit(amount: int, unit: Unit) -> Limit:
    try:
        return Limit(amount, unit)
    except ValueError as error:
        raise NotADuration(_("A limit is longer than nothing and at most ten years.")) from error


def _sentence(text: str) -> Reading:
    rest = _OPEN_ALWAYS.sub(" ", text)
    found = [(match, next(name for name, _form in _UNITS if match[name])) for match in _PART.finditer(rest)]
    if not found:
        opening = rest != text
        raise NotADuration(_("These are opening hours, not a duration.") if opening else _("This is not a duration."))
    if _RANGE.search(rest):
        raise NotADuration(_("This is a range; a limit is one duration."))
    limit, end = _joined(found, rest)
    left = rest[: found[0][0].start()] + " " + rest[end:]
    if _DIGIT.search(left) or _PART.search(left):
        raise NotADuration(_("There is more than one duration or number in the cell."))
    words = re.sub(r"<=|≤|<|\b(?:до|не более|up to|within|в течение|max|макс)\b|[\W_]", "", left)
    remark = _("Read as %(limit)s out of a longer text.") % {"limit": limit} if words else ""
    return Reading(limit, remark or _mixed_remark(found, limit))


def _joined(found: list[tuple[re.Match[str], str]], text: str) -> tuple[Limit, int]:
    """Read neighbours of falling units as one duration: `1 д 2 ч`, `1 h 30 min`."""
    first, unit = found[0]
    order = ["w", "d", "h", "m"]
    parts = [(_amount(first["amount"]), unit)]
    end = first.end()
    for match, name in found[1:]:
        neighbour = re.fullmatch(r"[\s,]*(?:и|and)?\s*", text[end : match.start()])
        falling = parts[-1][1] in order and name in order and order.index(parts[-1][1]) < order.index(name)
        if not (neighbour and falling):
            raise NotADuration(_("There is more than one duration or number in the cell."))
        parts.append((_amount(match["amount"]), name))
        end = match.end()
    if len(parts) == 1:
        return _of(*parts[0]), end
    minutes = sum(number * {"w": 10080, "d": 1440, "h": 60, "m": 1}[name] for number, name in parts)
    if minutes != int(minutes):
        raise NotADuration(_("A limit is a whole number of minutes, hours or days."))
    return _minutes(int(minutes)), end


def _mixed_remark(found: list[tuple[re.Match[str], str]], limit: Limit) -> str:
    if len(found) > 1 and found[0][1] in ("d", "w"):
        return _("Days with hours are read as hours, %(limit)s: a day counts as 24 hours.") % {"limit": limit}
    return ""
