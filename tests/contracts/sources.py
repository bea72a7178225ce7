"""Finds what the contracts look at: the Python modules of the product, parsed once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("project", "helpdesk", "admin_ext")


@cache
def texts() -> dict[str, str]:
    """Return every hand-written module of the product by its path from the root, such as `helpdesk/access.py`."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in paths
        if "migrations" not in path.parts
    }


@cache
def parsed(path: str) -> ast.Module:
    """Return a module of the product by its path."""
    return ast.parse(texts()[path])


def modules() -> dict[str, ast.Module]:
    """Return every module of `texts`, parsed."""
    return {path: parsed(path) for path in texts()}


def mentioning(word: str) -> list[str]:
    """Return the paths of the modules in which `word` stands: what it is part of, no other has to be parsed for."""
    return [path for path, text in texts().items() if word in text]


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module, or inside a statement."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        # An expression, of which there are many more, has none.
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from functions(child)


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the number of lines of a function, from `def` to its last line."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def under(path: str, *places: str) -> bool:
    """Return True when the module at `path` is one of `places` or lies in one that ends with a slash."""
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)
