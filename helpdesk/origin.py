"""Decides where a request came from, and keeps that for whatever is written down while it is answered.

The value follows the context (thread or task), so two requests never share it; outside of a request there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Origin:
    """A request: the network address of the caller, its id in the log, who asks, and what was refused to him."""

    address: str = ""
    request_id: str = ""
    person: Callable[[], Any] = lambda: None
    refused: dict[tuple[str, int | None], None] = field(default_factory=dict)


_NONE = Origin()
_current: ContextVar[Origin] = ContextVar("helpdesk_origin", default=_NONE)


def current() -> Origin:
    """Return the request that is being answered; an empty one in a command or a job."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[Origin]:
    """Make `current()` answer `origin` inside the block."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def note_refusal(code: str, ticket_id: int | None) -> None:
    """Remember that the request asked for something it may not have; the same thing once."""
    origin = _current.get()
    if origin is not _NONE:
        origin.refused[code, ticket_id] = None
