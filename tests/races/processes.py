"""How a test starts real processes of the product on its own database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from django.db import connections

ROOT = Path(__file__).resolve().parents[2]
PROLOGUE = """
import json, sys, time
import django
from django.conf import settings
settings.DATABASES["default"].update(json.loads(sys.argv[1]))
django.setup()
"""


def start(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start `program` in a Python of its own, with the database of the test; it may read lines and write them."""
    database = json.dumps({"NAME": str(connections["default"].settings_dict["NAME"])})
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROLOGUE + program, database, *arguments],
        cwd=ROOT, env={**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings", **environment},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def together(running: list[subprocess.Popen[str]]) -> list[str]:
    """Let programs that have said "ready" and read a moment go on at the same moment; return what each says."""
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    moment = f"{time.time() + 0.3}\n"
    answers = []
    for process in running:
        assert process.stdin is not None
        process.stdin.write(moment)
        process.stdin.flush()
    for process in running:
        answers.append(process.communicate(timeout=120)[0].strip())
        assert process.returncode == 0
    return answers
