"""Every variable of the environment that is read is explained, and none is explained that nobody reads."""

from __future__ import annotations

import ast
import re

from tests.contracts.sources import ROOT, mentioning, parsed

READERS = {
    "broker",
    "choice",
    "choices",
    "flag",
    "folder",
    "hosts",
    "issuer",
    "limit",
    "listen_address",
    "listing",
    "mail_address",
    "networks",
    "number",
    "secret",
    "text",
    "time_zone",
    "web_address",
}


def read() -> set[str]:
    """Return the names given to the readers of `project.env` anywhere in the product."""
    return {
        node.args[0].value
        for path in mentioning("env.")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READERS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def explained() -> set[str]:
    """Return the variables in the first column of the tables of docs/configuration.md."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_the_page_on_configuration_lists_what_is_read() -> None:
    assert "DATABASE_URL" in read()
    assert explained() == read()
