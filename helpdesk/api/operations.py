"""Decides what every operation tells of itself in the documentation: one decorator over each method of each address.

The texts are English, like the codes: they are read by people who write programs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework.serializers import Serializer

from helpdesk.api.shapes.parts import Shape

Method = TypeVar("Method", bound=Callable[..., Any])
AnyShape = type[Serializer[Any]]
EVERYBODY = "everybody who has signed in"
WHO_SEES = "everybody who sees the ticket; for all others it does not exist (404)"


@dataclass(frozen=True)
class File:
    """An answer that is bytes, not JSON."""

    text: str = "The bytes."


@dataclass(frozen=True)
class Operation:
    """A method of an address, as the documentation shows it. `errors` are statuses besides those that all have."""

    name: str
    tag: str
    summary: str
    who: str = EVERYBODY
    text: str = ""
    body: AnyShape | None = None
    files: str = ""
    answers: Mapping[int, AnyShape | File | None] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    if_match: bool = False
    public: bool = False


def operation(tag: str, name: str, summary: str, **details: Any) -> Callable[[Method], Method]:
    """Describe a method. `answers` defaults to 200 with an empty body."""

    def describe(method: Method) -> Method:
        method.operation = Operation(name=name, tag=tag, summary=summary, **details)  # type: ignore[attr-defined]
        return method

    return describe


def listing(row: AnyShape, name: str) -> AnyShape:
    """Return the shape of an unpaged list of `row`."""
    return type(name, (Shape,), {"results": row(many=True), "__doc__": "A list."})
