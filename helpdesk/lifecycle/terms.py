"""Decides the words of a ticket's life: its statuses, the parts people have in it, what an action is and asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class Status(models.TextChoices):
    NEW = "new", pgettext_lazy("status", "New")
    IN_WORK = "in_work", pgettext_lazy("status", "In work")
    WAITING = "waiting", pgettext_lazy("status", "Waiting for the requester")
    ON_REVIEW = "on_review", pgettext_lazy("status", "On review")
    REWORK = "rework", pgettext_lazy("status", "For rework")
    DONE = "done", pgettext_lazy("status", "Done")
    CANCELLED = "cancelled", pgettext_lazy("status", "Cancelled")


CLOSED = (Status.DONE, Status.CANCELLED)
OPEN = tuple(status for status in Status if status not in CLOSED)
# The ticket is on its line, and support may hand it on.
WORKED = (Status.NEW, Status.IN_WORK, Status.WAITING, Status.REWORK)


class Who(StrEnum):
    """The parts a person can have in a ticket; `access` says who has them."""

    REQUESTER = "requester"
    MEMBER = "member"
    ASSIGNEE = "assignee"
    LEAD = "lead"
    CORRECTOR = "corrector"
    SYSTEM = "system"


WHO_LABELS: dict[Who, Lazy] = {
    Who.REQUESTER: _("requester"),
    Who.MEMBER: _("member of the ticket's line"),
    Who.ASSIGNEE: _("assignee"),
    Who.LEAD: _("lead of the ticket's line"),
    Who.CORRECTOR: _("administrator with the right to correct"),
    Who.SYSTEM: _("the system"),
}


class InputKind(StrEnum):
    TEXT = "text"
    RATING = "rating"
    LINE = "line"
    PERSON = "person"
    STATUS = "status"
    WORK_TYPE = "work_type"


@dataclass(frozen=True)
class Input:
    """One thing an action asks for: `name` is the keyword of the action and the field of form and API alike."""

    name: str
    kind: InputKind
    label: Lazy
    required: bool = True
    help: Lazy | str = ""


@dataclass(frozen=True)
class Action:
    """A row of the lifecycle table. `target` None keeps the status; `sources` are the statuses it starts from."""

    name: str
    label: Lazy
    done: Lazy
    sources: tuple[Status, ...]
    target: Status | None
    who: tuple[Who, ...]
    inputs: tuple[Input, ...] = ()
    method: str = ""
    effect: Lazy | str = ""
    danger: bool = False
    bulk: bool = True
