"""Decides which periods can be chosen on the page of figures: years, quarters and months with their counts, the next and the last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.timezone import localtime

from helpdesk.moment import now
from helpdesk.reports.breakdown import MONTHS_SHOWN
from helpdesk.reports.period import Period, month_of, quarter_of, year_of


@dataclass(frozen=True)
class Choice:
    """A period to go to, and how many requests were registered in it; 0 where that is not told."""

    period: Period
    count: int
    is_current: bool


@dataclass(frozen=True)
class Year:
    """A year with its quarters and months, the newest first."""

    whole: Choice
    quarters: list[Choice]
    months: list[Choice]


def years(months: list[tuple[date, int]], chosen: Period) -> list[Year]:
    """Return what can be chosen, from the first days of `months`, newest first, with their counts."""
    told = [month for month in months if month[1]]
    by_year = groupby(told, key=lambda month: month[0].year)
    found = [_year([(month_of(first), count) for first, count in own], chosen) for _year_number, own in by_year]
    oldest = months[-1][0] if months else None
    if (
        oldest
        and len(months) >= MONTHS_SHOWN
        and found
        and found[-1].whole.period.first.year == oldest.year
        and oldest.month > 1
    ):
        # Months before are not told, so the sums of the oldest year would be short.
        found[-1] = Year(Choice(found[-1].whole.period, 0, found[-1].whole.is_current), [], found[-1].months)
    return found


def _year(months: list[tuple[Period, int]], chosen: Period) -> Year:
    quarters: dict[Period, int] = defaultdict(int)
    for month, count in months:
        quarters[quarter_of(month.first)] += count

    def choice(period: Period, count: int) -> Choice:
        return Choice(period, count, period.query == chosen.query)

    return Year(
        choice(year_of(months[0][0].first), sum(quarters.values())),
        [choice(quarter, count) for quarter, count in reversed(quarters.items())],
        [choice(month, count) for month, count in months],
    )


def following(chosen: Period) -> Period | None:
    """Return the period after `chosen`, None while it has not begun."""
    after = chosen.after()
    return after if after.first <= localtime(now()).date() else None


def nearest(months: list[tuple[date, int]], chosen: Period) -> Choice | None:
    """Return the month with requests that is nearest to `chosen`, None where there is none."""
    told = [month for month in months if month[1]]
    if not told:
        return None
    first, count = min(told, key=lambda month: abs((month[0] - chosen.first).days))
    return Choice(month_of(first), count, is_current=False)
