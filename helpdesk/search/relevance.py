"""Decides which of the tickets that answer a query answer it best: those whose subjects say it, then the newest."""

from __future__ import annotations

from django.db.models import QuerySet

from helpdesk.models import Ticket
from helpdesk.search.words import stem, words

# Of more tickets than this the newest are put into order.
RANKED = 1000


def most_relevant(matching: QuerySet[Ticket], query: str, *, most: int) -> list[int]:
    """Return the numbers of at most `most` of the tickets that answer `query`, the best first.

    The same on both databases: the order is reckoned here from subjects, not by the engines.
    """
    asked = list(words(query))
    wanted = {stem(word) for word in asked}

    def rank(row: tuple[int, str]) -> tuple[float, float, int]:
        number, subject = row
        said = list(words(subject))
        hits = [word for word in said if stem(word) in wanted or (asked and word.startswith(asked[-1]))]
        covered = len({stem(word) for word in hits}) / (len(wanted) or 1)
        return (-covered, -len(hits) / (len(said) or 1), -number)

    rows = sorted(matching.order_by("-pk").values_list("pk", "subject")[:RANKED], key=rank)
    return [number for number, _subject in rows[:most]]
