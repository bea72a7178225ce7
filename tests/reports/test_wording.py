"""A figure, what it is made of and how it changed, in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from helpdesk.reports.shapes import Tile
from helpdesk.reports.wording import change_words, note_words


def tile(name: str, value: float | None, before: float | None, unit: str = "") -> Tile:
    return Tile(name, "", "", value, before, unit=unit)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (tile("done", 120, 100), ("+20 %", "good")), (tile("overdue", 120, 100), ("+20 %", "bad")),
        (tile("registered", 80, 100), ("−20 %", "")), (tile("open", 4000, 100), ("+3,900 %", "bad")),
        (tile("done", 1001, 1000), ("as before", "")), (tile("done", 3, 3), ("as before", "")),
        (tile("done", 3, 0), ("none before", "good")), (tile("done", None, 3), ("", "")),
        (tile("rated", 4.5, 4.25, "rating"), ("+0.25", "good")), (tile("rated", 4.25, 4.5, "rating"), ("−0.25", "bad")),
        (tile("rated", 4.2512, 4.2487, "rating"), ("as before", "")),
    ],
)  # fmt: skip
def test_a_change_is_told_where_there_is_one(changed: Tile, said: tuple[str, str]) -> None:
    assert change_words(changed) == said


@pytest.mark.parametrize(("language", "said"), [("en", "out of 24,599"), ("ru", "по 24\N{NO-BREAK SPACE}599")])
def test_many_cases_are_told_in_groups_of_digits(language: str, said: str) -> None:
    with translation.override(language):
        assert note_words(Tile("rated", "", "", 4.25, 4.25, count=24_599)) == said
