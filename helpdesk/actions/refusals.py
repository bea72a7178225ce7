"""Decides how a refused write is told: one exception for "you may not", one for "the page is stale", one for bad input.

Pages and API translate these; nothing swallows them. Whoever raises one has changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from helpdesk import origin

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

    from helpdesk.access import Decision
    from helpdesk.models import Ticket

__all__ = ["ActionRefused", "NotFound", "StalePage", "ValidationError"]


class ActionRefused(Exception):
    """The person may not do this to the row as it is now. `code` is stable, `reason` is for reading."""

    def __init__(self, decision: Decision, ticket: Ticket | None = None) -> None:
        super().__init__(decision.code)
        self.code = decision.code
        self.reason = decision.reason
        self.ticket = ticket
        # Pages turn a refusal into a sentence in many places; the audit must not miss one.
        origin.note_refusal(decision.code, ticket.pk if ticket is not None else None)


class NotFound(Exception):
    """The row does not exist, or is not for this person; the two are answered alike."""


@dataclass(frozen=True)
class FieldChange:
    """One field that differs: its label and both values in words."""

    label: Lazy | str
    old: str
    new: str


class StalePage(Exception):
    """The write was made from a page that showed an older `version`; `changes` say what happened since."""

    def __init__(self, ticket: Ticket, changes: list[FieldChange], by: str) -> None:
        super().__init__("stale")
        self.ticket = ticket
        self.changes = changes
        self.by = by


def bad_input(errors: Mapping[str, Lazy | str]) -> ValidationError:
    """Return the error that says, field by field, what has to be mended."""
    return ValidationError({name: [text] for name, text in errors.items()})
