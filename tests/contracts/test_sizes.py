"""Modules and functions stay small enough to be read whole, and their names say what they are about."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.contracts.sources import ROOT, functions, length, modules

pytestmark = pytest.mark.once
MODULE_LINES = 400
FUNCTION_LINES = 50
# Path of a module, or path::function, and the reason why it may be longer. An entry that is no longer needed fails.
LONGER: dict[str, str] = {}
# Names under which anything could be hidden.
EMPTY_NAMES = {"base", "common", "helpers", "misc", "utils"}
# Django looks for a database backend under this name.
NAMED_BY_OTHERS = {"project/sqlite3/base.py"}


def of_tests() -> dict[str, ast.Module]:
    """Return the modules of the tests, which are read as often as the product."""
    paths = sorted((ROOT / "tests").rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def too_long() -> set[str]:
    """Return what is over a limit, as LONGER writes it."""
    every = {**modules(), **of_tests()}
    found = {path for path in every if len((ROOT / path).read_text(encoding="utf-8").splitlines()) > MODULE_LINES}
    for path, module in every.items():
        found |= {f"{path}::{node.name}" for node in functions(module) if length(node) > FUNCTION_LINES}
    return found


def test_nothing_is_too_long_without_a_reason() -> None:
    assert too_long() == set(LONGER)


def test_every_module_is_named_for_what_it_decides_and_says_so() -> None:
    assert {path for path in modules() if Path(path).stem in EMPTY_NAMES} == NAMED_BY_OTHERS
    speaking = {path: module for path, module in modules().items() if module.body and Path(path).name != "__init__.py"}
    assert [path for path, module in speaking.items() if not ast.get_docstring(module)] == []
