"""Decides what happens to what hangs on a person who leaves: his requests go on, his lines, roles, tokens and sessions end."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk import access
from helpdesk.access import Right
from helpdesk.actions import accounts, audit, records, sign_ins, tokens, work
from helpdesk.actions.refusals import ActionRefused, bad_input
from helpdesk.lifecycle import CLOSED, WORKED, Status
from helpdesk.models import ApiToken, AuditKind, Membership, Ticket, User, Webhook
from helpdesk.models.recording import sign
from helpdesk.moment import now


@dataclass(frozen=True)
class Hanging:
    """What hangs on a person: requests he works on, those whose result is being judged, and everything that is his."""

    assigned: QuerySet[Ticket]
    on_review: QuerySet[Ticket]
    own: QuerySet[Ticket]
    registered: QuerySet[Ticket]
    memberships: QuerySet[Membership]
    roles: list[str]
    sign_ins: int
    tokens: int
    webhooks: QuerySet[Webhook]


def hanging_on(*, actor: User, person: User) -> Hanging:
    """Return what hangs on `person`. Raises ActionRefused without the right to manage people."""
    require_right(actor)
    assigned = Ticket.objects.filter(assignee=person).select_related("line").order_by("line__name", "pk")
    return Hanging(
        assigned.filter(status__in=WORKED),
        assigned.filter(status=Status.ON_REVIEW),
        Ticket.objects.filter(requester=person).exclude(status__in=CLOSED).order_by("pk"),
        Ticket.objects.filter(registered_by=person).exclude(requester=person).exclude(status__in=CLOSED).order_by("pk"),
        Membership.objects.filter(person=person).select_related("line").order_by("line__name"),
        sorted(person.groups.values_list("name", flat=True)),
        len(sign_ins.of(person=person)),
        ApiToken.objects.filter(person=person, revoked_at=None).count(),
        Webhook.objects.filter(owner=person).order_by("name"),
    )


def successors(*, actor: User, person: User) -> QuerySet[User]:
    """Return the active colleagues of the lines on which `person` has requests to hand on."""
    lines = hanging_on(actor=actor, person=person).assigned.order_by().values("line")
    found = User.objects.filter(is_active=True, memberships__line__in=lines).exclude(pk=person.pk)
    return found.distinct().order_by("last_name", "first_name")


def let_go(*, actor: User, person: User, to: User | None = None) -> int:
    """Switch the account of `person` off, hand his open requests on and end all that is his; return how many were handed on.

    Requests go to `to` where he is on their line, else back to their lines, which are told. One whose result is being
    judged stays with him: anybody of the line may take it when it comes back. Raises ActionRefused, ValidationError.
    """
    require_right(actor)
    records.refuse_to_end_oneself(actor, person.pk, is_active=False)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if not person.is_active:
            raise ActionRefused(access.denied("inactive", _("This account is switched off already.")))
        if to is not None and not successors(actor=actor, person=person).filter(pk=to.pk).exists():
            raise bad_input({"to": _("Choose an active colleague of these lines.")})
        return end(actor=actor, person=person, to=to)


def end(*, actor: User, person: User, to: User | None = None) -> int:
    """Do what letting go means, to whoever is let go already too, without asking again; inside a transaction."""
    hanging, was_active = hanging_on(actor=actor, person=person), person.is_active
    moved = [_hand_on(ticket, to) for ticket in hanging.assigned]
    for membership in hanging.memberships:
        records.delete(actor=actor, record=membership)
    for webhook in hanging.webhooks:
        webhook.owner = actor
        records.save(actor=actor, record=webhook)
    if hanging.roles:
        accounts.set_groups(actor=actor, person=person, groups=[])
    tokens.revoke_all(person=person)
    sign_ins.end_all(person=person)
    _switch_off(actor, person)
    if was_active:
        audit.record(AuditKind.LET_GO, actor=actor, about=person, moved=moved)
    return len(moved)


def _hand_on(ticket: Ticket, to: User | None) -> int:
    # Without the name: the history keeps who it was by number, and may outlive the name.
    reason = _("The assignee has left.")
    if to is not None and access.assignable(ticket).filter(pk=to.pk).exists():
        work.hand_over(ticket_id=ticket.pk, person=to, reason=reason)
    else:
        work.release(ticket_id=ticket.pk, reason=reason)
    return ticket.pk


def _switch_off(actor: User, person: User) -> None:
    """Without its password an account that is switched on again has none of its old sessions."""
    person.is_active = False
    person.set_unusable_password()
    sign(person, by=actor, at=now(), reason=_("Let go"))
    person.save(update_fields=["is_active", "password"])
    access.forget_roles(person)


def require_right(actor: User) -> None:
    """Raise ActionRefused without the right to manage people."""
    if not access.has_right(actor, Right.MANAGE_PEOPLE):
        raise ActionRefused(access.denied("no_right", _("Your role does not include this.")))
