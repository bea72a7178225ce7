"""Imports run downward only: the layers written in pyproject.toml hold. What few processes need is not loaded by all."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.contracts.sources import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# Brought by passkeys, the company's sign-in, the schema of the API and the holidays of all countries: a quarter of a start.
RARE = ("webauthn", "authlib", "joserfc", "jsonschema", "holidays.countries")
START = """
import sys
import django; django.setup()
import project.urls
print(*sorted(set(sys.argv[1:]) & sys.modules.keys()))
"""


def test_the_layers_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.once
def test_a_start_loads_nothing_that_is_rarely_needed(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "project.settings", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-c", START, *RARE]
    started = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603

    assert (started.stdout, started.stderr) == ("\n", "")
