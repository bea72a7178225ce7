"""A written duration is read as the limit it says, or reported; what a limit is written as is read back."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.spreadsheets.durations import NotADuration, read, unit_in
from helpdesk.spreadsheets.widgets import limit_text
from helpdesk.worktime import Limit, Unit


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("30 мин", "30m"), ("30 мин.", "30m"), ("4 ч", "4h"), ("4h", "4h"), ("4 Часа", "4h"), ("2 раб. дня", "2bd"),
        ("1 раб. день", "1bd"), ("5 рабочих дней", "5bd"), ("2 рд", "2bd"), ("5 business days", "5bd"),
        ("5 federal government working days", "5bd"), ("0,75 часа", "45m"), ("1.5 hours", "90m"), ("<= 3 дней", "3d"),
        ("до 2 ч.", "2h"), ("не более 5 раб.дн.", "5bd"), ("4:00", "4h"), ("0:30", "30m"), ("1 д 2 ч", "26h"),
        ("1 ч 30 мин", "90m"), ("1h30m", "90m"), ("3 суток", "3d"), ("1 сутки", "1d"), ("2 недели", "14d"),
        ("один час", "1h"), ("двух часов", "2h"), ("пять рабочих дней", "5bd"), ("двенадцать минут", "12m"),
        ("twelve hours", "12h"), ("8 рабочих часов", "8h"), ("2\u00a0раб.\u00a0дня", "2bd"), ("  4 ч ", "4h"),
        (time(4, 0), "4h"), (time(0, 45), "45m"), (timedelta(hours=36), "36h"), (datetime(1900, 1, 1, 2, 0), "50h"),  # noqa: DTZ001
        ("Request fulfillment duration: 5 business days", "5bd"),
        ("Account creation: 30 minutes (24 x 7 x 365)", "30m"),
    ],
)  # fmt: skip
def test_a_duration_is_read(written: object, limit: str) -> None:
    assert str(read(written).limit) == limit


@pytest.mark.parametrize(
    "written",
    [
        "", "скоро", "asap", "24 x 7", "24x7x365", "круглосуточно", "1-2 дня", "1–2 дня", "от 2 до 4 часов",
        "4 ч или 1 день", "1 day to 5 days", "10 days, 25 days", "4", 4, 0.5, "0 ч", "1,5 дня", "5 рабочих дней 3 часа",
        "200 лет", "4 ч (2 этап)", "99999 дней", datetime(2026, 3, 1), time(0, 0), "0:00", True,  # noqa: DTZ001
    ],
)  # fmt: skip
def test_what_is_no_single_duration_is_not_guessed(written: object) -> None:
    with pytest.raises(NotADuration):
        read(written)


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Время реакции, ч", Unit.HOURS), ("Reaction (hours)", Unit.HOURS), ("Срок, мин.", Unit.MINUTES),
        ("Срок выполнения (раб. дн.)", Unit.BUSINESS_DAYS), ("Срок, дней", Unit.DAYS), ("Срок", None),
        ("Время реакции, важное", None),
    ],
)  # fmt: skip
def test_a_bare_number_takes_the_unit_of_its_header(header: str, unit: Unit | None) -> None:
    assert unit_in(header) == unit
    if unit is not None:
        assert str(read(3, unit).limit) == str(read("3", unit).limit) == f"3{unit.value}"


def test_more_words_than_the_limit_says_are_remarked() -> None:
    with translation.override("en"):
        assert read("Request: 5 business days").remark == "Read as 5bd out of a longer text."
        assert read("1 д 2 ч").remark == "Days with hours are read as hours, 26h: a day counts as 24 hours."
        assert read("5 business days").remark == ""


LIMITS = st.builds(Limit, st.integers(1, 3660), st.sampled_from([Unit.DAYS, Unit.BUSINESS_DAYS])) | st.builds(
    Limit, st.integers(1, 50_000), st.sampled_from([Unit.MINUTES, Unit.HOURS])
)


@given(limit=LIMITS, language=st.sampled_from(["ru", "en"]))
def test_what_is_written_is_read_back(limit: Limit, language: str) -> None:
    with translation.override(language):
        reading = read(limit_text(limit))
    assert (reading.limit, reading.remark) == (limit, "")
    assert read(str(limit)).limit == limit


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read(text)
    except NotADuration:
        return
