"""Decides how the conversation of a ticket is laid out: the last messages with their days, sides, recipients and files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from helpdesk import access
from helpdesk.lifecycle import label_of
from helpdesk.models import Attachment, Message, MessageRecipient, ReplyTemplate, Ticket, User

SHOWN = 50


@dataclass(frozen=True)
class Said:
    """A message as the page shows it to one person."""

    message: Message
    mine: bool
    to: tuple[str, ...]
    files: tuple[Attachment, ...]
    doing: str
    editable: bool


def shown(user: User, ticket: Ticket, *, everything: bool = False) -> dict[str, Any]:
    """Return the context of the messages tab: the last fifty messages, or all, and what the message box needs."""
    rows = access.visible_messages(user, ticket).select_related("author").order_by("-id")
    latest = list(rows) if everything else list(rows[: SHOWN + 1])
    said = dress(user, ticket, list(reversed(latest if everything else latest[:SHOWN])))
    return {
        "said": said,
        "earlier": not everything and len(latest) > SHOWN,
        "last_id": latest[0].pk if latest else 0,
        "may_write": access.may_write(user, ticket),
        "may_note": bool(access.may_write(user, ticket, internal=True)),
        "people": list(access.addressable(user, ticket)),
        "default_to": ticket.assignee_id if user.pk == ticket.requester_id else ticket.requester_id,
        "templates": [(template, filled(template, ticket, user)) for template in access.reply_templates(user, ticket)],
    }


def dress(user: User, ticket: Ticket, messages: list[Message]) -> list[Said]:
    """Return `messages` with their recipients and files; two queries."""
    to: dict[int, list[str]] = defaultdict(list)
    for row in MessageRecipient.objects.filter(message__in=messages).select_related("person"):
        to[row.message_id].append(str(row.person))
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for item in access.visible_files(user, ticket).filter(message__in=messages):
        files[item.message_id].append(item)
    return [
        Said(
            message,
            mine=message.author_id == user.pk,
            to=tuple(to.get(message.pk, ())),
            files=tuple(files.get(message.pk, ())),
            doing=str(label_of(message.action)) if message.action else "",
            editable=bool(access.may_edit(user, message)),
        )
        for message in messages
    ]


def filled(template: ReplyTemplate, ticket: Ticket, user: User) -> str:
    """Return the text of a template with its placeholders filled in; unknown braces stay as they are."""
    values = {
        "name": ticket.requester.first_name or str(ticket.requester),
        "number": str(ticket.pk),
        "subject": ticket.subject,
        "service": str(ticket.service),
        "agent": str(user),
    }
    text = template.text
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
