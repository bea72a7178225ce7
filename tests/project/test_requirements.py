"""Everything that is installed has an exact version, from wherever the machine at hand takes its packages."""

from __future__ import annotations

import re
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LISTS = (
    "requirements.txt",
    "requirements-postgres.txt",
    "requirements-celery.txt",
    "requirements-s3.txt",
    "requirements-dev.txt",
    "constraints.txt",
)
CARD = {
    "django",
    "django-jazzmin",
    "django-fsm-2",
    "django-import-export",
    "django-simple-history",
    "djangorestframework",
    "drf-yasg",
}


def lines(name: str) -> list[str]:
    """Return the lines of a list without comments and blanks."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line.split(" #")[0].strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def pins(*names: str) -> dict[str, str]:
    """Return the version of every distribution that the lists name, by its canonical name."""
    found = [Requirement(line) for name in names for line in lines(name) if not line.startswith("-")]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in found}


@pytest.mark.parametrize("name", LISTS)
def test_every_line_is_an_exact_pin_or_names_a_neighbouring_list(name: str) -> None:
    pin = re.compile(r"[A-Za-z0-9][\w.-]*(\[\w+\])?==[\w.]+")
    neighbour = re.compile(r"-[cr] (requirements(-\w+)?|constraints)\.txt")

    assert [line for line in lines(name) if not pin.fullmatch(line) and not neighbour.fullmatch(line)] == []


@pytest.mark.parametrize("name", LISTS)
def test_no_list_says_where_packages_come_from(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"--?(index|extra-index|find-links|trusted-host)|https?://|^-[if]\b", text, re.MULTILINE)


def test_the_packages_the_product_is_made_of_are_there() -> None:
    assert set(pins("requirements.txt")) >= CARD


def test_what_is_installed_is_what_is_pinned() -> None:
    pinned = pins(*LISTS)

    assert {name: version(name) for name in pins("requirements.txt")} == {
        name: pinned[name] for name in pins("requirements.txt")
    }


def test_everything_the_requirements_bring_along_is_pinned_too() -> None:
    pinned = pins(*LISTS)
    brought = {
        canonicalize_name(needed.name)
        for name in pins(
            "requirements.txt", "requirements-postgres.txt", "requirements-celery.txt", "requirements-s3.txt"
        )
        for needed in map(Requirement, requires(name) or [])
        if needed.marker is None or needed.marker.evaluate({"extra": ""})
    }

    assert brought - set(pinned) == set()
