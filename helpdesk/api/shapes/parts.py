"""Decides the parts that all shapes are made of: moments in UTC, numbers that fit, people and other rows in brief."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from helpdesk.models import Service, SupportLine, User, WorkType

LARGEST_ID = 2**63 - 1


class Shape(serializers.Serializer):
    """What is given or taken. `only` in the context trims the outermost shape to those fields."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        only = self.context.get("only")
        parent: Any = self.parent
        outermost = parent is None or (isinstance(parent, serializers.ListSerializer) and parent.parent is None)
        if only is None or not outermost:
            return fields
        return {name: field for name, field in fields.items() if name in only}


class Counted(Shape):
    """A page of a list."""

    count = serializers.IntegerField(required=False, max_value=10_000, help_text="How many match; with `count=true`.")
    count_is_whole = serializers.BooleanField(
        required=False, help_text="False where more than 10 000 match; with `count=true`."
    )
    next = serializers.URLField(allow_null=True, help_text="The address of the next page; null on the last one.")


class Moment(serializers.DateTimeField):
    """A moment in UTC, as `2026-03-10T07:00:00Z`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class Id(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


class PersonBrief(Shape):
    """A person, as named in lists."""

    id = Id()
    name = serializers.CharField(source="__str__")


class Person(PersonBrief):
    """A person with his contacts."""

    first_name = serializers.CharField()
    last_name = serializers.CharField()
    department = serializers.CharField(help_text="Empty when not known.")
    phone = serializers.CharField()
    email = serializers.CharField()


class Named(Shape):
    """A row by id and name."""

    id = Id()
    name = serializers.CharField()


class Coded(Named):
    """A row of the catalog by id, code and name."""

    code = serializers.CharField()


class Nothing(Shape):
    """An empty body."""


def brief(person: User | None) -> dict[str, Any] | None:
    """Return what `PersonBrief` tells."""
    return None if person is None else {"id": person.pk, "name": str(person)}


def contacts(person: User | None) -> dict[str, Any] | None:
    """Return what `Person` tells."""
    if person is None:
        return None
    return {
        "id": person.pk, "name": str(person), "first_name": person.first_name, "last_name": person.last_name,
        "department": person.department, "phone": person.phone, "email": person.email,
    }  # fmt: skip


def named(row: SupportLine) -> dict[str, Any]:
    """Return what `Named` tells."""
    return {"id": row.pk, "name": row.name}


def coded(row: Service | WorkType) -> dict[str, Any]:
    """Return what `Coded` tells."""
    return {"id": row.pk, "name": row.name, "code": row.code}


def moment(at: datetime | None) -> str | None:
    """Return what `Moment` tells: UTC by ISO 8601, with a Z."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
