"""Decides how people talk in a ticket: posting, editing, reading; a requester's reply to a question resumes the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from helpdesk import access, clocks, notify, search
from helpdesk.actions import attachments
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.actions.texts import clean_text
from helpdesk.actions.transition import locked, save
from helpdesk.lifecycle import Status
from helpdesk.models import Message, MessageRecipient, Notice, Ticket, User
from helpdesk.models.recording import sign
from helpdesk.moment import now

MAX_TEXT = 20_000


def post(
    *,
    actor: User,
    ticket_id: int,
    text: str,
    internal: bool = False,
    to: Iterable[int] | None = None,
    files: Sequence[Any] = (),
) -> Message:
    """Post a message, or an internal note, and return it.

    `to` are ids of addressable people; None addresses the other side: support's message goes to the requester, the
    requester's to the assignee. `files` are uploaded files. The requester's reply to a question resumes the work.
    Raises NotFound, ActionRefused, ValidationError.
    """
    text = clean_text(text, "text", maximum=MAX_TEXT, required=not files)
    checked = attachments.check(files)
    with transaction.atomic():
        ticket = locked(ticket_id, actor)
        verdict = access.may_write(actor, ticket, internal=internal)
        if not verdict:
            raise ActionRefused(verdict, ticket)
        people = _addressed(actor, ticket, internal, to)
        message = say(ticket, actor=actor, text=text, internal=internal, to=people)
        attachments.keep(checked, ticket=ticket, message=message, actor=actor)
        answered = not internal and actor.pk == ticket.requester_id and ticket.status == Status.WAITING
        if answered:
            at = now()
            ticket.resume()
            clocks.apply(ticket, "resume", at=at, actor=actor, reason="")
            save(ticket, "resume", actor=actor, at=at)
            notify.record(ticket, "resume", actor=actor, at=at, data={"by_reply": True})
    return message


def say(
    ticket: Ticket,
    *,
    actor: User,
    text: str,
    action: str = "",
    internal: bool = False,
    to: Iterable[User] = (),
) -> Message:
    """Store a message in a locked ticket and tell of it; for actions, which have asked access already."""
    at = now()
    message = Message(ticket=ticket, author=actor, text=text, is_internal=internal, action=action, created_at=at)
    sign(message, by=actor, at=at)
    message.save()
    recipients = [person for person in to if person.pk != actor.pk]
    MessageRecipient.objects.bulk_create(MessageRecipient(message=message, person=person) for person in recipients)
    search.index(ticket)
    notify.record(
        ticket,
        "note" if internal else "message",
        actor=actor,
        at=at,
        internal=internal,
        data={"message": message.pk, "to": [person.pk for person in recipients], "action": action},
    )
    return message


def edit(*, actor: User, message_id: int, text: str) -> Message:
    """Change the text of one's own message for a quarter of an hour; the old text stays in the history."""
    text = clean_text(text, "text", maximum=MAX_TEXT)
    with transaction.atomic():
        message = Message.objects.filter(pk=message_id).select_related("ticket").first()
        if message is None or not access.visible_messages(actor, message.ticket).filter(pk=message_id).exists():
            raise NotFound(message_id)
        ticket = locked(message.ticket_id, actor)
        verdict = access.may_edit(actor, message)
        if not verdict:
            raise ActionRefused(verdict, ticket)
        if message.text != text:
            message.text = text
            message.edited_at = now()
            sign(message, by=actor, at=message.edited_at)
            message.save()
            search.index(ticket)
    return message


def mark_read(*, actor: User, ticket_id: int, upto: int | None = None) -> int:
    """Mark what was addressed to `actor` in a ticket as read, up to message `upto`; return how many were unread.

    Reading the ticket is also reading the notices about it.
    """
    notices = Notice.objects.filter(person=actor, ticket=ticket_id, read_at=None)
    unread = MessageRecipient.objects.filter(person=actor, read_at=None, message__ticket=ticket_id)
    if upto is not None:
        unread = unread.filter(message__lte=upto)
    # Opening a page must not wait for a writer when there is nothing to write: one look at both.
    noticed, addressed = User.objects.values_list(Exists(notices), Exists(unread)).get(pk=actor.pk)
    if noticed:
        notices.update(read_at=now())
    return unread.update(read_at=now()) if addressed else 0


def mark_all_read(*, actor: User) -> int:
    """Mark everything addressed to `actor`, and every notice, as read; return how many messages were unread."""
    Notice.objects.filter(person=actor, read_at=None).update(read_at=now())
    return MessageRecipient.objects.filter(person=actor, read_at=None).update(read_at=now())


def _addressed(actor: User, ticket: Ticket, internal: bool, to: Iterable[int] | None) -> list[User]:
    if to is None:
        if internal:
            return []
        other = ticket.requester if actor.pk != ticket.requester_id else ticket.assignee
        return [other] if other else []
    wanted = set(to)
    people = list(access.addressable(actor, ticket).filter(pk__in=wanted))
    if len(people) != len(wanted):
        raise bad_input({"to": _("Some of these people cannot be addressed in this request.")})
    if internal and any(not access.is_support(person, ticket) for person in people):
        raise bad_input({"to": _("An internal note can be addressed to support only.")})
    return people
