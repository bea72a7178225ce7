"""Decides what happened in the demo's ninety days: every step is a real action, done with the clock moved to its moment.

Steps wait in a queue ordered by time, so that numbers and moments go together; what would lie in the future is left out,
which is how every status comes about. A step that is refused is a mistake of the story: tests ask for `strict` and see it,
a person who wants to look around gets a demo without that step.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from helpdesk import moment, notify, worktime
from helpdesk.actions import conversation, deadlines
from helpdesk.actions.refusals import ActionRefused, NotFound, ValidationError
from helpdesk.demo.cases import city_cases
from helpdesk.demo.desk import Desk
from helpdesk.demo.plots import Plot
from helpdesk.demo.scenes import play_scenes
from helpdesk.worktime import Calendar

Step = Callable[[], object]
HOUR = timedelta(hours=1)
SEED = 2026
logger = logging.getLogger(__name__)


class Stage:
    """The queue of steps. `at` puts a step in; `play` carries them out in order, each at its moment."""

    def __init__(self, end: datetime, *, strict: bool = False) -> None:
        self.end, self.strict = end, strict
        self._order = itertools.count()
        self._steps: list[tuple[datetime, int, Step]] = []

    def at(self, when: datetime, step: Step) -> None:
        """Let `step` happen at `when`; in the future it never does."""
        if when < self.end:
            heapq.heappush(self._steps, (when, next(self._order), step))

    def play(self) -> None:
        """Carry out all steps in the order of their moments."""
        while self._steps:
            when, _number, step = heapq.heappop(self._steps)
            with moment.at(when):
                self._carry_out(step)

    def _carry_out(self, step: Step) -> None:
        try:
            step()
        except (ActionRefused, NotFound, ValidationError):
            if self.strict:
                raise
            logger.warning("a step of the demo was refused", exc_info=True)


def tell(desk: Desk, *, tickets: int, days: int, cases: bool, strict: bool) -> int:
    """Live through the story and return how many tickets it has. The same desk gets the same story, apart from the date."""
    dice = random.Random(SEED)  # noqa: S311 - a story, not a secret
    end = moment.now()
    stage, start = Stage(end, strict=strict), end - timedelta(days=days)
    made = play_scenes(desk, stage, dice)
    for when in sorted(_filings(dice, desk.office, start, end, max(0, tickets - made))):
        # Dice of its own: what happens in one request does not depend on when the others are moved on.
        plot = Plot(desk, stage, random.Random(f"{SEED} {made}"))  # noqa: S311
        stage.at(when, plot.register)
        made += 1
    for when in _hours(start, end, HOUR):
        # By day every hour; at night and on days off little is due, and each sweep makes a person wait for the demo.
        if when.hour % 3 == 0 or worktime.between(desk.office, when - HOUR, when):
            stage.at(when, deadlines.sweep)
    if cases:
        made += city_cases(desk, stage)
    _last_days(desk, stage, dice)
    stage.play()
    return made


def _filings(dice: random.Random, office: Calendar, start: datetime, end: datetime, count: int) -> Iterator[datetime]:
    """Yield when requests are filed: in working hours mostly, a few more of them of late, some in the evening."""
    length = worktime.between(office, start, end)
    for _number in range(count):
        when = worktime.add_working(office, start, length * (1 - dice.random() ** 1.15))
        if dice.random() < 0.07:
            when += timedelta(hours=dice.uniform(8, 13))
        yield when if when < end else end - timedelta(minutes=dice.randint(5, 90))


def _hours(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    when = start.replace(minute=0, second=0, microsecond=0)
    while when < end:
        yield when
        when += step


def _last_days(desk: Desk, stage: Stage, dice: random.Random) -> None:
    """Tell people of what happened in the last two days; what is older was told long ago. Support reads in the morning."""
    told_from = stage.end - timedelta(days=2)
    stage.at(told_from, lambda: notify.settle_old_events(keep=timedelta(0)))
    for when in _hours(told_from + HOUR, stage.end, HOUR / 4):
        stage.at(when, notify.fan_out)
    morning = worktime.subtract_working(desk.office, stage.end, timedelta(hours=3))
    for last in (deadlines.sweep, notify.fan_out):
        stage.at(stage.end - timedelta(seconds=1), last)
    for person in desk.support:
        stage.at(morning - dice.random() * HOUR, partial(conversation.mark_all_read, actor=person))
