"""Decides how the status of a ticket changes: a field that only transitions can set, and every transition.

The ticket model inherits `TicketLifecycle`, because django-fsm wants field and transitions on one class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, FSMFieldDescriptor, transition

from helpdesk.lifecycle.course import seconds
from helpdesk.lifecycle.terms import CLOSED, WORKED, Status

if TYPE_CHECKING:
    from datetime import datetime


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
    reaction = models.PositiveIntegerField(_("seconds until it was first taken"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    if TYPE_CHECKING:
        created_at: datetime

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
        if self.taken_at is None:
            self.taken_at, self.reaction = at, seconds(self.created_at, at)

    @transition(field=status, source=list(WORKED), target=None)
    def assign(self, *, person: Any) -> None:
        self.assignee = person

    @transition(field=status, source=list(WORKED), target=Status.NEW)
    def transfer(self, *, line: Any) -> None:
        self.line = line
        self.assignee = None

    @transition(field=status, source=list(WORKED), target=None)
    def reclassify(self, *, work_type: Any) -> None:
        self.work_type = work_type
        self.service = work_type.service
        self.priority = work_type.priority
        self.reaction_limit = work_type.reaction_limit
        self.execution_limit = work_type.execution_limit

    @transition(field=status, source=list(WORKED), target=Status.NEW)
    def release(self) -> None:
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

    @transition(field=status, source=Status.WAITING, target=Status.CANCELLED)
    def cancel_silently(self, *, at: datetime) -> None:
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
