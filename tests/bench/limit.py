"""The limit: plain WSGI and SQL written by hand over the tables of the desk, without sign-in; nothing in Python is faster.

Its report asks for what the page Analytics shows of a period, statement by statement, from the same tables.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs

LIST = """
SELECT t.id, t.subject, t.status, t.due_at, t.updated_at, s.name, k.name, l.name, r.last_name, a.last_name
FROM (SELECT * FROM helpdesk_ticket ORDER BY id DESC LIMIT 25) t
JOIN helpdesk_service s ON s.id = t.service_id JOIN helpdesk_worktype k ON k.id = t.work_type_id
JOIN helpdesk_supportline l ON l.id = t.line_id JOIN helpdesk_user r ON r.id = t.requester_id
LEFT JOIN helpdesk_user a ON a.id = t.assignee_id ORDER BY t.id DESC
"""
# Each figure of a period; every mark takes its start and its end in turn. Braces are filled in below.
STATEMENTS = {
    "statuses": "SELECT t.status, count(*) FROM {t} WHERE {came} GROUP BY 1",
    "registered by day": "SELECT {created day}, count(*) FROM {t} WHERE {came} GROUP BY 1",
    "closed by day": "SELECT {closed day}, count(*) FROM {t} WHERE {done} GROUP BY 1",
    "hours": "SELECT {hour}, count(*) FROM {t} WHERE {came} GROUP BY 1",
    "registered": "SELECT {groups}, count(*) FROM {t} WHERE {came} GROUP BY {groups}",
    "done": "SELECT {groups}, count(*) FROM {t} WHERE {done} GROUP BY {groups}",
    "open": "SELECT {groups}, t.status, count(*) FROM {t} WHERE t.status IN ('in_work', 'waiting', 'rework', 'on_review')"
            " AND ? < ? GROUP BY {groups}, t.status",
    "clocks": "SELECT c.kind, c.breached_at IS NULL, c.met_at IS NULL, count(*) FROM helpdesk_ticketclock c"
              " JOIN {t} ON t.id = c.ticket_id WHERE {came} GROUP BY 1, 2, 3",
    "times": "SELECT {groups}, t.created_at, t.submitted_at FROM {t} WHERE {done} AND t.submitted_at IS NOT NULL",
    "ratings": "SELECT {groups}, sum(g.value), count(*) FROM helpdesk_rating g JOIN {t} ON t.id = g.ticket_id"
               " WHERE g.created_at >= ? AND g.created_at < ? GROUP BY {groups}",
    "oldest": "SELECT t.id, t.subject, t.created_at FROM {t} WHERE t.status IN"
              " ('new', 'in_work', 'waiting', 'rework', 'on_review') AND ? < ? ORDER BY t.created_at LIMIT 10",
}  # fmt: skip
PARTS = {
    "t": "helpdesk_ticket t",
    "came": "t.created_at >= ? AND t.created_at < ?",
    "done": "t.status = 'done' AND t.closed_at >= ? AND t.closed_at < ?",
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
        self.statements = {name: self._marked(text.format(**parts)) for name, text in STATEMENTS.items()}

    def _marked(self, statement: str) -> str:
        return statement.replace("?", "%s") if self.engine == "postgres" else statement

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        if self.connection is None and self.url:
            import psycopg

            self.connection = psycopg.connect(self.url, autocommit=True)
        elif self.connection is None:
            self.connection = sqlite3.connect(Path(os.environ["VAR_DIR"]) / "db.sqlite3", check_same_thread=False)
        return list(self.connection.execute(statement, values))

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
        number = (int(asked["number"]),)
        said = "SELECT m.created_at, u.last_name, m.text FROM helpdesk_message m JOIN helpdesk_user u ON u.id = m.author_id WHERE m.ticket_id = ?"
        return self._rows(self._marked("SELECT * FROM helpdesk_ticket WHERE id = ?"), number) + self._rows(
            self._marked(said), number
        )

    def _report(self, asked: dict[str, str]) -> list[tuple[Any, ...]]:
        stretch = (asked["from"], asked["to"])
        found = {name: self._rows(statement, stretch) for name, statement in self.statements.items()}
        lived: dict[Any, list[float]] = {}
        for *key, created, submitted in found.pop("times"):
            lived.setdefault(key[0], []).append(_seconds(created, submitted))
        found["medians"] = [(line, median(times)) for line, times in lived.items()]
        return [row for rows in found.values() for row in rows[:60]]


def _seconds(created: Any, submitted: Any) -> float:
    if isinstance(created, str):
        from datetime import datetime

        created, submitted = datetime.fromisoformat(created), datetime.fromisoformat(submitted)
    return float((submitted - created).total_seconds())


application = Limit()
