"""Decides how amounts of time are said to people: limits with their unit, and what is left of a clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.worktime import Limit, Unit


def limit_words(limit: Limit) -> str:
    """Return a limit in the active language: "4 hours", "2 business days"."""
    if limit.unit is Unit.MINUTES:
        return _minutes(limit.amount)
    if limit.unit is Unit.HOURS:
        return _hours(limit.amount)
    if limit.unit is Unit.BUSINESS_DAYS:
        text = ngettext("%(count)d business day", "%(count)d business days", limit.amount)
    else:
        text = ngettext("%(count)d calendar day", "%(count)d calendar days", limit.amount)
    return text % {"count": limit.amount}


def duration_words(amount: timedelta) -> str:
    """Return hours and minutes of an amount of time: "3 h 20 min"; under a minute is said as such."""
    minutes = round(abs(amount).total_seconds() / 60)
    if minutes == 0:
        return _("less than a minute")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def left_words(left: Sequence[dict[str, Any]]) -> str:
    """Return what is left of a clock that does not run: its stretches, joined by a plus."""
    return " + ".join(_stretch(stretch) for stretch in left) or _("nothing")


def _stretch(stretch: dict[str, Any]) -> str:
    if "limit" in stretch:
        return limit_words(Limit.parse(stretch["limit"]))
    if "wall" in stretch:
        return _("%(amount)s on the wall") % {"amount": duration_words(timedelta(seconds=stretch["wall"]))}
    return _("%(amount)s of working time") % {"amount": duration_words(timedelta(seconds=stretch["work"]))}


def _minutes(amount: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", amount) % {"count": amount}


def _hours(amount: int) -> str:
    return ngettext("%(count)d hour", "%(count)d hours", amount) % {"count": amount}
