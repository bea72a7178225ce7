"""Names are found in any case of the letters and with е for ё, on both databases: in lists of the panel, in pickers, by programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from helpdesk.actions import audit, erasing
from helpdesk.models import Service, User
from tests.people import Desk


@pytest.fixture
def russian(desk: Desk) -> Desk:
    """Anna has a Russian name, and there is a Russian service."""
    User.objects.filter(pk=desk.anna.pk).update(first_name="Алёна", last_name="Ёлкина")
    Service.objects.create(code="ПЧ", name="Почта и Ящики")
    desk.anna.refresh_from_db()
    return desk


@pytest.mark.parametrize("typed", ["ёлкина", "ЕЛКИНА", "Елк", "Ёлкина", "кина"])
def test_a_name_is_found_however_it_is_typed(russian: Desk, typed: str) -> None:
    assert list(User.objects.filter(last_name__holds=typed)) == [russian.anna]
    assert not User.objects.filter(last_name__holds=f"{typed}%").exists()
    assert audit.people_called([typed, "алена"]) == [russian.anna.pk]


def test_every_text_holds_nothing_and_no_text_holds_what_is_missing(russian: Desk) -> None:
    assert User.objects.filter(last_name__holds="").count() == User.objects.count()
    assert not User.objects.filter(last_name__holds="ёлкино").exists()


@pytest.mark.parametrize(
    ("model", "typed", "name"), [("user", "елкина", "Ёлкина"), ("service", "почта", "Почта и Ящики")]
)
def test_in_the_lists_of_the_panel(russian: Desk, model: str, typed: str, name: str) -> None:
    address = reverse(f"admin:helpdesk_{model}_changelist")
    roman = russian.client("roman")

    assert name in roman.get(address, {"q": typed}).content.decode()
    assert name not in roman.get(address, {"q": f"{typed}щ"}).content.decode()


def test_in_a_picker(russian: Desk) -> None:
    asked = {"app_label": "helpdesk", "model_name": "worktype", "field_name": "service", "term": "ЯЩИКИ"}
    found = russian.client("roman").get("/admin/autocomplete/", asked).json()["results"]

    assert [each["text"] for each in found] == ["Почта и Ящики"]


@pytest.mark.filterwarnings("error::django.core.paginator.UnorderedObjectListWarning")
def test_lists_have_an_order_although_they_count(russian: Desk) -> None:
    Service.objects.create(code="A", name="Ананас")
    roman = russian.client("roman")
    asked = {"app_label": "helpdesk", "model_name": "worktype", "field_name": "service", "term": "а"}

    assert [each["text"] for each in roman.get("/admin/autocomplete/", asked).json()["results"]] == [
        "Ананас",
        "Почта и Ящики",
    ]
    lines = roman.get(reverse("admin:helpdesk_supportline_changelist")).content.decode()
    assert lines.index("First line") < lines.index("Second line")


def test_by_programs(russian: Desk) -> None:
    roman = russian.client("roman")

    def found(address: str, typed: str) -> list[Any]:
        return list(roman.get(f"/api/v1/{address}", {"q": typed}).json()["results"])

    assert [each["code"] for each in found("services", "ящики")] == ["ПЧ"]
    assert [each["id"] for each in found("people", "алена елк")] == [russian.anna.pk]


def test_texts_that_name_a_person_in_small_letters_are_shown_before_the_person_is_erased(russian: Desk) -> None:
    named = [russian.file(text=text).pk for text in ("Спросите ёлкину.", "ЁЛКИНА ушла.", "Ёлкиной нет.")]
    russian.file(text="Никого.")

    assert sorted(erasing.mentions(actor=russian.roman, person=russian.anna).values_list("pk", flat=True)) == named
