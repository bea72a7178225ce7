"""Asks everything in turn, round after round, so that a slow moment of the machine falls on all alike; keeps the times."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import quote

from tests.bench.subjects import SPAN
from tests.bench.web.asks import ASKS, EXPORT, PEOPLE, WORDS, Ask
from tests.bench.web.browser import Answer, Browser
from tests.bench.web.servers import Server

WARM, SELDOM = 4, 6
SIGN_IN = {"desk": "/admin/login/", "floor": "/login"}
# Who asks with a token, and which of what is known of the desk it is.
TOKENS = {"program": "agent token", "requester's program": "requester token"}
_NUMBER = re.compile(r"/ticket(?:s)?/(\d+)")


@dataclass
class Figure:
    """What was measured of one ask; times in milliseconds."""

    times: list[float] = field(default_factory=list)
    queries: int | None = None
    sql: float = math.inf
    cpu: float = math.inf
    size: int = 0

    def add(self, answer: Answer) -> None:
        self.times.append(answer.seconds * 1000)
        self.queries, self.size = answer.queries, answer.size
        self.sql = min(self.sql, math.inf if answer.sql is None else answer.sql)
        self.cpu = min(self.cpu, math.inf if answer.cpu is None else answer.cpu)

    @property
    def best(self) -> float:
        return min(self.times)

    def told(self) -> dict[str, Any]:
        """Return it as it goes into the JSON."""
        told = {name: None if math.isinf(value) else value for name, value in (("sql", self.sql), ("cpu", self.cpu))}
        kept = asdict(self) | told | {"best": round(self.best, 2), "median": round(median(self.times), 2)}
        return {name: value for name, value in kept.items() if name != "times"}


class Rounds:
    """The browsers of everybody at every server, and what they have measured."""

    def __init__(self, servers: dict[str, Server], known: dict[str, Any]) -> None:
        self.servers = servers
        self.known = {**known, **{name: quote(word) for name, word in WORDS.items()}, **_dates(known["tickets"]), "turn": 0,
                      "made": known["ticket"], "deep": max(2, known["newest"] - 9975)}  # fmt: skip
        self.browsers: dict[tuple[str, str], Browser] = {}
        self.figures: dict[str, Figure] = {}

    def run(self, turn: int, asks: tuple[Ask, ...] = ASKS) -> None:
        """Ask for everything once, what is seldom only in a few turns, and measure it unless it is to warm up: before `turn` 0.

        Raises RuntimeError on a wrong answer.
        """
        for ask in asks:
            if ask.server not in self.servers or (ask.seldom and not -1 <= turn < SELDOM):
                continue
            answer = self._asked(ask)
            if turn >= 0:
                self.figures.setdefault(ask.name, Figure()).add(answer)

    def export(self) -> dict[str, float]:
        """Take the log of a hundred thousand tickets out, and return seconds and megabytes."""
        desk = self.servers["desk"]
        self._asked(EXPORT)
        desk.forget_peak()
        before = desk.megabytes()
        answer = self._asked(EXPORT)
        grown = max(peak - was for peak, was in zip(desk.megabytes("VmHWM"), before, strict=True))
        return {"first byte, s": round(answer.first, 3), "seconds": round(answer.seconds, 1),
                "megabytes sent": round(answer.size / 1e6, 3), "memory grown, MB": round(grown, 1)}  # fmt: skip

    def _asked(self, ask: Ask) -> Answer:
        self.known["turn"] += 1
        form = ask.form and {name: text.format(**self.known) for name, text in ask.form.items()}
        body = ask.body and ask.body.format(**self.known)
        path = ask.path.format(**self.known)
        answer = self._browser(ask).ask(ask.method, path, form if ask.form is not None else None, body, keep=ask is not EXPORT)  # fmt: skip
        if answer.status != ask.status:
            raise RuntimeError(
                f"{ask.name}: {ask.method} {path} answered {answer.status}\n{answer.body[:2000].decode()}"
            )
        if ask.makes:
            found = _NUMBER.search(answer.location)
            assert found, answer.location
            self.known["made"] = int(found[1])
        return answer

    def _browser(self, ask: Ask) -> Browser:
        key = (ask.server, ask.who)
        if key not in self.browsers:
            browser = Browser(self.servers[ask.server].port)
            if ask.who in TOKENS:
                browser.headers["Authorization"] = f"Bearer {self.known[TOKENS[ask.who]]}"
            elif ask.server in SIGN_IN:
                browser.sign_in(SIGN_IN[ask.server], PEOPLE[ask.who])
            self.browsers[key] = browser
        return self.browsers[key]


def _dates(tickets: int) -> dict[str, str]:
    """The last whole month and its year, and the days in which the last hundred thousand tickets came."""
    today = datetime.now(UTC).date()
    end = today.replace(day=1)
    month = (end - timedelta(days=1)).replace(day=1)
    days = min(730, math.ceil(SPAN.days * 100_000 / tickets))
    return {
        "month": f"{month:%Y-%m}", "old_month": f"{month - timedelta(days=180):%Y-%m}", "next_month": f"{end:%Y-%m}", "year": str(month.year),
        "next_year": str(month.year + 1), "export_to": today.isoformat(),
        "export_from": date.fromordinal(today.toordinal() - days).isoformat(),
    }  # fmt: skip
