"""Three real catalogs come in: a facilities catalog in two files with nested codes, and an IT catalog with sentences for limits."""

from __future__ import annotations

import json
from pathlib import Path

from helpdesk.actions import imports
from helpdesk.models import Service, WorkType
from tests.people import Desk
from tests.spreadsheets.conftest import Bring

DATA = Path(__file__).resolve().parent.parent / "data"
FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DURATIONS = json.loads((DATA / "gc_it_services_20_durations.json").read_text())["by_standard_id"]
UNITS = {"minute": "m", "day": "d", "business_day": "bd", "week": "d"}


def test_a_facilities_catalog_of_two_files_comes_in(bring: Bring, desk: Desk) -> None:
    files = [(DATA / name).read_bytes() for name in ("ccs_fm_services.csv", "ccs_fm_work_packages.csv")]
    imported = bring(*files, limits={"reaction_limit": "8h", "execution_limit": "5bd"})
    assert (imported.counts["new"], imported.counts["rejected"]) == (172 + 19, 0)
    imports.confirm(actor=desk.katya, imported=imported)

    assert (Service.objects.count(), WorkType.objects.count()) == (1 + 19, 2 + 172)
    last = WorkType.objects.get(code="E.21")
    assert (last.service.name, last.name, last.service.is_active) == (
        "Maintenance Services", "Specialist maintenance Services", True
    )  # fmt: skip
    again = bring(*files)
    assert (again.counts["unchanged"], again.counts["new"], again.counts["changed"]) == (191, 0, 0)


def test_limits_inside_sentences_are_read_or_reported_but_never_guessed(bring: Bring) -> None:
    data = (FIXTURES / "gc_it_services_20.csv").read_bytes()
    fields = {"service_code": 0, "service": 1, "kind_code": 5, "kind": 5, "execution_limit": 6}
    imported = bring(data, fields={"0:0:table0.xlsx": fields}, limits={"reaction_limit": "1h"})

    read = {
        change.after["code"]: change.after["execution_limit"]
        for change in imported.changes.filter(entity="work_type", outcome="new")
    }
    expected = {}
    for code, found in DURATIONS.items():
        if len(found) == 1 and len(found[0]) == 2:
            amount, unit = found[0]
            expected[code] = f"{amount * (7 if unit == 'week' else 1)}{UNITS[unit]}"
    assert read == expected
    assert imported.counts["rejected"] == len(DURATIONS) - len(expected) == 5
    for change in imported.changes.filter(outcome="rejected"):
        (fault,) = change.remarks
        assert fault["address"] == f"G{change.row}"
        assert fault["read"]
        assert fault["example"]
