"""Where benchmarks run: a database of its own, filled, in a folder or on PostgreSQL, gone afterwards."""

from __future__ import annotations

import os
import shutil
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
def filled(engine: str, tickets: int, *options: str, keep: Path | None = None) -> Iterator[dict[str, str]]:
    """Yield the environment of a place with `tickets` tickets; `engine` is sqlite or postgresql.

    PostgreSQL is the server of TEST_POSTGRES_URL, on which a database is made. It is gone afterwards, unless `keep` names a
    folder where filled places stay for the next time.
    """
    if keep is not None:
        yield _kept(keep, engine, tickets, *options)
        return
    with tempfile.TemporaryDirectory() as folder:
        name = f"helpdesk_bench_{os.getpid()}"
        env = environment(Path(folder), engine, name)
        try:
            _fill(env, engine, name, tickets, *options)
            yield env
        finally:
            if engine == "postgresql":
                _admin("DROP DATABASE {}", name)


def environment(folder: Path, engine: str, name: str) -> dict[str, str]:
    """Return the environment of a desk in `folder`, on PostgreSQL with a database called `name`."""
    env = {**os.environ, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "project.settings", "LOG_LEVEL": "ERROR"}
    env.pop("DATABASE_URL", None)
    if engine == "postgresql":
        env["DATABASE_URL"] = urlsplit(_server())._replace(path=f"/{name}").geturl()
    return env


def peer_database(url: str, *, is_there: bool) -> str:
    """Return the address of a database beside the desk's on the same server; unless it `is_there`, make it anew and empty."""
    name = f"{urlsplit(url).path[1:]}_peer"
    if not is_there:
        _admin("DROP DATABASE IF EXISTS {}", name)
        _admin("CREATE DATABASE {}", name)
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _kept(keep: Path, engine: str, tickets: int, *options: str) -> dict[str, str]:
    folder = (keep / f"{engine}-{tickets}").resolve()
    name = f"helpdesk_bench_{tickets}"
    env, mark = environment(folder, engine, name), folder / "filled"
    if not mark.exists():
        # What an interrupted run has left is of no use.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if engine == "postgresql":
            _admin("DROP DATABASE IF EXISTS {}", name)
        _fill(env, engine, name, tickets, *options)
        mark.touch()
    return env


def _fill(env: dict[str, str], engine: str, name: str, tickets: int, *options: str) -> None:
    if engine == "postgresql":
        _admin("CREATE DATABASE {}", name)
    run(env, "-m", "tests.bench.fill", str(tickets), *options)


def _server() -> str:
    return os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/helpdesk")


def _admin(statement: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(urlsplit(_server())._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type,unused-ignore]
