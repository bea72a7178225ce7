"""One small demo for all tests of this folder: told once, at a fixed moment, and taken back at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import override_settings

from helpdesk import moment
from helpdesk.demo import load_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from helpdesk.demo.desk import Desk

# A Tuesday afternoon in Moscow.
TODAY = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
TICKETS, DAYS, CASES = 110, 45, 100
START = TODAY - timedelta(days=DAYS)


def quiet(_line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The told demo, looked at from its own present."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder / "files", EMAIL_FILE_PATH=folder / "mail"),
        transaction.atomic(),
        moment.at(TODAY),
    ):
        yield load_demo(tickets=TICKETS, days=DAYS, strict=True, say=quiet)
        transaction.set_rollback(True)
