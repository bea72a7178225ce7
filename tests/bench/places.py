"""Where benchmarks run: a database of its own, filled, in a folder or on PostgreSQL, gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]


def run(env: dict[str, str], *words: str) -> str:
    """Run a program of ours in the environment of a place and return what it prints."""
    return subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, *words], check=True, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    ).stdout


@contextmanager
def filled(engine: str, tickets: int, *options: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a place with `tickets` tickets; `engine` is sqlite or postgresql.

    PostgreSQL is the server of TEST_POSTGRES_URL, on which a database is made and dropped.
    """
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "project.settings", "LOG_LEVEL": "ERROR"}
        env.pop("DATABASE_URL", None)
        if engine == "postgresql":
            env["DATABASE_URL"] = _made(f"helpdesk_bench_{os.getpid()}")
        try:
            run(env, "-m", "tests.bench.fill", str(tickets), *options)
            yield env
        finally:
            if engine == "postgresql":
                _admin("DROP DATABASE {}", f"helpdesk_bench_{os.getpid()}")


def _server() -> str:
    return os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/helpdesk")


def _made(name: str) -> str:
    _admin("CREATE DATABASE {}", name)
    return urlsplit(_server())._replace(path=f"/{name}").geturl()


def _admin(statement: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(urlsplit(_server())._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type,unused-ignore]
