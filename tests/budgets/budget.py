"""Holds the queries of a page to what tests/budgets.json says, and to the same number whatever the number of rows."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.people import Desk

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.json"
_NOT_ASKED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def browser(desk: Desk, login: str) -> Client:
    """Return a browser of a person whose session has begun."""
    client = desk.client(login)
    client.get("/admin/help/")
    return client


def asked(client: Client, address: str) -> int:
    """Return how many questions a page asks the database. It leaves nothing that the next page could answer from."""
    cache.clear()
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        transaction.set_rollback(True)
    return len([query for query in queries if not query["sql"].startswith(_NOT_ASKED)])


def hold(name: str, few: int, many: int) -> None:
    """Assert that the page `name` asks as often with many rows as with few, and within its budget; or write that.

    A page that has to ask one database more than the other has a budget for each.
    """
    budgets = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
    if os.environ.get("WRITE_BUDGETS"):
        budgets[name] = {**budgets[name], connection.vendor: many} if isinstance(budgets.get(name), dict) else many
        BUDGETS.write_text(json.dumps(dict(sorted(budgets.items())), indent=2) + "\n")
        return
    assert many <= few + 2, f"{name} grows with the rows"
    budget = budgets[name][connection.vendor] if isinstance(budgets[name], dict) else budgets[name]
    assert many <= budget, name
