"""Decides how a report by mail is told in the panel: its rhythm, and how a sending went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.actions.report_sendings import HINDRANCES
from helpdesk.models import ReportEvery, ReportSchedule


@dataclass(frozen=True)
class Outcome:
    """How a sending went, in a sentence and a class for its colour."""

    text: str
    tone: str


def rhythm(schedule: ReportSchedule) -> str:
    """Return when a report goes out: "Monday, 8:00" or "day 1 of the month, 8:00"."""
    if schedule.every == ReportEvery.WEEK:
        return f"{WEEKDAYS[schedule.weekday]}, {schedule.hour}:00"
    return _("day %(day)d of the month, %(hour)d:00") % {"day": schedule.day, "hour": schedule.hour}


def outcome(sending: Any) -> Outcome:
    """Return how a sending with its numbers went."""
    parts = []
    if sending.sent:
        parts.append(
            ngettext("%(count)d letter sent", "%(count)d letters sent", sending.sent) % {"count": sending.sent}
        )
    if sending.waiting:
        parts.append(_("waiting: %(count)d") % {"count": sending.waiting})
    if sending.lost:
        parts.append(_("not sent: %(count)d") % {"count": sending.lost})
    if sending.skipped:
        parts.append(_("left out: %(count)d") % {"count": len(sending.skipped)})
    tone = "text-danger" if sending.lost or not (sending.sent or sending.waiting) else "text-body-secondary"
    return Outcome(", ".join(parts), tone)


def reason(code: str) -> str:
    """Return why a reader got none."""
    return str(HINDRANCES[code][1]) if code in HINDRANCES else code
