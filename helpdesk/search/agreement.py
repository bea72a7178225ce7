"""Decides whether the search index agrees with the rows: which tickets it does not know, or knows with other words."""

from __future__ import annotations

from django.db import connection

from helpdesk.models import Message, SearchDoc, Ticket
from helpdesk.search.documents import RELATED, texts


def newest_is_indexed() -> bool:
    """Ask the engine something, and return whether it knows the newest ticket (True when there is none).

    Raises DatabaseError when the index itself is broken or gone.
    """
    table = "helpdesk_searchdoc" if connection.vendor == "postgresql" else "helpdesk_search"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - one of two names
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest is None or SearchDoc.objects.filter(pk=newest).exists()


def missing_count() -> int:
    """Return how many tickets have no entry at all."""
    return Ticket.objects.filter(search_doc=None).count()


def missing_parts() -> list[str]:
    """Return the names of indexes, tables and triggers of the engine that are not in the database."""
    if connection.vendor == "postgresql":
        wanted = {"helpdesk_search_words"}
        sql = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    else:
        wanted = {"helpdesk_search", *(f"helpdesk_search_{when}" for when in ("insert", "update", "delete"))}
        sql = "SELECT name FROM sqlite_master"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(wanted - {name for (name,) in cursor.fetchall()})


def differences(*, newest: int | None = None) -> list[int]:
    """Return the numbers of tickets whose entry is missing or has other words than the rows, newest first.

    `newest` bounds how many tickets are compared; without it all are, a few thousand a second.
    """
    tickets = Ticket.objects.order_by("-pk").select_related(*RELATED)[:newest]
    found = []
    for ticket in tickets.iterator(chunk_size=500):
        kept = SearchDoc.objects.filter(pk=ticket.pk).values_list("public", "internal").first()
        if kept != texts(ticket, Message.objects.filter(ticket=ticket).order_by("id")):
            found.append(ticket.pk)
    return found
