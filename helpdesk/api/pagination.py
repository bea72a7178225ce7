"""Decides how a long list is read page by page: after a mark, never by number, so that it costs the same on every page."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import FieldError
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from helpdesk.whole_numbers import whole_number

SIZE = 50
LARGEST = 200
# To count a million takes a second, and nobody reads so many: counting stops here.
MOST_COUNTED = 10_000
NAMES = ("cursor", "page_size", "ordering", "count")
Row = TypeVar("Row", bound=Model)


class Mark(NamedTuple):
    """Behind which row a page begins: its value, None where it has none, and its key."""

    value: str | int | None
    last: int


@dataclass(frozen=True)
class Page:
    """The rows of a page, the address of the next one, and how many rows there are in all, as `counted` says it."""

    rows: list[Any]
    next: str | None
    counted: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, results: Any) -> dict[str, Any]:
        """Return the envelope in which every list is answered."""
        return {**self.counted, "next": self.next, "results": results}


def page_of(request: Request, rows: QuerySet[Row], orderings: Mapping[str, str]) -> Page:
    """Return one page of `rows`. `orderings` are the fields by their public names; the first is the order by default,
    with a minus when that is newest first. Rows without a value come last. Raises ValidationError by parameter."""
    ordering = request.query_params.get("ordering") or next(iter(orderings))
    fields = {name.lstrip("-"): field for name, field in orderings.items()}
    field = fields.get(ordering.removeprefix("-"))
    if field is None:
        names = ", ".join(f"{name}, -{name}" for name in fields)
        raise ValidationError({"ordering": [_("Choose from: %(names)s.") % {"names": names}]})
    size = size_of(request)
    mark = _mark(request, ordering, field) if "cursor" in request.query_params else None
    try:
        found = _behind(mark, rows, field, descending=ordering.startswith("-"), most=size + 1)
    except (DjangoValidationError, FieldError, ValueError, OverflowError) as error:
        raise _bad_cursor() from error
    more = len(found) > size
    found = found[:size]
    following = _address(request, ordering, field, found[-1]) if more else None
    return Page(found, following, counted(request, rows))


def counted(request: Request, rows: QuerySet[Any]) -> dict[str, Any]:
    """Return how many `rows` there are, at most 10 000, and whether these are all; nothing unless the request asks for it."""
    if not flag(request, "count"):
        return {}
    count = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
    return {"count": min(count, MOST_COUNTED), "count_is_whole": count <= MOST_COUNTED}


def flag(request: Request, name: str) -> bool:
    """Return a yes-or-no parameter; absent means no. Raises ValidationError for other words."""
    value = request.query_params.get(name, "false").lower()
    if value not in ("true", "false", "1", "0"):
        raise ValidationError({name: [_("Write true or false.")]})
    return value in ("true", "1")


def size_of(request: Request) -> int:
    """Return how many rows a page has. Raises ValidationError for a size that is none."""
    text = request.query_params.get("page_size", str(SIZE))
    size = whole_number(text)
    if size is None or not 1 <= size <= LARGEST:
        raise ValidationError({"page_size": [_("Write a number from 1 to %(largest)d.") % {"largest": LARGEST}]})
    return size


def _behind(mark: Mark | None, rows: QuerySet[Row], field: str, *, descending: bool, most: int) -> list[Row]:
    """Return the rows behind the last one of the page before, at most `most`.

    Those without a value are asked for apart, and only when there is room for them: where they have to come last, no
    index has the order, and all rows would be sorted.
    """
    beyond, minus = ("lt", "-") if descending else ("gt", "")
    by_key = rows.order_by(f"{minus}pk")
    behind = Q() if mark is None else Q(**{f"pk__{beyond}": mark.last})
    if field == "pk":
        return list(by_key.filter(behind)[:most])
    found: list[Row] = []
    nullable = rows.model._meta.get_field(field).null
    if mark is None or mark.value is not None:
        valued = Q(**{f"{field}__isnull": False}) if nullable else Q()
        if mark is not None:
            # The first condition is for the index. That there is a value it says as well; said twice, PostgreSQL sorts all.
            further = Q(**{f"{field}__{beyond}": mark.value}) | behind
            valued = Q(**{f"{field}__{beyond}e": mark.value}) & further
        found = list(rows.filter(valued).order_by(f"{minus}{field}", f"{minus}pk")[:most])
        behind = Q()
    if nullable and len(found) < most:
        found += by_key.filter(behind, **{f"{field}__isnull": True})[: most - len(found)]
    return found


def _mark(request: Request, ordering: str, field: str) -> Mark:
    """The last row of the page before, as the cursor tells. Raises ValidationError for a cursor of another list."""
    mark = _read(request.query_params["cursor"])
    if len(mark) != 3 or mark[0] != ordering or not isinstance(mark[2], int) or abs(mark[2]) >= 2**63:
        raise _bad_cursor()
    if field != "pk" and not isinstance(mark[1], str | int | None):
        raise _bad_cursor()
    return Mark(mark[1], mark[2])


def _read(cursor: str) -> list[Any]:
    try:
        mark = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _bad_cursor() from error
    return mark if isinstance(mark, list) else []


def _address(request: Request, ordering: str, field: str, row: Model) -> str:
    value = None if field == "pk" else getattr(row, field)
    stored = value.isoformat() if isinstance(value, datetime) else value
    mark = json.dumps([ordering, stored, row.pk], separators=(",", ":"))
    cursor = base64.urlsafe_b64encode(mark.encode()).decode().rstrip("=")
    query = request.query_params.copy()
    query["cursor"] = cursor
    query.pop("count", None)
    return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


def _bad_cursor() -> ValidationError:
    return ValidationError({"cursor": [_("This is not a cursor of this list. Start from the first page.")]})
