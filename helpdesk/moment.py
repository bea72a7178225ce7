"""Decides what time it is.

Everything that stamps or compares a moment asks `now()`. Demo data, imports of old cases and tests move the clock with
`at(...)`; nothing else may. The override follows the context (thread or task), so two requests never share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("helpdesk_moment", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC; the moved one inside `at`."""
    return _moved.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Make `now()` answer `moment` inside the block.

    `moment` is an aware datetime in any zone. Raises ValueError for a naive one.
    """
    if timezone.is_naive(moment):
        raise ValueError("moment.at() needs an aware datetime")
    token = _moved.set(moment)
    try:
        yield moment
    finally:
        _moved.reset(token)
