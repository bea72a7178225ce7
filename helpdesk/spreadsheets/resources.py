"""Decides how stored rows become the rows of a table, in exactly the columns that an import reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from import_export.fields import Field
from import_export.resources import ModelResource, Resource
from tablib import Dataset

from helpdesk.models import (
    CalendarException,
    ImportSubject,
    Membership,
    Service,
    SupportLine,
    User,
    WorkCalendar,
    WorkType,
)
from helpdesk.spreadsheets.catalog import natural
from helpdesk.spreadsheets.columns import SUBJECTS


def _field(subject: str, column: str, attribute: str) -> Field:
    found = SUBJECTS[subject].column(column)
    return Field(attribute=attribute, column_name=found.label, widget=found.widget)


def _fields(subject: str, attributes: dict[str, str]) -> dict[str, Field]:
    return {column: _field(subject, column, attribute) for column, attribute in attributes.items()}


class _TableResource(Resource):
    """A resource whose rows are given as objects, so that a row may stand for more than one record."""

    subject = ""
    attributes: dict[str, str] = {}
    # Yields the objects that become rows.
    rows: Callable[[], Iterator[Any]]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields.update(_fields(self.subject, self.attributes))

    def export(self, queryset: Any = None, **kwargs: Any) -> Dataset:
        """Return the whole table."""
        return super().export(queryset=list(self.rows()), **kwargs)

    def get_export_order(self, selected_fields: Any = None) -> list[str]:
        """The columns in the order in which they are declared."""
        return list(self.attributes)

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        return queryset

    def iter_queryset(self, queryset: Any) -> Any:
        return iter(queryset)


class CatalogResource(_TableResource):
    """A row per kind of work, its service beside it; a service without kinds has a row of its own."""

    subject = ImportSubject.CATALOG
    attributes = {
        "service_code": "service__code", "service": "service__name", "kind_code": "code", "kind": "name", "type": "kind",
        "priority": "priority", "line": "line__name", "reaction_limit": "reaction_limit",
        "execution_limit": "execution_limit", "description": "description", "active": "is_active",
        "service_description": "service__description", "service_active": "service__is_active",
    }  # fmt: skip

    def rows(self) -> Iterator[Any]:
        kinds = WorkType.objects.select_related("service", "line").order_by()
        of_service: dict[int, list[Any]] = {}
        for kind in kinds:
            of_service.setdefault(kind.service_id, []).append(kind)
        blank = dict.fromkeys(("code", "name", "kind", "priority", "line", "reaction_limit", "execution_limit",
                               "description", "is_active"))  # fmt: skip
        for service in sorted(Service.objects.order_by(), key=lambda service: natural(service.code)):
            own = sorted(of_service.get(service.pk, []), key=lambda kind: natural(kind.code))
            yield from own or [SimpleNamespace(service=service, **blank)]


class LinesResource(_TableResource):
    """A row per member of a line; a line without members has a row of its own."""

    subject = ImportSubject.LINES
    attributes = {
        "line": "line__name", "description": "line__description", "calendar": "line__calendar__name",
        "active": "line__is_active", "login": "person__username", "role": "role",
    }  # fmt: skip

    def rows(self) -> Iterator[Any]:
        members: dict[int, list[Any]] = {}
        for membership in Membership.objects.select_related("person", "line__calendar").order_by("person__username"):
            members.setdefault(membership.line_id, []).append(membership)
        for line in SupportLine.objects.select_related("calendar").order_by("name"):
            yield from members.get(line.pk) or [SimpleNamespace(line=line, person=None, role=None)]


class PeopleResource(ModelResource):
    """A row per account; passwords, groups and powers are no columns."""

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        names = {"login": "username", "active": "is_active"}
        columns = SUBJECTS[ImportSubject.PEOPLE].columns
        self.fields.clear()
        self.fields.update(
            _fields(ImportSubject.PEOPLE, {column.name: names.get(column.name, column.name) for column in columns})
        )

    def get_queryset(self) -> Any:
        return User.objects.filter(erased_at=None).order_by("username")

    def get_export_order(self, selected_fields: Any = None) -> list[str]:
        return list(self.fields)


class CalendarsResource(_TableResource):
    """A row per stretch of weekly hours and per dated exception of a calendar."""

    subject = ImportSubject.CALENDARS
    attributes = {
        "calendar": "calendar__name", "zone": "calendar__time_zone", "around": "calendar__always_open",
        "weekday": "weekday", "date": "date", "start": "start", "end": "end", "note": "note",
    }  # fmt: skip

    def rows(self) -> Iterator[Any]:
        blank = {"weekday": None, "date": None, "start": None, "end": None, "note": None}
        for calendar in WorkCalendar.objects.prefetch_related("intervals").order_by("name"):
            found: list[Any] = [
                SimpleNamespace(
                    **{**blank, "calendar": calendar, "weekday": hours.weekday, "start": hours.start, "end": hours.end}
                )
                for hours in calendar.intervals.all()
            ]
            exceptions = CalendarException.objects.filter(calendar=calendar).order_by("date", "start")
            found += [
                SimpleNamespace(
                    **{
                        **blank,
                        "calendar": calendar,
                        "date": day.date,
                        "start": day.start,
                        "end": day.end,
                        "note": day.note,
                    }
                )
                for day in exceptions
            ]
            yield from found or [SimpleNamespace(**blank, calendar=calendar)]


RESOURCES: dict[str, type[Resource]] = {
    ImportSubject.CATALOG: CatalogResource,
    ImportSubject.LINES: LinesResource,
    ImportSubject.PEOPLE: PeopleResource,
    ImportSubject.CALENDARS: CalendarsResource,
}


def table_of(subject: str) -> Dataset:
    """Return the table of `subject` as it is stored now, headers in the active language. Raises KeyError."""
    return RESOURCES[subject]().export()
