"""Decides which earlier requests a person is shown beside a request, and what is told of how each was solved."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk import access, search
from helpdesk.lifecycle import Status
from helpdesk.models import Ticket, User

_RELATED = ("assignee", "requester", "service", "work_type", "line")


@dataclass(frozen=True)
class Precedent:
    """A request like another. `solution` is what support wrote when it last submitted the result; empty while there is none."""

    ticket: Ticket
    solution: str = ""


def of_ticket(user: User, ticket: Ticket) -> list[Precedent]:
    """Return done requests that `user` may see and that are like `ticket`, the likest first; at most five."""
    done = access.visible_to(user).filter(status=Status.DONE).exclude(pk=ticket.pk)
    return _told(user, search.alike(done, ticket.subject, ticket.text))


def of_draft(user: User, subject: str, text: str = "") -> list[Precedent]:
    """Return requests, open or done, that `user` may see and that are like what he is about to file; at most five."""
    tickets = access.visible_to(user).exclude(status=Status.CANCELLED)
    return _told(user, search.alike(tickets, subject, text))


def _told(user: User, numbers: list[int]) -> list[Precedent]:
    tickets = access.visible_to(user).select_related(*_RELATED).defer("text").in_bulk(numbers)
    found = [tickets[number] for number in numbers if number in tickets]
    said = access.visible_messages_in(user, found).filter(action="submit").order_by("id")
    solutions = dict(said.values_list("ticket_id", "text"))
    return [Precedent(ticket, solutions.get(ticket.pk, "") if ticket.status == Status.DONE else "") for ticket in found]
