"""Texts of addresses and forms are numbers where a database can look them up, and nothing else is."""

from __future__ import annotations

import pytest

from helpdesk.whole_numbers import whole_number, whole_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None), ("", None), (None, None), ("-1", None),
     ("+1", None), (" 1", None), ("1.0", None), ("1_0", None), ("٣", None), ("²", None), ("abc", None)],
)  # fmt: skip
def test_a_text_is_a_number_or_none(text: str | None, number: int | None) -> None:
    assert whole_number(text) == number


def test_of_several_texts_those_that_are_numbers_stay_in_their_order() -> None:
    assert whole_numbers(["3", "x", "1", "9" * 40, "2"]) == [3, 1, 2]
