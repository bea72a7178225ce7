"""An upgrade of a package must not change a template under ours unseen.

Ours with the name of a template of another package replace it or extend it. The hash of each such template is kept in a
file; when an upgrade changes one, compare the two versions, carry over what matters, and run `make templates`.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from django.apps import apps

from tests.contracts.sources import ROOT

KEPT = Path(__file__).with_name("upstream_templates.json")


def upstream() -> dict[str, str]:
    """Return `package: template` and the SHA-256 of every template of another package that one of ours covers."""
    folders = {config.name: Path(config.path) / "templates" for config in apps.get_app_configs()}
    folders["django.forms"] = Path(str(apps.get_app_config("auth").path)).parents[1] / "forms" / "templates"
    ours = [folder for folder in folders.values() if folder.is_relative_to(ROOT) and ".venv" not in folder.parts]
    names = {str(path.relative_to(folder)) for folder in ours for path in folder.rglob("*") if path.is_file()}
    return {
        f"{package}: {name}": hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for package, folder in sorted(folders.items())
        if folder not in ours
        for name in sorted(names)
        if (folder / name).is_file()
    }


def test_no_template_under_ours_has_changed() -> None:
    found = upstream()
    if os.environ.get("WRITE_TEMPLATE_HASHES"):
        KEPT.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    assert found == json.loads(KEPT.read_text(encoding="utf-8"))
