"""Decides whether this process can serve people: a write to the database, its migrations, free disk, a working cache and search.

Waiting notices are told as a warning and never as a failure: pages work without a worker, and a load balancer that took
every page away because letters are late would turn a delay into an outage.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from helpdesk import search
from helpdesk.health import waiting
from helpdesk.health.findings import Check, Finding, failed, ok, run, warning
from helpdesk.models import BrowserSession
from helpdesk.moment import now

MEGABYTE = 2**20
LEAST_FREE = 100 * MEGABYTE
LITTLE_FREE = 1024 * MEGABYTE
LATE = timedelta(minutes=5)
PROBE_KEY = "readiness-probe"
SETUP = "Run `manage.py setup`."


def examine() -> list[Finding]:
    """Return the findings of all checks; one broken check does not hide the others, but without a database they are left out."""
    found = run([("database", database)])
    if found[0].level == "failed":
        return found + run([("disk", disk)])
    return found + run(CHECKS)


def database() -> Iterator[Finding]:
    """Write a row and take it back."""
    with transaction.atomic():
        BrowserSession.objects.create(session_key=PROBE_KEY, session_data="", expire_date=now())
        transaction.set_rollback(True)
    yield ok("database", f"{connection.display_name} takes writes.")


def migrations() -> Iterator[Finding]:
    """Compare what the code needs with what the database has."""
    missing = sorted(_written() - set(MigrationRecorder(connection).applied_migrations()))
    if missing:
        names = ", ".join(name for _app, name in missing)
        yield failed("migrations", f"The database is older than the program: {names} not applied.", SETUP)
    else:
        yield ok("migrations", "The database is what this version needs.")


def disk() -> Iterator[Finding]:
    """Look at the free space of every disk that is written to."""
    for place in _places():
        free = shutil.disk_usage(place).free
        says = f"{free // MEGABYTE:,} MB free in {place}."
        remedy = "Free space, or move VAR_DIR to a larger disk."
        if free < LEAST_FREE:
            yield failed("disk", says, remedy)
        elif free < LITTLE_FREE:
            yield warning("disk", says, remedy)
        else:
            yield ok("disk", says)


def counts() -> Iterator[Finding]:
    """Write a number where failures and calls are counted, and read it back."""
    cache.set(PROBE_KEY, 1, timeout=10)
    if cache.get(PROBE_KEY) == 1:
        yield ok("cache", "Calls and failed sign-ins are counted.")
    else:
        yield failed(
            "cache", "What is counted is not kept: throttles do nothing.", "Look at CACHE_URL or VAR_DIR/cache."
        )


def find() -> Iterator[Finding]:
    """Ask the engine of the search something, and for the newest request."""
    if search.newest_is_indexed():
        yield ok("search", "The search answers.")
    else:
        yield warning("search", "The newest request is not in the search index.", "Run `manage.py rebuild_search`.")


def outbox() -> Iterator[Finding]:
    """Tell how long the oldest event, letter and delivery that is due has waited for a worker."""
    since = {queue.one: now() - queue.since for queue in waiting.queues() if queue.since is not None}
    late = {name: age for name, age in since.items() if age > LATE}
    for name, age in late.items():
        minutes = int(age.total_seconds() // 60)
        yield warning(
            "outbox", f"For {minutes} minutes {name} has waited to be told.", "Start a worker: `manage.py worker`."
        )
    if not late:
        yield ok("outbox", "Nothing waits to be told.")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("migrations", migrations),
    ("disk", disk),
    ("cache", counts),
    ("search", find),
    ("outbox", outbox),
)


@lru_cache(maxsize=1)
def _written() -> set[tuple[str, str]]:
    """Return the migrations of the code; they do not change while it runs. What a squashed one replaces counts as done."""
    return set(MigrationLoader(None).graph.nodes)


def _places() -> list[Path]:
    """Return a folder on each disk that the product writes to."""
    folders = [settings.VAR_DIR, Path(settings.MEDIA_ROOT)]
    by_disk = {folder.stat().st_dev: folder for folder in reversed(folders) if folder.exists()}
    return sorted(by_disk.values())
