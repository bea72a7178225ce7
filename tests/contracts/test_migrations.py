"""Migrations say what they do: none is missing, none is named by the clock, no two share a number."""

from __future__ import annotations

import re
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests import database
from tests.contracts.sources import ROOT

NAMES = sorted(path.stem for path in (ROOT / "helpdesk" / "migrations").glob("0*.py"))
# One that stands for others bears their numbers.
STEPS = [name for name in NAMES if "_squashed_" not in name]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert said.getvalue() == "No changes detected\n"


def test_every_migration_has_a_number_of_its_own() -> None:
    assert {number: count for number, count in Counter(name[:4] for name in STEPS).items() if count > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_migration_is_named_by_a_person(name: str) -> None:
    assert re.fullmatch(r"\d{4}_[a-z0-9_]+", name)
    assert "auto_" not in name
    assert not re.search(r"_and_more$|\d{8}_\d{4}", name)


def test_the_suite_migrates_anew_when_a_migration_or_a_model_changes(tmp_path: Path) -> None:
    sources = set(database.all_sources())
    assert {ROOT / "helpdesk" / "migrations" / f"{name}.py" for name in NAMES} <= sources
    assert {ROOT / "helpdesk" / "models" / name for name in ("guards.py", "tickets.py")} <= sources
    assert any("token_blacklist" in source.parts for source in sources)

    file = tmp_path / "0001_initial.py"
    file.write_text("operations = []")
    before = database.digest([file])
    file.write_text("operations = [1]")

    assert database.digest([file]) != before
    assert database.digest([]) != before
    assert database.digest() == database.digest()
