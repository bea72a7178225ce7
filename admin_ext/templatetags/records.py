"""Decides how the lists of records are drawn from Django's change list."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from admin_ext.displays import icon

register = template.Library()
_BOOLEAN = re.compile(r'<img src="[^"]*/icon-(yes|no)\.svg"[^>]*>')


@register.simple_tag
def record_headers(cl: Any) -> list[Any]:
    """Return the columns with their labels and sort addresses."""
    return list(result_headers(cl))


@register.simple_tag
def record_rows(cl: Any) -> list[Any]:
    """Return the rows, each a list of table cells that know their column, for phones, and say yes and no as the panel does."""
    labels = [capfirst(str(header["text"])) for header in result_headers(cl)]
    return [[_cell(cell, label) for cell, label in zip(row, labels, strict=False)] for row in results(cl)]


def _cell(cell: str, label: str) -> SafeString:
    drawn = _BOOLEAN.sub(lambda found: _yes_or_no(found[1]), cell)
    if "action-checkbox" in drawn:
        return mark_safe(drawn)  # noqa: S308 - a cell that Django has escaped
    return mark_safe(re.sub(r"^<(t[dh])", rf'<\1 data-label="{conditional_escape(label)}"', drawn))  # noqa: S308 - as above


def _yes_or_no(word: str) -> str:
    if word == "yes":
        return format_html('<span class="text-success">{}</span>', icon("check", _("yes")))
    return format_html('<span aria-hidden="true">–</span><span class="visually-hidden">{}</span>', _("no"))


@register.filter
def yes_or_no(contents: SafeString) -> SafeString:
    """Return what Django shows of a field that is read only, with a word where it has a picture of yes or no."""
    words = {"yes": capfirst(_("yes")), "no": capfirst(_("no"))}
    return mark_safe(_BOOLEAN.sub(lambda found: words[found[1]], contents))  # noqa: S308 - contents that Django has escaped


@register.filter
def filter_choices(spec: Any, cl: Any) -> list[Any]:
    """Return the choices of a list filter."""
    return list(spec.choices(cl))
