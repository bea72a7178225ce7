"""Decides how a figure and its change read in words, the same on the page and in letters."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from helpdesk.reports.blocks import Tile

# Where more is better, where less is; the rest is neither.
BETTER = {"done": 1, "rated": 1, "overdue": -1, "returned": -1, "open": -1, "execution_median": -1, "execution_mean": -1,
          "execution_p90": -1, "reaction_median": -1}  # fmt: skip


def span_words(amount: timedelta) -> str:
    """Return a stretch of time roughly: "20 min", "3 h", "5 days"."""
    return _span_words(int(abs(amount).total_seconds() // 60), get_language())


@lru_cache(maxsize=2000)
def _span_words(minutes: int, _language: str | None) -> str:
    """Return so many minutes as in `_language`. A page has two hundred stretches of time, many of them alike."""
    if minutes < 1:
        return _("a minute")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours = minutes // 60
    if hours < 48:
        return _("%(hours)d h") % {"hours": hours}
    days = hours // 24
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def value_words(value: float | None, unit: str = "") -> str:
    """Return a figure as it is read: a number, a mean rating, or a stretch of time where `unit` is "seconds"."""
    if value is None:
        return "–"
    if unit == "seconds":
        return span_words(timedelta(seconds=round(value)))
    return number_format(round(value, 2), 2) if unit == "rating" else number_format(value, force_grouping=True)


def note_words(tile: Tile) -> str:
    """Return what stands beside a figure: its share, or out of how many cases it is made; nothing for a plain count."""
    if tile.share is not None:
        return _("%(share)s %% of them") % {"share": number_format(round(tile.share, 1), 1)}
    if tile.count is None:
        return ""
    return _("out of %(count)s") % {"count": number_format(tile.count, force_grouping=True)}


def change_words(tile: Tile) -> tuple[str, str]:
    """Return how a figure differs from the period before, and whether that is "good", "bad", or neither."""
    if tile.value is None or tile.before is None:
        return "", ""
    difference, sign = abs(tile.value - tile.before), "+" if tile.value > tile.before else "−"
    if tile.unit == "rating":
        amount, text = round(difference, 2), f"{sign}{number_format(round(difference, 2), 2)}"
    elif tile.before == 0:
        amount, text = difference, _("none before")
    else:
        amount = round(100 * difference / tile.before)
        text = f"{sign}{number_format(amount, force_grouping=True)} %"
    if not amount:
        return _("as before"), ""
    direction = BETTER.get(tile.name, 0) * (1 if tile.value > tile.before else -1)
    return text, {1: "good", -1: "bad"}.get(direction, "")
