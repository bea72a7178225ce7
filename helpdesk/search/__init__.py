"""Decides how tickets are found by words: what is indexed, how a query is read, and which engine answers.

Below `actions`, because every action that changes searchable text indexes it in its own transaction (docs/adr/0005).
"""

from helpdesk.search.agreement import differences, missing_count, missing_parts, newest_is_indexed
from helpdesk.search.documents import index, index_of_person, purge, rebuild
from helpdesk.search.excerpts import Part, beginning, excerpt
from helpdesk.search.likeness import alike
from helpdesk.search.queries import MOST_FOUND, looks_at_newest_only, matching, names_more_than_words, number_of
from helpdesk.search.relevance import most_relevant

__all__ = [
    "MOST_FOUND",
    "Part",
    "alike",
    "beginning",
    "differences",
    "excerpt",
    "index",
    "index_of_person",
    "looks_at_newest_only",
    "matching",
    "missing_count",
    "missing_parts",
    "most_relevant",
    "names_more_than_words",
    "newest_is_indexed",
    "number_of",
    "purge",
    "rebuild",
]
