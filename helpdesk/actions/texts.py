"""Decides which text a person may hand in: no control characters, no more than fits, nothing silently cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import phones

if TYPE_CHECKING:
    from typing import Any

# C0 and C1 controls except tab and newline, lone surrogates, and the marks that turn the direction of text around
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE_BREAKS = re.compile("[\r\n\t\u2028\u2029]")


def clean_line(value: Any, field: str, *, maximum: int, required: bool = True) -> str:
    """Return `value` as one trimmed line of at most `maximum` characters.

    Raises ValidationError for `field` when it is missing, too long, has line breaks or control characters.
    """
    text = _clean(value, field, maximum=maximum, required=required)
    if _LINE_BREAKS.search(text):
        raise ValidationError({field: [_("Write it in one line.")]})
    return text


def clean_text(value: Any, field: str, *, maximum: int, required: bool = True) -> str:
    """Return `value` trimmed, with plain line breaks, at most `maximum` characters.

    Raises ValidationError for `field` when it is missing, too long or has control characters.
    """
    return _clean(value, field, maximum=maximum, required=required)


def clean_phone(value: str, *, before: str = "") -> str:
    """Return a phone in any usual notation as it is kept; one that was kept `before` the rule stays until it is changed.

    Raises ValidationError for `phone`.
    """
    number = value if value == before else phones.normalised(value)
    if number is None:
        raise ValidationError({"phone": [phones.not_a_number()]})
    return number


def _clean(value: Any, field: str, *, maximum: int, required: bool) -> str:
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise ValidationError({field: [_("This must be text.")]})
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text and required:
        raise ValidationError({field: [_("Fill this in.")]})
    if len(text) > maximum:
        message = ngettext(
            "At most %(maximum)d character fits here; you have %(length)d.",
            "At most %(maximum)d characters fit here; you have %(length)d.",
            maximum,
        )
        raise ValidationError({field: [message % {"maximum": maximum, "length": len(text)}]})
    if _FORBIDDEN.search(text):
        raise ValidationError({field: [_("The text has control characters that cannot be kept. Remove them.")]})
    return text
