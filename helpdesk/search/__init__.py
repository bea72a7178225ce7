"""Decides how tickets are found by words: what is indexed, how a query is read, and which engine answers.

Below `actions`, because every action that changes searchable text indexes it in its own transaction (docs/adr/0005).
"""

from helpdesk.search.agreement import differences, missing_count, missing_parts, newest_is_indexed
from helpdesk.search.documents import index, index_of_person, purge, rebuild
from helpdesk.search.excerpts import Part, beginning, excerpt
from helpdesk.search.likeness import alike
from helpdesk.search.queries import (
    MOST_FOUND,
    finds_many,
    looks_at_newest_only,
    matching,
    newest_matching,
    number_of,
)
from helpdesk.search.relevance import most_relevant

__all__ = [
    "MOST_FOUND",
    "Part",
    "alike",
    "beginning",
    "differences",
    "excerpt",
    "finds_many",
    "index",
    "index_of_person",
    "looks_at_newest_only",
    "matching",
    "missing_count",
    "missing_parts",
    "most_relevant",
    "newest_is_indexed",
    "newest_matching",
    "number_of",
    "purge",
    "rebuild",
]
