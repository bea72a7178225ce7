"""Decides how the people of requests are read: those of all requests at once, in a query beside that of the requests.

Joined for each of their parts, the table of people makes PostgreSQL think about the order of its joins for twenty times as long
as it then takes to answer (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from helpdesk.models import Ticket, User

PARTS = ("requester", "registered_by", "assignee")


def with_people(
    tickets: Iterable[Ticket], parts: Collection[str] = PARTS, *, columns: Collection[str] = ()
) -> list[Ticket]:
    """Return `tickets` with the people who have `parts` in them; one query. `columns` are the fields of a person that will be
    asked for, all unless named. Whoever is there is one object in all tickets."""
    found = list(tickets)
    numbers = {getattr(ticket, f"{part}_id") for ticket in found for part in parts} - {None}
    people = User.objects.only(*columns).in_bulk(numbers)
    for ticket in found:
        for part in parts:
            number = getattr(ticket, f"{part}_id")
            if number is not None:
                setattr(ticket, part, people[number])
    return found
