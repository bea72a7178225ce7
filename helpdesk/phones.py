"""Decides how a telephone number is read, kept and shown: any usual notation in, E.164 stored, spaces for people."""

from __future__ import annotations

import re

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat

# What people of one house dial: 2-14, 4507.
_INSIDE = re.compile(r"[0-9](?:[ -]?[0-9]){1,5}")


def normalised(text: str) -> str | None:
    """Return `text` as +74951234567 (with ;ext=… for an extension), as it is for a number inside the house, None for no number.

    A number without a country is one of PHONE_REGION.
    """
    if not text or _INSIDE.fullmatch(text):
        return text
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension


def not_a_number() -> str:
    """Return the sentence for whoever wrote something that is no phone number, with an example."""
    return _("This is not a phone number. Write it with its area code, as +7 495 123-45-67.")


def shown(stored: str) -> str:
    """Return a stored number as people read it: +7 495 123-45-67; anything else as it is."""
    if not stored.startswith("+"):
        return stored
    try:
        return phonenumbers.format_number(phonenumbers.parse(stored), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return stored
