"""Tickets are read through `access` and written through `actions`; nothing else names the calls that go around them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.contracts.sources import mentioning, parsed, under

if TYPE_CHECKING:
    from collections.abc import Iterator

# Who may read rows before asking: the policy itself, the piles that it bounds, the writes (which ask it under the lock).
READERS = (
    "helpdesk/access/",
    "helpdesk/queues.py",
    "helpdesk/actions/",
    "helpdesk/models/",
    "helpdesk/notify/",  # tells people of events, and asks access for each of them
    "helpdesk/search/",  # writes the words of every ticket; what is found is bounded by the caller
    # Add up the whole desk and see what of it has changed; only reports on the whole desk are told.
    "helpdesk/reports/adding_up.py",
    "helpdesk/reports/keeping.py",
    "helpdesk/reports/kept_months.py",
)
# Who may write many rows at once, which no history sees.
WRITERS = ("helpdesk/actions/", "helpdesk/clocks.py", "helpdesk/clocks/", "helpdesk/notify/", "helpdesk/search/")
# Who may set the status: django_fsm alone, through the transitions of the lifecycle.
STATUS_SETTERS = ("helpdesk/lifecycle/",)

SCOPED_MODELS = {"Ticket", "Message", "Attachment"}


def calls(path: str, name: str) -> Iterator[str]:
    """Yield the places of a module that call a method `name`, as path:line."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield f"{path}:{node.lineno}"


def updates_rows(path: str) -> Iterator[str]:
    """Yield the places that call `.update(field=…)` as a queryset has it; a dictionary takes its items by position."""
    for node in ast.walk(parsed(path)):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        if called and node.keywords and not node.args:
            yield f"{path}:{node.lineno}"


def reads_all(path: str) -> Iterator[str]:
    """Yield the places that start from every row of a model whose rows belong to somebody."""
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager", "_base_manager"}
            and isinstance(node.value, ast.Name)
            and node.value.id in SCOPED_MODELS
        ):
            yield f"{path}:{node.lineno}"


def sets_status(path: str) -> Iterator[str]:
    """Yield the places that assign to an attribute `status`."""
    for node in ast.walk(parsed(path)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
            yield f"{path}:{node.lineno}"


def signs_in(path: str) -> Iterator[str]:
    """Yield the places that take Django's `login`, which asks for no second step."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.contrib.auth":
            yield from (f"{path}:{node.lineno}" for name in node.names if name.name == "login")


def test_sign_ins_end_in_one_action() -> None:
    found = [place.partition(":")[0] for path in mentioning("login") for place in signs_in(path)]

    assert found == ["helpdesk/actions/signing_in.py"]


def test_rows_are_read_through_access() -> None:
    paths = sorted({path for model in SCOPED_MODELS for path in mentioning(f"{model}.")})

    assert [place for path in paths if not under(path, *READERS) for place in reads_all(path)] == []


def outside(word: str) -> list[str]:
    """Return the modules of the domain and the panel in which `word` stands and that are none of the WRITERS."""
    found = [path for path in mentioning(word) if path.startswith(("helpdesk/", "admin_ext/"))]
    return [path for path in found if not under(path, *WRITERS)]


def test_many_rows_are_written_at_once_only_where_history_is_kept_by_hand() -> None:
    found = [place for name in ("bulk_create", "bulk_update") for path in outside(name) for place in calls(path, name)]
    found += [place for path in outside(".update(") for place in updates_rows(path)]

    assert found == []


def test_the_status_is_set_by_the_lifecycle_alone() -> None:
    paths = [path for path in mentioning(".status") if not under(path, *STATUS_SETTERS)]

    assert [place for path in paths for place in sets_status(path)] == []
