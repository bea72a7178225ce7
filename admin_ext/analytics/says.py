"""Decides what is said of a table in one sentence, for those who do not see its picture and those who have no time for it."""

from __future__ import annotations

from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from admin_ext.analytics.cells import short_day, words
from helpdesk.reports.period import Period
from helpdesk.reports.shapes import Block


def says(block: Block) -> str:
    """Return the sentence of `block`, empty where its rows say it best."""
    rows = block.rows[:-1] if block.has_total else block.rows
    teller = _TELLERS.get(block.name)
    return teller(rows) if teller and rows else ""


def _number(value: float) -> str:
    return number_format(value, force_grouping=True)


def _status(rows: list[list[Any]]) -> str:
    status, most = max(rows, key=lambda row: row[1])
    total = sum(row[1] for row in rows)
    if not total:
        return ""
    return _("Most are “%(status)s”: %(most)s of %(total)s.") % {
        "status": status,
        "most": _number(most),
        "total": _number(total),
    }


def _days(rows: list[list[Any]]) -> str:
    came, went = sum(row[1] for row in rows), sum(row[2] for row in rows)
    day, most, *_rest = max(rows, key=lambda row: row[1])
    if not came and not went:
        return ""
    open_ = [row[3] for row in rows if row[3] is not None] or [0]
    values = {"came": _number(came), "went": _number(went), "first": _number(open_[0]), "last": _number(open_[-1])}
    if isinstance(day, Period):
        said = _("%(came)s registered, %(went)s done; open at the end: %(last)s.") % values
        return said + (
            " " + _("Most came in: %(dates)s, %(most)s.") % {"dates": _inside(day.label), "most": _number(most)}
            if most
            else ""
        )
    said = (
        _("%(came)s registered, %(went)s done; open after the first day %(first)s, after the last %(last)s.") % values
    )
    return said + (
        " " + _("Most came on %(day)s: %(most)s.") % {"day": short_day(day), "most": _number(most)} if most else ""
    )


def _inside(label: str) -> str:
    """Return the name of days as it stands inside a sentence: Russian months and weekdays are small there."""
    return label[:1].lower() + label[1:] if get_language() == "ru" else label


def _limits(rows: list[list[Any]]) -> str:
    told = []
    for name, met, missed, *_rest in rows:
        if met + missed:
            values = {
                "limit": name,
                "share": round(100 * met / (met + missed)),
                "met": _number(met),
                "all": _number(met + missed),
            }
            told.append(_("%(limit)s: %(share)d %% kept, %(met)s of %(all)s that are decided.") % values)
    return " ".join(told)


def _part(rows: list[list[Any]]) -> str:
    busiest = max(rows, key=lambda row: row[1])
    total = sum(row[1] for row in rows)
    if not total:
        return ""
    said = _("Most were registered for “%(name)s”: %(most)s of %(total)s.") % {
        "name": busiest[0], "most": _number(busiest[1]), "total": _number(total),
    }  # fmt: skip
    latest = max(rows, key=lambda row: row[4])
    if not latest[4]:
        return said + " " + _("None is overdue.")
    return (
        said + " " + _("Most are overdue for “%(name)s”: %(late)s.") % {"name": latest[0], "late": _number(latest[4])}
    )


def _hours(rows: list[list[Any]]) -> str:
    most, day, hour = max((count, -day, -hour) for day, row in enumerate(rows) for hour, count in enumerate(row[1:-1]))
    if not most:
        return ""
    return _("Busiest: %(day)s from %(from)d:00 to %(to)d:00, %(most)s.") % {
        "day": _inside(str(WEEKDAYS[-day])), "from": -hour, "to": 1 - hour, "most": _number(most),
    }  # fmt: skip


def _flows(rows: list[list[Any]]) -> str:
    moves, back = sum(row[2] for row in rows), sum(row[3] for row in rows)
    said = ngettext("%(count)s hand-over", "%(count)s hand-overs", moves) % {"count": _number(moves)}
    came = (
        _("none came back")
        if not back
        else ngettext("%(count)s came back", "%(count)s came back", back) % {"count": _number(back)}
    )
    return f"{said}, {came}."


def _turns(rows: list[list[Any]]) -> str:
    worked, waited, reviewed = rows[-1][5:8]
    if worked is None:
        return ""
    values = {"worked": round(worked), "waited": round(waited), "reviewed": round(reviewed)}
    return (
        _(
            "Support worked %(worked)d %% of the time, waited for the requester %(waited)d %% and for the review %(reviewed)d %%."
        )
        % values
    )


def _paths(rows: list[list[Any]]) -> str:
    return _("%(share)d %% of the requests done went this way: %(path)s.") % {
        "share": round(rows[0][2]),
        "path": rows[0][0],
    }


def _steps(rows: list[list[Any]]) -> str:
    often = [row for row in rows if row[2] * 20 >= rows[0][2]]
    source, target, _count, hours = max(often, key=lambda row: row[3])
    values = {"source": source, "target": target, "time": words(hours, "hours")}
    return (
        _("Of the steps made often, “%(source)s → %(target)s” takes longest: the median before it is %(time)s.")
        % values
    )


_TELLERS = {
    "by_status": _status, "by_day": _days, "limits": _limits, "by_line": _part, "by_service": _part, "by_kind": _part,
    "by_assignee": _part, "load": _hours, "handovers": _flows,
    "turns": _turns, "paths": _paths, "steps": _steps,
}  # fmt: skip
