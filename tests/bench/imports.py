"""How long an import takes and how much memory: `python -m tests.bench.imports`, beside import-export's own way of doing it.

Each step runs in a process of its own with a database of its own, so that its peak memory is its alone.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HEADERS = ("Service code", "Service", "Kind code", "Kind of work", "Type", "Priority", "Reaction limit", "Execution limit",
           "Kind description", "Kind active")  # fmt: skip
STEPS = ("first", "again")


def book(rows: int, changed: int = 0) -> bytes:
    """Return a workbook of `rows` kinds of work; of every hundred, `changed` have another limit."""
    from openpyxl import Workbook

    made = Workbook(write_only=True)
    sheet = made.create_sheet("Catalog")
    sheet.append(HEADERS)
    for number in range(rows):
        days = number % 9 + 1 + (number % 100 < changed)
        sheet.append([
            f"S{number // 20}", f"Service {number // 20}", f"K{number}", f"Kind of work {number}", "Incident", "High",
            f"{number % 50 + 1} h", f"{days} business days", f"What is done, {number}", "yes",
        ])  # fmt: skip
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def ours(data: bytes) -> None:
    """Bring the table in as the panel does: read, propose, confirm."""
    from django.core.files.base import ContentFile

    from helpdesk.actions import imports
    from helpdesk.models import User
    from helpdesk.spreadsheets import intake

    actor, _made = User.objects.get_or_create(username="bench", is_superuser=True)
    upload = imports.Upload("bench.xlsx", ContentFile(data, "bench.xlsx"), len(data))
    imported = imports.receive(actor=actor, subject="catalog", uploads=[upload])
    intake.read(imported)
    imports.confirm(actor=actor, imported=imported)


def defaults(data: bytes) -> None:
    """Bring the table in with import-export's defaults: upload with preview, then confirmation."""
    from import_export.fields import Field
    from import_export.formats.base_formats import XLSX
    from import_export.resources import ModelResource
    from import_export.widgets import ForeignKeyWidget

    from helpdesk.models import Service, WorkType

    class Kinds(ModelResource):  # type: ignore[misc,unused-ignore]
        code = Field("code", "Kind code")
        name = Field("name", "Kind of work")
        service = Field("service", "Service code", ForeignKeyWidget(Service, "code"))
        reaction_limit = Field("reaction_limit", "reaction")
        execution_limit = Field("execution_limit", "execution")
        description = Field("description", "Kind description")

        class Meta:
            model = WorkType
            import_id_fields = ("code",)
            fields = ("code", "name", "service", "reaction_limit", "execution_limit", "description")

        def before_import_row(self, row: Any, **_kwargs: Any) -> None:
            row["reaction"] = row["Reaction limit"].replace(" ", "")
            row["execution"] = row["Execution limit"].replace(" business days", "bd")
            if row["Service code"] not in known:
                Service.objects.get_or_create(code=row["Service code"], defaults={"name": row["Service"]})
                known.add(row["Service code"])

    for dry in (True, False):
        known: set[str] = set()
        result = Kinds().import_data(
            XLSX().create_dataset(data), dry_run=dry, use_transactions=True, raise_errors=False
        )
        assert not result.has_errors(), result.row_errors()[:1]


def step(way: str, rows: int, which: str) -> None:
    """Run one step in this process and print its CPU seconds, wall seconds and peak memory."""
    import django

    django.setup()
    data = subprocess.run(  # noqa: S603 - ourselves; the workbook is made elsewhere, so that it is not in our memory
        [sys.executable, "-m", "tests.bench.imports", "book", str(rows), str(STEPS.index(which))],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    cpu, wall = time.process_time(), time.monotonic()
    (ours if way == "ours" else defaults)(data)
    used = (time.process_time() - cpu, time.monotonic() - wall)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{used[0]:.2f} {used[1]:.2f} {peak}\n")


def measure(way: str, rows: int) -> dict[str, tuple[float, float, int]]:
    """Return (CPU s, wall s, peak MB) of the first import of `rows` rows and of one with a hundredth changed."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "project.settings", "LOG_LEVEL": "ERROR"}
        root = Path(__file__).resolve().parents[2]
        command = [sys.executable, str(root / "manage.py"), "migrate", "-v", "0"]
        subprocess.run(command, check=True, env=env)  # noqa: S603
        for which in STEPS:
            command = [sys.executable, "-m", "tests.bench.imports", way, str(rows), which]
            said = subprocess.run(command, check=True, env=env, cwd=root, capture_output=True, text=True)  # noqa: S603
            cpu, wall, peak = said.stdout.split()[-3:]
            found[which] = (float(cpu), float(wall), int(peak))
    return found


def report() -> None:
    """Print the table."""
    write = sys.stdout.write
    write("import of a catalog           rows   CPU s  wall s  rows/s  peak MB\n")
    results = {}
    for way, rows in (("ours", 10_000), ("ours", 50_000), ("defaults", 10_000)):
        results[way, rows] = measure(way, rows)
        for which, (cpu, wall, peak) in results[way, rows].items():
            name = f"{way}, {'first' if which == 'first' else 'one in a hundred changed'}"
            write(f"{name:<28} {rows:>6} {cpu:>7.1f} {wall:>7.1f} {rows / wall:>7.0f} {peak:>8}\n")
    short, long = results["ours", 10_000]["again"], results["ours", 50_000]["again"]
    write(
        f"\nagain, ours / defaults at 10 000 rows: {short[0] / results['defaults', 10_000]['again'][0]:.2f} (at most 0.25)\n"
    )
    write(f"again, 50 000 / 10 000 rows: {long[0] / short[0]:.1f} (at most 6)\n")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        report()
    elif sys.argv[1] == "book":
        sys.stdout.buffer.write(book(int(sys.argv[2]), int(sys.argv[3])))
    else:
        step(sys.argv[1], int(sys.argv[2]), sys.argv[3])
