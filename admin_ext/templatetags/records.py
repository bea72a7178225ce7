"""Decides how the lists of records are drawn from Django's change list."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers, results

register = template.Library()


@register.simple_tag
def record_headers(cl: Any) -> list[Any]:
    """Return the columns with their labels and sort addresses."""
    return list(result_headers(cl))


@register.simple_tag
def record_rows(cl: Any) -> list[Any]:
    """Return the rows, each a list of table cells."""
    return list(results(cl))


@register.filter
def filter_choices(spec: Any, cl: Any) -> list[Any]:
    """Return the choices of a list filter."""
    return list(spec.choices(cl))
