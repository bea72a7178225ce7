"""Decides which texts of a ticket can be searched, and keeps their words in step with the rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Q

from helpdesk.models import Message, SearchDoc, Ticket, User
from helpdesk.search.words import stems

RELATED = ("requester", "registered_by", "service", "work_type")


def index(ticket: Ticket, messages: Iterable[Message] | None = None) -> None:
    """Store the words of `ticket` and its `messages`, which are read where they are not given.

    Call it in the transaction that changed them.
    """
    said = Message.objects.filter(ticket=ticket).order_by("id") if messages is None else messages
    public, internal = texts(ticket, said)
    SearchDoc.objects.bulk_create(
        [SearchDoc(ticket=ticket, public=public, internal=internal)],
        update_conflicts=True, unique_fields=["ticket"], update_fields=["public", "internal"],
    )  # fmt: skip


def index_of_person(person: User) -> int:
    """Index the tickets of `person` again, after a change of name; return how many."""
    tickets = Ticket.objects.filter(Q(requester=person) | Q(registered_by=person)).select_related(*RELATED)
    count = 0
    for ticket in tickets.iterator():
        index(ticket)
        count += 1
    return count


def purge() -> None:
    """Make the index forget the words that entries have lost, which FTS5 keeps until its parts are merged; PostgreSQL keeps none.

    Rewrites the whole index: seconds on a large desk.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO helpdesk_search(helpdesk_search) VALUES ('optimize')")


def rebuild(*, batch: int = 500) -> int:
    """Store the words of every ticket again, `batch` at a time; return how many tickets there are."""
    count, last = 0, 0
    while True:
        rows = list(Ticket.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch])
        if not rows:
            return count
        for pk in rows:
            _index_again(pk)
        count, last = count + len(rows), rows[-1]


def _index_again(pk: int) -> None:
    """Read the ticket under its lock, as every action does: words of a moment ago must not replace those of now."""
    with transaction.atomic():
        index(Ticket.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=pk))


def texts(ticket: Ticket, messages: Iterable[Message]) -> tuple[str, str]:
    """Return the words of `ticket` and `messages` that everybody in it may find, and those that only support may."""
    people = {ticket.requester.username}
    people |= {str(person) for person in (ticket.requester, ticket.registered_by) if person.erased_at is None}
    public = [ticket.subject, ticket.text, *_catalog(ticket), *sorted(people)]
    internal: list[str] = []
    for message in messages:
        (internal if message.is_internal else public).append(message.text)
    return stems("\n".join(public)), stems("\n".join(internal))


def _catalog(ticket: Ticket) -> tuple[str, str]:
    """Return the names of the service and the kind of work, asked for at once where neither has been read."""
    if Ticket.service.is_cached(ticket) or Ticket.work_type.is_cached(ticket):
        return ticket.service.name, ticket.work_type.name
    return Ticket.objects.values_list("service__name", "work_type__name").get(pk=ticket.pk)
