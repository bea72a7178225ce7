"""Decides which rows of requests a person may take out as his own: never a note about him, only those he wrote himself."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from helpdesk.models import Attachment, Message, Ticket, User


def own_requests(person: User) -> QuerySet[Ticket]:
    """Return the requests that are the person's: he asks, or filed them for somebody."""
    return Ticket.objects.filter(Q(requester=person) | Q(registered_by=person)).order_by("pk")


def assigned_requests(person: User) -> QuerySet[Ticket]:
    """Return the requests that were last assigned to the person."""
    return Ticket.objects.filter(assignee=person).order_by("pk")


def own_messages(person: User) -> QuerySet[Message]:
    """Return what was said in public in his requests, and what he wrote himself anywhere."""
    public = Q(ticket__in=own_requests(person).order_by(), is_internal=False)
    return Message.objects.filter(public | Q(author=person)).order_by("ticket_id", "pk")


def own_files(person: User) -> QuerySet[Attachment]:
    """Return the files he attached."""
    return Attachment.objects.filter(uploaded_by=person).order_by("pk")
