"""Measures django-helpdesk: makes its environment where it is missing, copies the tickets, starts its server, asks its pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from base64 import b64encode
from pathlib import Path
from typing import Any

from tests.bench import places
from tests.bench.subjects import RARE, THINGS
from tests.bench.web.browser import Browser
from tests.bench.web.rounds import Figure
from tests.bench.web.servers import WORKERS, serving

SITE = Path(__file__).parent / "site"
PACKAGES = ("django-helpdesk==2.6.1", "Django==5.2.19", "gunicorn==27.0.1", "psycopg[binary]==3.3.9")
HOME = places.ROOT / ".cache" / "bench" / "django-helpdesk-2.6.1"
# How often a page is asked for; the last ones take many seconds.
TURNS, FEW, WARM = 5, 1, 1
EVERY = [1, 2, 3, 4, 5]


def measured(engine: str, tickets: int, env: dict[str, str], known: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of its pages, by name."""
    python = _python()
    folder = Path(env["VAR_DIR"]) / "peer"
    # The product's own packages must not be found by its Python.
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "DATABASE_URL"}}
    own = {**kept, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONWARNINGS": "ignore", **_databases(engine, env, folder)}
    if not _is_filled(folder):
        folder.mkdir(exist_ok=True)
        subprocess.run([python, "fill.py"], cwd=SITE, env=own, check=True)  # noqa: S603 - our own program
        (folder / "filled").touch()
    command = [
        str(python), "-m", "gunicorn", "--workers", str(WORKERS), "--bind", "127.0.0.1:{port}", "--timeout", "600",
        "--log-level", "error", "django.core.wsgi:get_wsgi_application()",
    ]  # fmt: skip
    with serving("peer", own, command, folder=SITE) as server:
        browser = Browser(server.port)
        browser.sign_in("/login/", "root")
        figures = {}
        for name, (path, turns) in _pages(tickets, known).items():
            sys.stderr.write(f"{name}\n")
            figures[f"peer: {name}"] = _asked(browser, path, turns)
        figures["peer: list rows, all"]["workers MB"] = [round(size) for size in server.megabytes("VmHWM")]
    return figures


def _is_filled(folder: Path) -> bool:
    return (folder / "filled").exists()


def _asked(browser: Browser, path: str, turns: int) -> dict[str, Any]:
    figure = Figure()
    for turn in range(turns + (WARM if turns > 1 else 0)):
        answer = browser.ask("GET", path, keep=False)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        if turn >= WARM or turns == 1:
            figure.add(answer)
    return figure.told()


def _pages(tickets: int, known: dict[str, Any]) -> dict[str, tuple[str, int]]:
    def rows(start: int = 0, search: str = "", **filtering: Any) -> str:
        query = {
            "filtering": filtering,
            "filtering_null": {},
            "sorting": "created",
            "sortreverse": True,
            "search_string": search,
        }
        text = b64encode(json.dumps(query).encode()).decode()
        return f"/datatables_ticket_list/{text}?draw=1&start={start}&length=25"

    # One that was filled in: what an earlier benchmark has added to a kept database is not in the copy.
    line, ticket = [known["line"]], tickets // 2
    slow = FEW if tickets >= 50_000 else 3
    return {
        "list shell": ("/tickets/", TURNS),
        "list rows, open": (rows(status__in=[1, 2]), TURNS),
        "list rows, all": (rows(status__in=EVERY), slow + 1),
        "filter, open": (rows(status__in=[1], queue__id__in=line), TURNS),
        "filter, done": (rows(status__in=[4], queue__id__in=line), TURNS),
        "deep page": (rows(int(tickets * 0.9), status__in=EVERY), slow + 1),
        # Its search on SQLite tells capitals apart: the words are written as they stand in the tickets.
        "search, rare": (rows(search=RARE, status__in=EVERY), slow + 1),
        "search, common": (rows(search=THINGS[0], status__in=EVERY), slow + 1),
        "ticket": (f"/tickets/{ticket}/", TURNS),
        "dashboard": ("/dashboard/", slow),
        "reports": ("/reports/", slow),
        "report by month": ("/reports/daysuntilticketclosedbymonth/", slow),
        "API one ticket": (f"/api/tickets/{ticket}/", slow),
        "API list of 25": ("/api/tickets/?page_size=25", slow),
    }


def _databases(engine: str, env: dict[str, str], folder: Path) -> dict[str, str]:
    if engine == "sqlite":
        return {
            "DESK_DATABASE": f"sqlite://{env['VAR_DIR']}/db.sqlite3",
            "PEER_DATABASE": f"sqlite://{folder}/db.sqlite3",
        }
    return {
        "DESK_DATABASE": env["DATABASE_URL"],
        "PEER_DATABASE": places.peer_database(env["DATABASE_URL"], is_there=_is_filled(folder)),
    }


def _python() -> Path:
    """Return its Python, made on the first call with the packages from PyPI."""
    python = HOME / "bin" / "python"
    if not (HOME / "made").exists():
        venv.create(HOME, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)  # noqa: S603 - our own command
        (HOME / "made").touch()
    return python
