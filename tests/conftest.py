"""Decides what every test starts from: a database file of its own, cheap passwords, private uploads, no network."""

from __future__ import annotations

import gc
import ipaddress
import socket
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connections
from django.utils import timezone, translation

from tests import database

pytest_plugins = ("tests.people",)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


def pytest_configure() -> None:
    """Hash passwords cheaply: a sign-in costs a fifth of a second otherwise, as it should elsewhere.

    Every client is a web server that starts: it looks for a static file when it is asked for one, not for all at once.
    """
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.WHITENOISE_AUTOREFRESH = True
    # To look through everything for garbage as often as Python does takes a sixth of the time of the suite.
    gc.set_threshold(700, 10, 100)


def pytest_collection_finish() -> None:
    """Let no search for garbage go through the modules and the tests, which stay to the end."""
    gc.freeze()


# Modules that share something costly: one process runs all of each. xdist's own groups are lost with pytest 9.
TOGETHER = {"tests/demo/test_demo.py", "tests/project/test_start.py"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out the tests one by one, but those of a module in TOGETHER to one process."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if module in TOGETHER else nodeid

    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes seconds, so that no process works on alone at the end; real transactions keep their place.

    What never asks for the database says the same of every one.
    """
    for item in items:
        if not (item.get_closest_marker("django_db") or {"db", "django_db_setup"} & set(item.fixturenames)):  # type: ignore[attr-defined]
            item.add_marker("once")
    items.sort(key=lambda item: not item.get_closest_marker("slow") or _commits(item))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return marker is not None and bool(marker.kwargs.get("transaction"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Keep SQLite in a file, as the product does: a shared database in memory locks whole tables and knows no WAL.

    Tables come from a copy that was migrated once: to migrate takes longer than all but a few files of the suite.
    """
    settings_of_database = connections["default"].settings_dict
    if settings_of_database["ENGINE"].endswith("sqlite3"):
        settings_of_database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
    with database.copied():
        yield


@pytest.fixture(autouse=True)
def _private_uploads(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"


@pytest.fixture(autouse=True)
def _own_counts(settings: SettingsWrapper) -> None:
    """Count calls and failures in this process and this test only."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "tests"}}
    # Named after an object, the cache of a test that is over would be found again where its address comes again.
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Forget what the test before left in the process: the language and zone of its reader, the calendars it had read.

    Numbers of rows come again after a rollback, at the same standing clock, so its calendars could be taken for ours.
    """
    from helpdesk.clocks import calendars

    calendars._known.clear()
    translation.activate("en")
    timezone.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse connections to other machines: a test that needs one would fail elsewhere."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise OSError(f"tests must not reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def _flush_without_guards() -> Iterator[None]:
    """Let SQLite empty its tables after a test with real transactions: it deletes row by row, which the guards refuse."""
    from django.db.backends.sqlite3.base import DatabaseOperations

    from helpdesk.models import guards

    flush = DatabaseOperations.execute_sql_flush

    def unguarded(self: Any, sql_list: list[str]) -> None:
        guards.remove(self.connection)
        flush(self, sql_list)
        guards.install(self.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
        yield
