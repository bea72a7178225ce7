"""Decides which rows a person sees: tickets, messages, files, services, lines. Every list and look-up starts here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from django.db.models import BooleanField, Case, Exists, Model, OuterRef, Q, QuerySet, Value, When

from helpdesk.access.grounds import OF_SUPPORT, grounds
from helpdesk.access.roles import NOBODY, Right, Visitor, has_right, roles_of
from helpdesk.models import (
    Attachment,
    Event,
    Membership,
    Message,
    MessageRecipient,
    Notice,
    ReplyTemplate,
    Service,
    SupportLine,
    Ticket,
    User,
    WorkType,
)

_Row = TypeVar("_Row", bound=Model)


def visible_to(user: Visitor) -> QuerySet[Ticket]:
    """Return the tickets `user` may see; none for an anonymous or inactive one."""
    roles = roles_of(user)
    if roles is NOBODY:
        return Ticket.objects.none()
    if Right.SEE_ALL_TICKETS in roles.rights:
        return Ticket.objects.all()
    mine = Q(requester=user) | Q(registered_by=user)
    if roles.lines:
        mine |= Q(line__in=roles.lines) | Q(assignee=user)
    return Ticket.objects.filter(mine)


def on_led_lines(user: Visitor) -> QuerySet[Ticket]:
    """Return the tickets on the lines that `user` leads, all of which he sees."""
    return Ticket.objects.filter(line__in=roles_of(user).led)


def _whose_ticket(tickets: QuerySet[Ticket]) -> Q:
    """Return the condition on rows of a ticket that it is one of `tickets`.

    Asked of each row, of which there are few, by the key of its ticket; a list of the tickets would be made first, and
    there may be a million.
    """
    return Q(Exists(tickets.order_by().filter(pk=OuterRef("ticket_id"))))


def can_see(user: Visitor, ticket: Ticket) -> bool:
    """The same rule as `visible_to`, asked of one loaded ticket, without a query."""
    return bool(grounds(user, ticket))


def is_support(user: Visitor, ticket: Ticket) -> bool:
    """Say whether `user` looks at `ticket` from the support's side: internal notes and template replies are for him."""
    return not OF_SUPPORT.isdisjoint(grounds(user, ticket))


def support_side(user: Visitor) -> Q:
    """Return the condition on tickets that `is_support` states for one, for use in filters."""
    roles = roles_of(user)
    if Right.SEE_ALL_TICKETS in roles.rights:
        return Q()
    if not roles.lines:
        return Q(pk__in=[])
    return Q(line__in=roles.lines) | Q(assignee=user)


def visible_messages(user: Visitor, ticket: Ticket) -> QuerySet[Message]:
    """Return the messages of a ticket that `user` may read, oldest first; notes only for the support's side."""
    if not can_see(user, ticket):
        return Message.objects.none()
    messages = Message.objects.filter(ticket=ticket)
    return messages if is_support(user, ticket) else messages.filter(is_internal=False)


def visible_messages_in(user: Visitor, tickets: Iterable[Ticket]) -> QuerySet[Message]:
    """Return what `visible_messages` returns for each of `tickets`, in one query."""
    seen = [ticket for ticket in tickets if can_see(user, ticket)]
    support = [ticket.pk for ticket in seen if is_support(user, ticket)]
    of_seen = Message.objects.filter(ticket__in=[ticket.pk for ticket in seen])
    return of_seen.filter(Q(is_internal=False) | Q(ticket__in=support))


def visible_attachments(user: Visitor) -> QuerySet[Attachment]:
    """Return the files `user` may download: of tickets he sees, without those of internal notes unless he is support."""
    files = Attachment.objects.filter(_whose_ticket(visible_to(user)))
    if has_right(user, Right.SEE_ALL_TICKETS):
        return files
    public = Q(message__isnull=True) | Q(message__is_internal=False)
    if not roles_of(user).lines:
        return files.filter(public)
    return files.filter(public | Q(ticket__line__in=roles_of(user).lines) | Q(ticket__assignee=user))


def visible_files(user: Visitor, ticket: Ticket) -> QuerySet[Attachment]:
    """The same rule as `visible_attachments`, asked of one loaded ticket."""
    if not can_see(user, ticket):
        return Attachment.objects.none()
    files = Attachment.objects.filter(ticket=ticket)
    return files if is_support(user, ticket) else files.exclude(message__is_internal=True)


def unread_messages(user: Visitor) -> QuerySet[Message]:
    """Return the unread messages addressed to `user` in tickets he still sees, newest first."""
    if roles_of(user) is NOBODY:
        return Message.objects.none()
    unread = Message.objects.filter(addressed__person=user.pk, addressed__read_at=None)
    return _asked_of_each(unread, _readable(user, "is_internal")).order_by("-id")


def unread_in(user: Visitor, tickets: Collection[int]) -> QuerySet[Message]:
    """Return the unread messages addressed to `user` in those of the tickets with these ids that he sees.

    They are looked for in the tickets: a person may have hundreds of them, of which a page of tickets has a few.
    """
    if roles_of(user) is NOBODY:
        return Message.objects.none()
    mine = MessageRecipient.objects.filter(message=OuterRef("pk"), person=user.pk, read_at=None)
    return _asked_of_each(Message.objects.filter(Exists(mine), ticket__in=tickets), _readable(user, "is_internal"))


def _asked_of_each(rows: QuerySet[_Row], condition: Q) -> QuerySet[_Row]:
    """Return those of `rows`, which are few, that meet `condition`.

    PostgreSQL takes three times as long to find out which index might serve the condition as to ask it of each row.
    """
    if not condition:
        return rows
    return rows.filter(Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()))


def _readable(user: Visitor, internal: str = "") -> Q:
    """Return the condition on rows of a ticket that `user` may read them; those with the mark `internal` are for support.

    The ticket is joined: asked whether there is one, PostgreSQL would list all that the person sees.
    """
    roles = roles_of(user)
    if Right.SEE_ALL_TICKETS in roles.rights:
        return Q()
    mine = Q(ticket__requester=user) | Q(ticket__registered_by=user)
    if internal:
        mine &= Q(**{internal: False})
    return mine | Q(ticket__line__in=roles.lines) | Q(ticket__assignee=user) if roles.lines else mine


def visible_services(user: Visitor) -> QuerySet[Service]:
    """Return the services `user` may pick: active ones, with at least one active kind of work; all for the catalog's
    administrators."""
    if roles_of(user) is NOBODY:
        return Service.objects.none()
    if has_right(user, Right.MANAGE_CATALOG):
        return Service.objects.all()
    return Service.objects.filter(is_active=True, work_types__is_active=True).distinct()


def visible_work_types(user: Visitor) -> QuerySet[WorkType]:
    """Return the kinds of work `user` may pick: active ones of active services; all for the catalog's administrators."""
    if roles_of(user) is NOBODY:
        return WorkType.objects.none()
    if has_right(user, Right.MANAGE_CATALOG):
        return WorkType.objects.all()
    return WorkType.objects.filter(is_active=True, service__is_active=True)


def visible_events(user: Visitor) -> QuerySet[Event]:
    """Return what happened to the tickets `user` sees, oldest first; internal events only for the support's side."""
    if roles_of(user) is NOBODY:
        return Event.objects.none()
    return Event.objects.filter(_readable(user, "internal")).order_by("id")


def visible_lines(user: Visitor) -> QuerySet[SupportLine]:
    """Return the lines whose names `user` may see: all for support and administrators, none for requesters."""
    roles = roles_of(user)
    if roles.lines or roles.rights & {Right.SEE_ALL_TICKETS, Right.MANAGE_CATALOG}:
        return SupportLine.objects.all()
    return SupportLine.objects.none()


def reply_templates(user: Visitor, ticket: Ticket) -> QuerySet[ReplyTemplate]:
    """Return the templates `user` may insert in `ticket`: those of its line and those of every line."""
    if not is_support(user, ticket):
        return ReplyTemplate.objects.none()
    return ReplyTemplate.objects.filter(Q(line=None) | Q(line=ticket.line_id))


def assignable(ticket: Ticket) -> QuerySet[User]:
    """Return the people a ticket can be assigned to: active members of its line."""
    return User.objects.filter(is_active=True, memberships__line=ticket.line_id).order_by("last_name", "first_name")


def assignable_by(user: Visitor, ticket: Ticket) -> list[User]:
    """Return the people `user` can assign a ticket to: whoever leads its line any member, a member himself, without a query."""
    roles = roles_of(user)
    if ticket.line_id in roles.led:
        return list(assignable(ticket))
    return [user] if isinstance(user, User) and ticket.line_id in roles.lines else []


def addressable(user: Visitor, ticket: Ticket) -> QuerySet[User]:
    """Return the people `user` may address a message to: the requester, who registered it, and the line's members."""
    if not can_see(user, ticket):
        return User.objects.none()
    known = {ticket.requester_id, ticket.registered_by_id, ticket.assignee_id} - {None, user.pk}
    people = Q(pk__in=known)
    if is_support(user, ticket):
        # By the keys of the members: a join to them would be tried for every person there is.
        people |= Q(pk__in=Membership.objects.filter(line=ticket.line_id).exclude(person=user.pk).values("person"))
    return User.objects.filter(people, is_active=True).order_by("last_name", "first_name")


def unread_notices(user: Visitor) -> QuerySet[Notice]:
    """Return what `user` has been told in the panel and has not read, newest first, of tickets he still sees."""
    if roles_of(user) is NOBODY:
        return Notice.objects.none()
    unread = Notice.objects.filter(person=user.pk, read_at=None)
    return _asked_of_each(unread, _readable(user)).order_by("-id")


def colleagues(user: Visitor) -> QuerySet[User]:
    """Return the people `user` may look up to file a request for: active ones, and only for support."""
    if not has_right(user, Right.REGISTER_FOR_OTHERS):
        return User.objects.none()
    return User.objects.filter(is_active=True).order_by("last_name", "first_name")


def has_photo(user: Visitor, person_id: int) -> User | None:
    """Return the person whose photo `user` may see: every signed-in person sees those of active people."""
    if roles_of(user) is NOBODY:
        return None
    return User.objects.filter(pk=person_id, is_active=True).exclude(photo="").first()


def line_people(user: Visitor) -> QuerySet[User]:
    """Return the support people `user` may filter tickets by: those of his lines, or of all for who sees all."""
    roles = roles_of(user)
    if Right.SEE_ALL_TICKETS in roles.rights:
        people = User.objects.filter(memberships__isnull=False)
    else:
        people = User.objects.filter(memberships__line__in=roles.lines)
    return people.distinct().order_by("last_name", "first_name")


def message_for(user: Visitor, message_id: int) -> Message | None:
    """Return the message if `user` may read it."""
    message = Message.objects.filter(pk=message_id).select_related("ticket").first()
    if message is None or not visible_messages(user, message.ticket).filter(pk=message_id).exists():
        return None
    return message


def template_lines(user: Visitor) -> QuerySet[SupportLine]:
    """Return the lines whose reply templates `user` may change."""
    if has_right(user, Right.ADMINISTER):
        return SupportLine.objects.all()
    return SupportLine.objects.filter(pk__in=roles_of(user).led)


def manageable_templates(user: Visitor) -> QuerySet[ReplyTemplate]:
    """Return the reply templates `user` may change."""
    if has_right(user, Right.ADMINISTER):
        return ReplyTemplate.objects.all()
    return ReplyTemplate.objects.filter(line__in=roles_of(user).led)
