"""What lies in fixtures/ fits together: kinds, lines, people, texts; the real catalog and its durations are whole."""

from __future__ import annotations

import csv
import random
from typing import Any

import pytest

from helpdesk.demo.desk import FIXTURES, read
from helpdesk.demo.wording import Wording, speak
from helpdesk.models import ServiceIcon, User
from helpdesk.worktime import Limit

ANNA, BORIS = User(first_name="Анна", last_name="Смирнова"), User(first_name="Борис", last_name="Ковалёв")


def russian_kinds() -> dict[str, dict[str, Any]]:
    """Return the kinds of work of the Russian part by code."""
    return {kind["code"]: kind for service in read("desk.json")["services"] for kind in service["kinds"]}


def shared_rows() -> list[dict[str, str]]:
    """Return the rows of the real catalog."""
    with (FIXTURES / "gc_it_services_20.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_real_catalog_is_whole() -> None:
    rows = shared_rows()

    assert len(rows) == 20
    assert len({row["service_id"] for row in rows}) == 16
    limits = read("gc_it_limits.json")["limits"]
    assert {row["standard_id"] for row in rows} == set(limits)
    # Where a sentence names one duration, or the longest of several, it is the limit.
    named = {"83": "5bd", "10": "20d", "61": "5bd", "52": "8bd", "14": "80bd", "44": "15bd", "103": "60d", "92": "30m"}
    assert {key: limits[key]["execution"] for key in named} == named


def test_every_kind_has_situations_limits_and_a_place() -> None:
    plan = read("desk.json")
    lines = {line["key"] for line in plan["lines"]}
    kinds = russian_kinds()
    codes = set(kinds) | {f"IT-{row['service_id']}.{row['standard_id']}" for row in shared_rows()}

    assert set(read("situations.json")) == codes
    assert {service["icon"] for service in plan["services"]} <= set(ServiceIcon.values)
    for kind in kinds.values():
        assert kind["line"] in lines
        assert Limit.parse(kind["reaction"])
        assert Limit.parse(kind["execution"])
        assert kind["description"]


@pytest.mark.parametrize("person", [ANNA, BORIS], ids=["a woman", "a man"])
def test_every_text_can_be_said(person: User) -> None:
    for rows in read("situations.json").values():
        for row in rows:
            words = Wording(random.Random(1), [ANNA, BORIS]).situation(row, person)  # noqa: S311
            said = " ".join(vars(words).values())
            assert not set("{}[]|") & set(said), said
            assert len(words.subject) <= 200
            assert words.done
            assert bool(words.ask) == bool(words.answer)


def test_endings_follow_who_speaks() -> None:
    assert speak("Подал[а], проверял[и|а] сам[|а].", ANNA) == "Подала, проверяла сама."
    assert speak("Подал[а], проверял[и|а] сам[|а].", BORIS) == "Подал, проверяли сам."


def test_the_scenes_are_played_by_people_of_the_line() -> None:
    kinds = russian_kinds()
    people = {item["login"]: {key for key, _role in item["lines"]} for item in read("people.json")}
    for scene in read("scenes.json"):
        line, last = kinds[scene["kind"]]["line"], scene["ago"]
        for step in scene["steps"]:
            assert step["who"] == scene["requester"] or line in people[step["who"]], scene["subject"]
            assert step["ago"] <= last, scene["subject"]
            line, last = step.get("line", line), step["ago"]


def test_no_situation_is_handed_to_the_line_it_is_on() -> None:
    kinds = russian_kinds()
    for code, rows in read("situations.json").items():
        for row in rows:
            if "escalate" in row:
                assert row["handover"]
                assert row["escalate"] != kinds[code]["line"], row["subject"]
