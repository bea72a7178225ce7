"""The limit: plain WSGI and SQL written by hand over the tables of the desk, without sign-in; nothing in Python is faster.

Its report asks for every table of the page Analytics and every figure above them, statement by statement, from the rows.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from html import escape
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs

MARK = re.compile(r"(?<!:):([a-z]+)")
LIST = """
SELECT t.id, t.subject, t.status, t.due_at, t.updated_at, s.name, k.name, l.name, r.last_name, a.last_name
FROM (SELECT * FROM helpdesk_ticket ORDER BY id DESC LIMIT 25) t
JOIN helpdesk_service s ON s.id = t.service_id JOIN helpdesk_worktype k ON k.id = t.work_type_id
JOIN helpdesk_supportline l ON l.id = t.line_id JOIN helpdesk_user r ON r.id = t.requester_id
LEFT JOIN helpdesk_user a ON a.id = t.assignee_id ORDER BY t.id DESC
"""
SAID = (
    "SELECT m.created_at, u.last_name, m.text FROM helpdesk_message m JOIN helpdesk_user u ON u.id = m.author_id"
    " WHERE m.ticket_id = :number"
)
# Each table of the page and each figure above them; `:start` and `:end` are those of the period. Braces are filled in below.
STATEMENTS = {
    "statuses": "SELECT t.status, count(*) FROM {t} WHERE {came} GROUP BY 1",
    "registered by day": "SELECT {created day}, count(*) FROM {t} WHERE {came} GROUP BY 1",
    "closed by day": "SELECT {closed day}, count(*) FROM {t} WHERE {done} GROUP BY 1",
    "hours": "SELECT {hour}, count(*) FROM {t} WHERE {came} GROUP BY 1",
    "registered": "SELECT {groups}, count(*) FROM {t} WHERE {came} GROUP BY {groups}",
    "done": "SELECT {groups}, count(*) FROM {t} WHERE {done} GROUP BY {groups}",
    "open": "SELECT {groups}, s.status, count(*) FROM helpdesk_stay s JOIN {t} ON t.id = s.ticket_id WHERE s.status IN {open}"
            " AND s.since < :end AND (s.until IS NULL OR s.until >= :end) GROUP BY {groups}, s.status",
    "clocks": "SELECT c.kind, c.breached_at IS NULL, c.met_at IS NULL, count(*) FROM helpdesk_ticketclock c"
              " JOIN {t} ON t.id = c.ticket_id WHERE {came} GROUP BY 1, 2, 3",
    "times": "SELECT {groups}, t.created_at, t.submitted_at FROM {t} WHERE {done} AND t.submitted_at IS NOT NULL",
    "reactions": "SELECT t.reaction FROM {t} WHERE {came} AND t.reaction IS NOT NULL ORDER BY 1",
    "ratings": "SELECT {groups}, sum(g.value), count(*) FROM helpdesk_rating g JOIN {t} ON t.id = g.ticket_id"
               " WHERE g.created_at >= :start AND g.created_at < :end GROUP BY {groups}",
    "returned": "SELECT count(*) FROM {ended} AND c.returned",
    "turns": "SELECT c.line_id, count(*), sum(c.worked), sum(c.waited), sum(c.reviewed) FROM {ended} GROUP BY 1",
    "paths": "SELECT c.path, count(*) FROM {ended} GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "steps": "SELECT s.came_from, s.status, s.spent FROM helpdesk_stay s"
             " WHERE s.spent IS NOT NULL AND s.since >= :start AND s.since < :end",
    "handed over": "SELECT s.left_line_id, s.line_id, count(*), count(DISTINCT s.ticket_id), sum(CASE WHEN s.back THEN 1 ELSE 0 END)"
                   " FROM helpdesk_stay s WHERE s.left_line_id IS NOT NULL AND s.since >= :start AND s.since < :end GROUP BY 1, 2",
    "oldest": "SELECT t.id, t.subject, t.created_at FROM {t} WHERE t.status IN {open} ORDER BY t.created_at LIMIT 10",
    "remarks": "SELECT g.ticket_id, g.value, g.comment, g.created_at FROM helpdesk_rating g WHERE g.comment <> ''"
               " AND g.created_at >= :start AND g.created_at < :end ORDER BY g.value, g.created_at DESC LIMIT 10",
}  # fmt: skip
# Of the period before, the figures beside those of this one.
BEFORE = {
    "registered": "SELECT count(*) FROM {t} WHERE {came}",
    "open": "SELECT count(*) FROM helpdesk_stay s WHERE s.status IN {open} AND s.since < :end"
            " AND (s.until IS NULL OR s.until >= :end)",
    "overdue": "SELECT count(DISTINCT c.ticket_id) FROM helpdesk_ticketclock c JOIN {t} ON t.id = c.ticket_id"
               " WHERE {came} AND c.breached_at IS NOT NULL",
    "done": "SELECT count(*), sum(CASE WHEN c.returned THEN 1 ELSE 0 END) FROM {ended}",
    "times": "SELECT c.execution FROM {ended} AND c.execution IS NOT NULL ORDER BY 1",
    "reactions": STATEMENTS["reactions"],
    "ratings": "SELECT sum(g.value), count(*) FROM helpdesk_rating g WHERE g.created_at >= :start AND g.created_at < :end",
}  # fmt: skip
PARTS = {
    "t": "helpdesk_ticket t",
    "came": "t.created_at >= :start AND t.created_at < :end",
    "done": "t.status = 'done' AND t.closed_at >= :start AND t.closed_at < :end",
    "ended": "helpdesk_closing c WHERE c.status = 'done' AND c.at >= :start AND c.at < :end AND c.again_at IS NULL",
    "open": "('new', 'in_work', 'waiting', 'rework', 'on_review')",
    "groups": "t.line_id, t.service_id, t.work_type_id, t.assignee_id",
}
MOMENTS = {
    "sqlite": {"created day": "date(t.created_at)", "closed day": "date(t.closed_at)", "hour": "strftime('%w %H', t.created_at)"},
    "postgres": {"created day": "t.created_at::date", "closed day": "t.closed_at::date", "hour": "to_char(t.created_at, 'D HH24')"},
}  # fmt: skip


class Limit:
    """The application; one connection for its process."""

    def __init__(self) -> None:
        self.url = os.environ.get("DATABASE_URL", "")
        self.engine = "postgres" if self.url else "sqlite"
        self.connection: Any = None
        parts = {**PARTS, **MOMENTS[self.engine]}
        self.statements, self.before = (
            {name: text.format(**parts) for name, text in texts.items()} for texts in (STATEMENTS, BEFORE)
        )

    def _rows(self, statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        if self.connection is None and self.url:
            import psycopg

            self.connection = psycopg.connect(self.url, autocommit=True)
        elif self.connection is None:
            self.connection = sqlite3.connect(Path(os.environ["VAR_DIR"]) / "db.sqlite3", check_same_thread=False)
        if self.url:
            statement = MARK.sub(r"%(\1)s", statement)
        return list(self.connection.execute(statement, values or {}))

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        pages = {"/list": self._list, "/ticket": self._ticket, "/report": self._report}
        began = time.thread_time()
        asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        page = pages[environ["PATH_INFO"]](asked)
        body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in page).encode()
        spent = f"{(time.thread_time() - began) * 1000:.2f}"
        size = ("Content-Length", str(len(body)))
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), size, ("X-Bench-CPU-ms", spent)])
        return [body]

    def _list(self, _asked: dict[str, str]) -> list[tuple[Any, ...]]:
        return self._rows(LIST)

    def _ticket(self, asked: dict[str, str]) -> list[tuple[Any, ...]]:
        number = {"number": int(asked["number"])}
        return self._rows("SELECT * FROM helpdesk_ticket WHERE id = :number", number) + self._rows(SAID, number)

    def _report(self, asked: dict[str, str]) -> list[tuple[Any, ...]]:
        start, end = (date.fromisoformat(asked[name]) for name in ("from", "to"))
        stretch, earlier = ({"start": first, "end": first + (end - start)} for first in (start, start - (end - start)))
        found = {name: self._rows(statement, _told(stretch)) for name, statement in self.statements.items()}
        before = {f"{name} before": self._rows(statement, _told(earlier)) for name, statement in self.before.items()}
        lived: dict[Any, list[float]] = {}
        for *key, created, submitted in found.pop("times"):
            for part in enumerate(key):
                lived.setdefault(part, []).append(_seconds(created, submitted))
        for source, target, spent in found.pop("steps"):
            lived.setdefault((source, target), []).append(spent)
        found["medians"] = [(*key, len(times), median(times)) for key, times in lived.items()]
        for name in ("reactions", "reactions before", "times before"):
            rows = (found if name in found else before).pop(name)
            found[name] = rows[len(rows) // 2 : len(rows) // 2 + 1]
        return [row for rows in (found | before).values() for row in rows[:60]]


def _told(stretch: dict[str, date]) -> dict[str, str]:
    return {name: day.isoformat() for name, day in stretch.items()}


def _seconds(created: Any, submitted: Any) -> float:
    if isinstance(created, str):
        created, submitted = datetime.fromisoformat(created), datetime.fromisoformat(submitted)
    return float((submitted - created).total_seconds())


application = Limit()
