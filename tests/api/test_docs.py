"""The examples of docs/api.md run, in order, against a running server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpdesk.actions import tokens
from helpdesk.models import Event, Ticket
from tests.people import make_desk

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
FENCE = re.compile(r"^```(bash|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(language: str) -> str:
    """Return the examples of one language, one after the other."""
    found = [text for kind, text in FENCE.findall(GUIDE.read_text(encoding="utf-8")) if kind == language]
    assert found
    return "\n".join(found)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples need curl")
def test_the_examples_of_the_guide_run(live_server, tmp_path: Path) -> None:
    desk = make_desk()
    _token, text = tokens.create(actor=desk.anna, name="Guide", scopes=["read", "write"])
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HELPDESK": live_server.url,
        "TOKEN": text,
        "TMPDIR": str(tmp_path),
    }
    shell = ["bash", "-euo", "pipefail", "-c", blocks("bash")]
    told = subprocess.run(shell, env=environment, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr
    assert '"code":"wrong_status"' in told.stdout

    desk.file(subject="Scanner")
    python = [sys.executable, "-c", blocks("python")]
    told = subprocess.run(python, env=environment, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert told.returncode == 0, told.stderr

    printer, scanner = Ticket.objects.order_by("pk")
    assert (printer.status, printer.attachments.get().name, scanner.subject) == ("cancelled", "printer.txt", "Scanner")
    assert f"{scanner.pk} Scanner" in told.stdout
    assert len(re.findall("^[0-9]+ [a-z]+ [0-9]+$", told.stdout, re.MULTILINE)) == Event.objects.count()
