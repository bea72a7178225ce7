"""Decides how HelpDesk talks to its database: DATABASE_URL turned into Django's settings for SQLite or PostgreSQL.

The options are those under which the races of the project were measured (docs/adr, 0002 and 0004): SQLite takes the write
lock at the start of a transaction, because upgrading a read lock fails at once under load; PostgreSQL gives up on a lock
or a statement before a person gives up on the page. Connections are kept for a minute: a new one for each request costs
it 2 ms (0028).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from project import env

EXAMPLES = "sqlite:////var/lib/helpdesk/db.sqlite3 or postgres://user:password@host:5432/name"
SSL_OPTIONS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey"})


def from_environment(folder: Path) -> dict[str, Any]:
    """Return Django's `DATABASES["default"]`; without DATABASE_URL it is `folder`/db.sqlite3."""
    url = env.secret("DATABASE_URL", f"sqlite:///{folder / 'db.sqlite3'}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        env.refuse("DATABASE_URL", f"cannot be read. It must look like {EXAMPLES}.")
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts, port)
    env.refuse("DATABASE_URL", f"must start with sqlite:// or postgres://. It must look like {EXAMPLES}.")


def _sqlite(parts: SplitResult) -> dict[str, Any]:
    path = Path(unquote(parts.path.removeprefix("/")))
    if parts.netloc or parts.query or parts.fragment or not path.is_absolute():
        env.refuse("DATABASE_URL", "must name an absolute path after sqlite:///, as in sqlite:////srv/db.sqlite3.")
    if path.is_dir() or not path.parent.is_dir():
        env.refuse("DATABASE_URL", f"must name a file in a folder that exists, not {path}.")
    return {
        "ENGINE": "project.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def _postgresql(parts: SplitResult, port: int | None) -> dict[str, Any]:
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        env.refuse("DATABASE_URL", "names no database. It must look like postgres://user:password@host:5432/name.")
    if find_spec("psycopg") is None:
        env.refuse("DATABASE_URL", "asks for PostgreSQL: run `pip install -r requirements-postgres.txt` first.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not options.keys() <= SSL_OPTIONS:
        env.refuse(
            "DATABASE_URL", f"knows only these options after the question mark: {', '.join(sorted(SSL_OPTIONS))}."
        )
    statement = env.number("DATABASE_STATEMENT_TIMEOUT", 0, least=0, most=3600)
    timeouts = f"-c lock_timeout=5s -c statement_timeout={statement}s -c idle_in_transaction_session_timeout=30s"
    # To compile the statements of a report takes PostgreSQL three times as long as to run them (docs/performance.md).
    compiling = "-c jit=off"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Statements may stay prepared; only `helpdesk.planned_once` has them so.
        "OPTIONS": {**options, "options": f"{timeouts} {compiling}", "connect_timeout": 5, "prepare_threshold": 5},
    }
