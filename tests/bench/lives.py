"""The rows of one invented ticket after the other, as the actions would have left them. See `tests.bench.fill`."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from helpdesk.lifecycle import course
from helpdesk.models.retelling import stay_values
from helpdesk.search.words import stems
from tests.bench.cast import KINDS, Cast
from tests.bench.subjects import PLACES, RARE, SPAN, THINGS, TROUBLES

OPEN_SHARE = 0.04


STAY = (
    "number",
    "status",
    "line_id",
    "assignee_id",
    "since",
    "until",
    "is_long",
    "came_from",
    "spent",
    "left_line_id",
    "back",
)


@dataclass
class Rows:
    """What has been made and not written yet, table by table."""

    ticket: list[tuple[Any, ...]] = field(default_factory=list)
    stay: list[tuple[Any, ...]] = field(default_factory=list)
    closing: list[tuple[Any, ...]] = field(default_factory=list)
    history: list[tuple[Any, ...]] = field(default_factory=list)
    message: list[tuple[Any, ...]] = field(default_factory=list)
    recipient: list[tuple[Any, ...]] = field(default_factory=list)
    clock: list[tuple[Any, ...]] = field(default_factory=list)
    ledger: list[tuple[Any, ...]] = field(default_factory=list)
    event: list[tuple[Any, ...]] = field(default_factory=list)
    notice: list[tuple[Any, ...]] = field(default_factory=list)
    rating: list[tuple[Any, ...]] = field(default_factory=list)
    search: list[tuple[Any, ...]] = field(default_factory=list)


def seconds(limit: Any) -> int:
    """Return how long a limit is on a calendar that is always open."""
    return {"m": 60, "h": 3600, "d": 86400}[limit.unit.value] * limit.amount


def _state(name: str, status: str, *, runs: bool) -> str:
    """Return the state of a clock that runs or has been halted."""
    if runs:
        return "running"
    if status == "waiting" and name == "execution":
        return "paused"
    return "cancelled" if status == "cancelled" else "stopped"


class Maker:
    """Makes the rows of one ticket after the other."""

    def __init__(self, who: Cast, tickets: int, late: int, now: datetime) -> None:
        self.who, self.now, self.tickets, self.late = who, now, tickets, late
        self.dice = random.Random(7)  # noqa: S311 - the same rows every time
        self.ids = {
            name: itertools.count(1)
            for name in (
                "stay",
                "closing",
                "history",
                "message",
                "recipient",
                "clock",
                "ledger",
                "event",
                "notice",
                "rating",
            )
        }

    def ticket(self, number: int, rows: Rows) -> None:
        """Add ticket `number` and all that belongs to it."""
        dice, kind = self.dice, self.who.kinds[self.dice.randrange(KINDS)]
        created = self.now - SPAN * (1 - number / self.tickets) - timedelta(seconds=60)
        requester, agent = dice.choice(self.who.requesters), dice.choice(self.who.agents[kind.line_id])
        status, moments = self._life(number, kind, created)
        thing = RARE if number % (self.tickets // 10 or 1) == 0 else dice.choice(THINGS)
        subject = f"{thing} {dice.choice(TROUBLES)} {dice.choice(PLACES)}"
        text = f"{subject}. Началось с утра, перезагрузка не помогла. Рабочее место {number % 900}."
        taken, submitted, closed = (moments.get(name) for name in ("take", "submit", "close"))
        last = list(moments)[-1]
        clocks = list(self._clocks(number, kind, created, taken, submitted, status, agent, rows))
        dues = [due for due, _late in clocks if due]
        late = min((late for _due, late in clocks if late), default=None)
        fixed = (kind.priority, created)
        row = (
            number, status, 0, False, False, taken, submitted, closed, subject, text, *fixed, moments[last], len(moments), last,
            str(kind.reaction_limit), str(kind.execution_limit), min(dues, default=None), closed and closed + timedelta(days=7),
        )  # fmt: skip
        keys = (requester, requester, agent if taken else None, kind.line_id, kind.service_id, kind.pk, None)
        rows.ticket.append((*row, late, taken and course.seconds(created, taken), *keys))
        self._story(number, row, keys, moments, rows)
        value = dice.choice((3, 4, 5, 5)) if status == "done" else None
        self._course(
            number, kind, keys, [(self._states(status)[name], at) for name, at in moments.items()], value, rows
        )
        self._said(number, requester, agent, created, text, rows)
        if value:
            rows.rating.append(
                (
                    next(self.ids["rating"]),
                    number,
                    requester,
                    agent,
                    value,
                    "Solved at once." if number % 4 == 0 else "",
                    closed,
                )
            )

    def _life(self, number: int, kind: Any, created: datetime) -> tuple[str, dict[str, datetime]]:
        """Return the status today and the moment of each action; the newest tickets are open."""
        dice, moments = self.dice, {"register": created}
        if number > self.tickets * (1 - OPEN_SHARE):
            status = dice.choices(("new", "in_work", "waiting", "on_review", "rework"), (25, 35, 15, 15, 10))[0]
        else:
            status = "done" if dice.random() < 0.93 else "cancelled"
        rest = (self.now - created).total_seconds()
        reaction, execution = seconds(kind.reaction_limit), seconds(kind.execution_limit)

        def after(moment: datetime, most: float) -> datetime:
            return moment + timedelta(seconds=dice.random() * min(most, rest / 5))

        if status not in {"new", "cancelled"}:
            moments["take"] = after(created, reaction * 1.2)
        if status == "waiting":
            moments["ask"] = after(moments["take"], execution)
        if status in {"done", "on_review", "rework"}:
            moments["submit"] = after(moments["take"], execution * 1.25)
        if status == "rework":
            moments["return"] = after(moments["submit"], 86400)
        if status in {"done", "cancelled"}:
            moments["close"] = after(list(moments.values())[-1], 86400)
        return status, moments

    def _clocks(
        self, number: int, kind: Any, created: datetime, taken: Any, submitted: Any, status: str, agent: int, rows: Rows
    ) -> Iterator[tuple[datetime | None, datetime | None]]:
        """Add the reaction and the execution clock; yield the due time of each that runs, and the breach of each."""
        limits = ([str(kind.reaction_limit)], [str(kind.reaction_limit), str(kind.execution_limit)])
        lengths = (seconds(kind.reaction_limit), seconds(kind.reaction_limit) + seconds(kind.execution_limit))
        for name, written, length, stopped in zip(
            ("reaction", "execution"), limits, lengths, (taken, submitted), strict=True
        ):
            runs = (
                stopped is None
                and status != "cancelled"
                and not (name == "execution" and status in {"waiting", "on_review"})
            )
            start, due = created, created + timedelta(seconds=length)
            if runs and due < self.now and self.late <= 0:
                # Not due yet, so that exactly as many are due as were asked for.
                due = self.now + timedelta(seconds=3600 + number % 90_000)
            elif runs and due < self.now:
                self.late -= 1
            breached = due if stopped and stopped > due else None
            whole = [{"limit": limit} for limit in written]
            used = ((stopped or created) - created).total_seconds()
            left = whole if runs else [{"work": max(0.0, length - used)}]
            state = _state(name, status, runs=runs)
            clock = next(self.ids["clock"])
            rows.clock.append((
                clock, number, name, state, None, json.dumps(written), json.dumps(left), length, start, start if runs else None, due if runs else None,
                stopped if stopped and not breached else None, breached, due + timedelta(days=1) if runs else None, 2 if runs else 0, None, "",
            ))  # fmt: skip
            said = json.dumps({"limits": written})
            lines = [("start", start, None, due, whole)]
            if stopped:
                end = ("breach", due) if breached else ("met", stopped)
                lines += [("stop", stopped, agent, None, left), (*end, agent, None, left)]
            for what, at, who, due_after, rest in lines:
                rows.ledger.append(
                    (next(self.ids["ledger"]), clock, what, at, who, "", due_after, json.dumps(rest), said)
                )
            yield due if runs else None, breached

    def _story(
        self, number: int, row: tuple[Any, ...], keys: tuple[Any, ...], moments: dict[str, datetime], rows: Rows
    ) -> None:
        """Add a row of history and an event for each action, and what is missing to five as edits of the subject."""
        states = self._states(row[1])
        actions = list(moments.items())
        story = actions[:1] + [("edit", actions[0][1])] * max(0, 5 - len(actions)) + actions[1:]
        for version, (action, at) in enumerate(story, 1):
            status = states.get(action, "new")
            name = {"close": "accept" if row[1] == "done" else "cancel"}.get(action, action)
            kept = (number, status, *row[2:5], *(None,) * 3, *row[8:12], at, version, name, *row[15:17], None, None)
            who = (keys[0], keys[1], None if status == "new" else keys[2], *keys[3:])
            rows.history.append(
                (*kept, None, *who, next(self.ids["history"]), at, "+" if version == 1 else "~", keys[0])
            )
            if action != "edit":
                event = next(self.ids["event"])
                rows.event.append((event, number, name, keys[0], at, False, "{}", at))
                if action == "register" and keys[2]:
                    rows.notice.append(
                        (
                            next(self.ids["notice"]),
                            keys[2],
                            event,
                            number,
                            "registered",
                            at,
                            at if number % 50 else None,
                        )
                    )

    @staticmethod
    def _states(last: str) -> dict[str, str]:
        """Return the status behind each action of a life that ends in `last`."""
        return {
            "register": "new",
            "take": "in_work",
            "ask": "waiting",
            "submit": "on_review",
            "return": "rework",
            "close": last,
        }

    def _course(
        self, number: int, kind: Any, keys: tuple[Any, ...], points: list[tuple[str, datetime]], rating: int | None, rows: Rows
    ) -> None:  # fmt: skip
        """Add the stays of a life and its closing."""
        lived = course.course(
            (status, keys[3], None if status == "new" else keys[2], at) for status, at in points
        )  # fmt: skip
        for stay in lived.stays:
            values = stay_values(stay)
            rows.stay.append((next(self.ids["stay"]), number, *(values[name] for name in STAY)))
        for place, ended in lived.closings:
            rows.closing.append((
                next(self.ids["closing"]), number, place, ended.status, ended.at, None, None, ended.assignee, *keys[3:6], kind.priority,
                False, rating, ended.execution, ended.worked, ended.waited, ended.reviewed, ended.returned, ended.path,
            ))  # fmt: skip

    def _said(self, number: int, requester: int, agent: int, created: datetime, text: str, rows: Rows) -> None:
        said = ("Здравствуйте, смотрю.", "Спасибо, жду.", f"Проверено, узел {number % 500} заменён.")
        for place, words in enumerate(said):
            author, reader = (agent, requester) if place != 1 else (requester, agent)
            message, at = next(self.ids["message"]), created + timedelta(minutes=place + 1)
            rows.message.append((message, number, author, words, False, "", at, None))
            rows.recipient.append((next(self.ids["recipient"]), message, reader, at if number % 40 else None))
        rows.search.append((number, " ".join(stems(part) for part in (text, *said)), ""))
