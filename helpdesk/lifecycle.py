"""Decides the whole life of a ticket: its statuses, every transition, and the one table of actions.

Buttons, bulk actions, API endpoints, documentation and the diagram are drawn from `ACTIONS`. Who may act on a given
ticket is decided by `access`; what has to be supplied is checked by `actions`; this module knows neither people nor
rows. The ticket model inherits `TicketLifecycle`, because django-fsm wants field and transitions on one class.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import RETURN_VALUE, FSMField, FSMFieldDescriptor, transition

if TYPE_CHECKING:
    from datetime import datetime

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


_reason = Input("comment", InputKind.TEXT, _("Reason"))
_WORKED = (Status.NEW, Status.IN_WORK, Status.WAITING, Status.REWORK)

_TABLE = (
    Action(
        name="take",
        method="take",
        label=pgettext_lazy("action", "Take"),
        done=_("Taken into work"),
        sources=(Status.NEW, Status.REWORK),
        target=Status.IN_WORK,
        who=(Who.MEMBER,),
        effect=_("You become the assignee; the reaction clock stops."),
    ),
    Action(
        name="assign",
        method="assign",
        label=pgettext_lazy("action", "Assign"),
        done=_("Assigned"),
        sources=_WORKED,
        target=None,
        who=(Who.LEAD, Who.MEMBER),
        inputs=(Input("person", InputKind.PERSON, _("Assignee"), help=_("A member of the ticket's line.")),),
        effect=_("The person becomes the assignee and is told. A member may only assign to himself."),
    ),
    Action(
        name="ask",
        method="ask",
        label=pgettext_lazy("action", "Ask the requester"),
        done=_("Question asked"),
        sources=(Status.IN_WORK,),
        target=Status.WAITING,
        who=(Who.ASSIGNEE, Who.LEAD),
        inputs=(Input("comment", InputKind.TEXT, _("Question"), help=_("The requester gets it as a message.")),),
        effect=_("The execution clock pauses until the requester answers."),
    ),
    Action(
        name="resume",
        method="resume",
        label=pgettext_lazy("action", "Resume work"),
        done=_("Work resumed"),
        sources=(Status.WAITING,),
        target=Status.IN_WORK,
        who=(Who.ASSIGNEE, Who.LEAD),
        effect=_("The execution clock goes on with what was left. The requester's reply does the same."),
    ),
    Action(
        name="submit",
        method="submit",
        label=pgettext_lazy("action", "Submit for review"),
        done=_("Submitted for review"),
        sources=(Status.IN_WORK,),
        target=Status.ON_REVIEW,
        who=(Who.ASSIGNEE, Who.LEAD),
        inputs=(Input("comment", InputKind.TEXT, _("What was done")),),
        effect=_("The execution clock stops; the requester judges the result."),
    ),
    Action(
        name="recall",
        method="recall",
        label=pgettext_lazy("action", "Recall from review"),
        done=_("Recalled from review"),
        sources=(Status.ON_REVIEW,),
        target=Status.IN_WORK,
        who=(Who.ASSIGNEE, Who.LEAD),
        effect=_("The execution clock goes on with what was left."),
    ),
    Action(
        name="transfer",
        method="transfer",
        label=pgettext_lazy("action", "Escalate"),
        done=_("Transferred to another line"),
        sources=_WORKED,
        target=Status.NEW,
        who=(Who.MEMBER, Who.LEAD),
        inputs=(
            Input("line", InputKind.LINE, _("Support line")),
            Input("comment", InputKind.TEXT, _("Comment for the line"), help=_("Only support sees it.")),
        ),
        effect=_("The other line gets the ticket without an assignee; the execution clock goes on."),
    ),
    Action(
        name="accept",
        method="accept",
        label=pgettext_lazy("action", "Accept and rate"),
        done=_("Accepted"),
        sources=(Status.ON_REVIEW,),
        target=Status.DONE,
        who=(Who.REQUESTER,),
        bulk=False,
        inputs=(
            Input("rating", InputKind.RATING, _("Rating")),
            Input(
                "comment",
                InputKind.TEXT,
                _("Comment"),
                required=False,
                help=_("Needed for a rating of 1 or 2: it tells support what to mend."),
            ),
        ),
        effect=_("The ticket is done and the rating is kept."),
    ),
    Action(
        name="accept_silently",
        method="accept_silently",
        label=pgettext_lazy("action", "Accept by silence"),
        done=_("Accepted by silence"),
        sources=(Status.ON_REVIEW,),
        target=Status.DONE,
        who=(Who.SYSTEM,),
        effect=_("The review limit ran out: the ticket is done without a rating."),
        bulk=False,
    ),
    Action(
        name="return",
        method="send_back",
        label=pgettext_lazy("action", "Return for rework"),
        done=_("Returned for rework"),
        sources=(Status.ON_REVIEW,),
        target=Status.REWORK,
        who=(Who.REQUESTER,),
        inputs=(Input("comment", InputKind.TEXT, _("What is not right")),),
        bulk=False,
        effect=_("The assignee stays; the execution clock goes on with what was left."),
    ),
    Action(
        name="cancel",
        method="cancel",
        label=pgettext_lazy("action", "Cancel the request"),
        done=_("Cancelled"),
        sources=(Status.NEW, Status.WAITING, Status.REWORK),
        target=Status.CANCELLED,
        who=(Who.REQUESTER, Who.ASSIGNEE, Who.LEAD),
        inputs=(_reason,),
        danger=True,
        effect=_("All clocks stop."),
    ),
    Action(
        name="reopen",
        method="reopen",
        label=pgettext_lazy("action", "Reopen"),
        done=_("Reopened"),
        sources=CLOSED,
        target=Status.REWORK,
        who=(Who.REQUESTER, Who.LEAD),
        inputs=(_reason,),
        effect=_("The requester may do it within five business days; a lead at any time."),
    ),
    Action(
        name="correct",
        method="correct",
        label=pgettext_lazy("action", "Correct the status"),
        done=_("Status corrected"),
        sources=tuple(Status),
        target=None,
        who=(Who.CORRECTOR,),
        inputs=(Input("status", InputKind.STATUS, _("Right status")), _reason),
        danger=True,
        bulk=False,
        effect=_("Marked as a correction in the history and left out of personal figures."),
    ),
)

ACTIONS: dict[str, Action] = {action.name: action for action in _TABLE}
REGISTER = "register"
REGISTERED: Lazy = _("Registered")


def label_of(name: str) -> Lazy | str:
    """Return the words for an action that has happened ("Taken into work"); `name` may be `register`."""
    if name == REGISTER:
        return REGISTERED
    action = ACTIONS.get(name)
    return action.done if action else name


def actions_from(status: str) -> Iterable[Action]:
    """Return the rows of the table that start in `status`, in the order of the buttons."""
    return (action for action in _TABLE if status in action.sources)


class _ProtectedDescriptor(FSMFieldDescriptor):
    """Refuses direct assignment, but lets `refresh_from_db` of the same instance through."""

    def __set__(self, instance: Any, value: Any) -> None:
        if instance.__dict__.get("_reloading_status"):
            instance.__dict__[self.field.name] = value
            return
        super().__set__(instance, value)


class StatusField(FSMField):
    """A status that only transitions can change.

    django-fsm-2's own `FSMModelMixin` switches the protection off on the shared field object while it refreshes, so
    another thread could write through; a mark on the instance cannot leak.
    """

    descriptor_class = _ProtectedDescriptor


class TicketLifecycle(models.Model):
    """The status of a ticket and every way it can change. Call the transitions through `actions` only."""

    status = StatusField(
        _("status"), max_length=10, choices=Status.choices, default=Status.NEW, protected=True, editable=False
    )
    returns = models.PositiveSmallIntegerField(_("returned for rework, times"), default=0, editable=False)
    silently_accepted = models.BooleanField(_("accepted by silence"), default=False, editable=False)
    corrected = models.BooleanField(_("corrected by hand"), default=False, editable=False)
    taken_at = models.DateTimeField(_("taken at"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_reloading_status"] = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            del self.__dict__["_reloading_status"]

    @transition(field=status, source=[Status.NEW, Status.REWORK], target=Status.IN_WORK)
    def take(self, *, person: Any, at: datetime) -> None:
        self.assignee = person
        self.taken_at = self.taken_at or at

    @transition(field=status, source=list(_WORKED), target=None)
    def assign(self, *, person: Any) -> None:
        self.assignee = person

    @transition(field=status, source=list(_WORKED), target=Status.NEW)
    def transfer(self, *, line: Any) -> None:
        self.line = line
        self.assignee = None

    @transition(field=status, source=Status.IN_WORK, target=Status.WAITING)
    def ask(self) -> None:
        """The requester has the ball."""

    @transition(field=status, source=Status.WAITING, target=Status.IN_WORK)
    def resume(self) -> None:
        """The assignee has the ball again."""

    @transition(field=status, source=Status.IN_WORK, target=Status.ON_REVIEW)
    def submit(self, *, at: datetime) -> None:
        self.submitted_at = at

    @transition(field=status, source=Status.ON_REVIEW, target=Status.IN_WORK)
    def recall(self) -> None:
        self.submitted_at = None

    @transition(field=status, source=Status.ON_REVIEW, target=Status.DONE)
    def accept(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=status, source=Status.ON_REVIEW, target=Status.DONE)
    def accept_silently(self, *, at: datetime) -> None:
        self.closed_at = at
        self.silently_accepted = True

    @transition(field=status, source=Status.ON_REVIEW, target=Status.REWORK)
    def send_back(self) -> None:
        self.returns += 1
        self.submitted_at = None

    @transition(field=status, source=[Status.NEW, Status.WAITING, Status.REWORK], target=Status.CANCELLED)
    def cancel(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(field=status, source=list(CLOSED), target=Status.REWORK)
    def reopen(self) -> None:
        self.closed_at = None
        self.submitted_at = None
        self.silently_accepted = False

    @transition(field=status, source="*", target=RETURN_VALUE(*Status.values))
    def correct(self, *, status: str, at: datetime) -> str:
        self.corrected = True
        self.closed_at = (self.closed_at or at) if status in CLOSED else None
        if status == Status.ON_REVIEW:
            self.submitted_at = at
        return status
