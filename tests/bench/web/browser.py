"""A person at a server: cookies, the sign-in form, and a clock."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Answer:
    """What came back: seconds to the first byte and to the last one; queries, milliseconds of SQL and of processor where told."""

    status: int
    first: float
    seconds: float
    size: int
    queries: int | None
    sql: float | None
    cpu: float | None
    location: str
    body: bytes


@dataclass
class Browser:
    """Asks one server as one person."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, body: str | None = None, *, keep: bool = True
    ) -> Answer:
        """Send a form, or a body as JSON, on a connection of its own; `keep` keeps the answer's text."""
        headers = {"Host": f"127.0.0.1:{self.port}", "Accept-Language": "ru", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        data: str | None = body
        if form is not None:
            data = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif body is not None:
            headers["Content-Type"] = "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=400)
        began = time.perf_counter()
        connection.request(method, path, data and data.encode(), headers)
        response = connection.getresponse()
        text, size = response.read(1), 1
        first = time.perf_counter() - began
        while piece := response.read(1 << 20):
            size += len(piece)
            text += piece if keep else b""
        seconds = time.perf_counter() - began
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _sign, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        queries, sql, cpu = (response.headers.get(f"X-Bench-{name}") for name in ("Queries", "SQL-ms", "CPU-ms"))
        return Answer(
            response.status, first, seconds, size if text else 0, int(queries) if queries else None, float(sql) if sql else None,
            float(cpu) if cpu else None, response.headers.get("Location", ""), text,
        )  # fmt: skip

    def sign_in(self, page: str, username: str) -> None:
        """Fill in the form at `page`; raises RuntimeError when that does not open the door."""
        found = _TOKEN.search(self.ask("GET", page).body.decode())
        form = {"username": username, "password": "demo", "csrfmiddlewaretoken": found[1] if found else ""}
        answer = self.ask("POST", page, form)
        if answer.status != 302:
            raise RuntimeError(f"{username} was not let in at {page}: {answer.status}")
