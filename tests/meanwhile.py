"""Lets something happen between two statements of the product, where another process, or the clock, would come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def meanwhile(do: Callable[[], Any], *, before: str = "", after: str = "", behind: str = "") -> Iterator[list[Any]]:
    """Let `do` happen once: right before the first statement that has `before` in it and follows one that has `after`, or
    right behind the first that has `behind`. Yield what came of it.

    What happens inside a savepoint ends with it. Fail when no such statement came.
    """
    is_due, last = True, ""
    came: list[Any] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal is_due, last
        if is_due and before and before in sql and after in last:
            is_due = False
            came.append(do())
        last = sql
        answer = execute(sql, *rest)
        if is_due and behind and behind in sql:
            is_due = False
            came.append(do())
        return answer

    with connection.execute_wrapper(watch):
        yield came
    assert not is_due, f"no statement with {before or behind} came"
