"""Writes foreign files for the tests, and brings them in as the command does."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from django.utils import translation

from helpdesk.actions import foreign
from helpdesk.cases import running
from helpdesk.models import CaseImport, User

CITY = Path(__file__).resolve().parents[2] / "fixtures" / "city_cases_100.csv"
CITY_MAP: dict[str, Any] = {
    "source": "City",
    "columns": {
        "case": "case_enquiry_id", "created": "open_dt", "closed": "closed_dt", "due": "target_dt", "status": "case_status",
        "subject": "case_title", "comment": "closure_reason", "service": "subject", "work_type": "type", "line": "queue",
        "requester": "source",
    },
    "zone": "America/New_York", "statuses": {"Open": "new", "Closed": "done"}, "clocks": "file",
}  # fmt: skip
LOG_MAP: dict[str, Any] = {
    "source": "Log", "zone": "Europe/Rome",
    "columns": {"case": "Case ID", "activity": "Activity", "at": "Timestamp", "resource": "Resource"},
}  # fmt: skip
LOG_HEAD = ("Case ID", "Activity", "Timestamp", "Resource")


def table(head: Any, rows: Any) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([head, *rows])
    return stream.getvalue().encode()


def receive(actor: User, data: bytes, mapping: dict[str, Any]) -> CaseImport:
    imported = foreign.receive(actor=actor, name="cases.csv", data=data)
    foreign.choose(actor=actor, imported=imported, mapping=mapping)
    return imported


def bring(actor: User, data: bytes, mapping: dict[str, Any]) -> CaseImport:
    with translation.override("en"):
        return running.bring_in(receive(actor, data, mapping))
