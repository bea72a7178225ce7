"""Decides by what lists can be narrowed. Everything is checked: an unreadable value is an error, never a wrong list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk import access, queues, search
from helpdesk.lifecycle import Status
from helpdesk.models import Priority, Ticket, User, WorkType
from helpdesk.moment import now
from helpdesk.queues import Scope
from helpdesk.whole_numbers import whole_number


class IdsField(forms.Field):
    """Ids with commas between them; `words` are what may stand for an id."""

    def __init__(self, *, words: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def clean(self, value: Any) -> list[int | str] | None:
        if value in (None, ""):
            return None
        return [self._one(part.strip()) for part in str(value).split(",")[:100]]

    def _one(self, part: str) -> int | str:
        if part in self.words:
            return part
        number = whole_number(part)
        if number is None:
            raise forms.ValidationError(_("Write ids with commas between them."))
        return number


class Ids(django_filters.Filter):
    """Rows whose column is one of some ids."""

    field_class = IdsField

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        found = Q(**{f"{self.field_name}__in": [item for item in value if isinstance(item, int)]})
        if "me" in value:
            found |= Q(**{self.field_name: self.parent.request.user.pk})
        if "none" in value:
            found |= Q(**{f"{self.field_name}__isnull": True})
        return qs.filter(found)


class Flag(django_filters.Filter):
    """True or false, written as such."""

    field_class = forms.TypedChoiceField

    def __init__(self, *args: Any, **options: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", empty_value=None, **options)


class Choices(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """Some of fixed values, with commas between them."""


def _moment(field: str, lookup: str, text: str) -> Any:
    return django_filters.IsoDateTimeFilter(field_name=field, lookup_expr=lookup, help_text=text)


def tickets_of(user: User, scope: str | None) -> QuerySet[Ticket]:
    """Return the tickets of one tab, by default all that `user` may see; a word that is no tab is the filters' to refuse."""
    return queues.in_scope(user, Scope(scope) if scope in set(Scope) else Scope.ALL)


class TicketFilters(django_filters.FilterSet):
    """By what tickets can be narrowed."""

    status = Choices(choices=Status.choices, help_text="One or more statuses, with commas between them.")
    scope = django_filters.ChoiceFilter(
        choices=[(scope.value, scope.value) for scope in Scope], method="by_scope",
        help_text="A tab of the panel: your requests, assigned to you, your lines, all you may see.",
    )  # fmt: skip
    overdue = Flag(method="by_overdue", help_text="Whether a running clock is past its due time.")
    unread = Flag(method="by_unread", help_text="Whether something unread is addressed to you.")
    service = Ids(field_name="service", help_text="Ids of services.")
    work_type = Ids(field_name="work_type", help_text="Ids of kinds of work.")
    kind = Choices(field_name="work_type__kind", choices=WorkType.Kind.choices, help_text="Types of the kind of work.")
    line = Ids(field_name="line", method="by_line", help_text="Ids of support lines; only lines you support.")
    assignee = Ids(field_name="assignee", words=("me", "none"), help_text="Ids of people, `me`, `none`.")
    requester = Ids(field_name="requester", words=("me",), help_text="Ids of people, `me`.")
    author = Ids(field_name="registered_by", words=("me",), help_text="Who registered it: ids of people, `me`.")
    priority = Choices(choices=[(str(value), value) for value in Priority.values], help_text="1 to 4.")
    q = django_filters.CharFilter(method="by_words", max_length=400, help_text="Words, a number, or a name.")
    created_from = _moment("created_at", "gte", "Registered at this moment or later.")
    created_to = _moment("created_at", "lt", "Registered before this moment.")
    updated_from = _moment("updated_at", "gte", "Changed at this moment or later.")
    updated_to = _moment("updated_at", "lt", "Changed before this moment.")
    due_from = _moment("due_at", "gte", "Due at this moment or later.")
    due_to = _moment("due_at", "lt", "Due before this moment.")

    class Meta:
        model = Ticket
        fields: ClassVar[list[str]] = []

    def by_scope(self, rows: QuerySet[Ticket], _name: str, value: str) -> QuerySet[Ticket]:
        """Keep the rows as they are: `tickets_of` has started from the rows of the tab, along its index."""
        return rows

    def by_overdue(self, rows: QuerySet[Ticket], _name: str, value: bool) -> QuerySet[Ticket]:
        """Keep the rows that are late, or those that are not."""
        late = Q(due_at__lt=now())
        return rows.filter(late) if value else rows.filter(Q(due_at__isnull=True) | Q(due_at__gte=now()))

    def by_unread(self, rows: QuerySet[Ticket], _name: str, value: bool) -> QuerySet[Ticket]:
        """Keep the rows with something unread, or those without."""
        numbers = access.unread_messages(self.request.user).order_by().values("ticket")
        return rows.filter(pk__in=numbers) if value else rows.exclude(pk__in=numbers)

    def by_line(self, rows: QuerySet[Ticket], _name: str, value: list[int]) -> QuerySet[Ticket]:
        """Keep the rows of lines, where the person stands on the support's side: to others lines are not told."""
        return rows.filter(access.support_side(self.request.user), line__in=value)

    def by_words(self, rows: QuerySet[Ticket], _name: str, value: str) -> QuerySet[Ticket]:
        """Keep the rows that answer a query, as the panel's search does."""
        return search.matching(rows, self.request.user, value)
