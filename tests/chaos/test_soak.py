"""A short soak: mixed work of a dozen people answers without a fault, and no descriptor stays open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.chaos.soak import soak

pytestmark = pytest.mark.chaos


def test_a_dozen_people_work_for_a_while_without_a_fault(tmp_path: Path) -> None:
    told = soak(tmp_path, seconds=float(os.environ.get("SOAK_SECONDS", "15")), users=12, tickets=40)

    assert told["faults"] == []
    assert told["lines of trouble in the log"] == []
    assert set(told["statuses"]) <= {200, 201, 409}
    assert {"page", "list", "api list", "message"} <= set(told)
    sizes = told["sizes"]
    assert sizes["web 1 files"]["last"] - sizes["web 1 files"]["settled"] <= 10
    assert sizes["worker files"]["last"] - sizes["worker files"]["settled"] <= 5
