"""Decides how countries are called, and which one a time zone belongs to."""

from __future__ import annotations

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

from helpdesk.actions.days_off import COUNTRIES


def countries_with_holidays() -> list[tuple[str, str]]:
    """Return the codes and names of the countries whose holidays are known, by name in the reader's language."""
    names = Locale.parse(get_language() or "en", sep="-").territories
    return sorted(((code, names[code]) for code in COUNTRIES), key=lambda pair: pair[1])


def country_of_zone(zone: str) -> str:
    """Return the code of the country a time zone lies in; empty where it lies in none."""
    return str(get_global("zone_territories").get(zone, ""))
