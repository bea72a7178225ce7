"""Decides how the catalog, the lines, people and events are read."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import access, notify
from helpdesk.access import Right
from helpdesk.actions.refusals import NotFound
from helpdesk.api.endpoint import Endpoint
from helpdesk.api.filters import Flag, Ids
from helpdesk.api.operations import EVERYBODY, operation
from helpdesk.api.shapes.desk import EventPage, EventShape, LineShape, ServiceShape, WorkTypeShape
from helpdesk.api.shapes.parts import LARGEST_ID, Counted, Person, Shape
from helpdesk.models import Service, User, WorkType
from helpdesk.whole_numbers import whole_number

CATALOG, PEOPLE, EVENTS = "Catalog", "People", "Events"
WHO_PICKS = f"{EVERYBODY}; the catalog's administrators also see what is switched off"
EVENTS_AT_ONCE = 200


def paged(row: type[Shape], name: str) -> type[Shape]:
    """Return the shape of a page of `row`."""
    return type(name, (Counted,), {"results": row(many=True), "__doc__": "A page."})


ServicePage, WorkTypePage = paged(ServiceShape, "ServicePage"), paged(WorkTypeShape, "WorkTypePage")
LinePage, PersonPage = paged(LineShape, "LinePage"), paged(Person, "PersonPage")


class ServiceFilters(django_filters.FilterSet):
    active = Flag(field_name="is_active", help_text="Whether it can be picked.")
    q = django_filters.CharFilter(field_name="name", lookup_expr="holds", max_length=200, help_text="Part of the name.")

    class Meta:
        model = Service
        fields: ClassVar[list[str]] = []


class WorkTypeFilters(ServiceFilters):
    service = Ids(field_name="service", help_text="Ids of services.")

    class Meta:
        model = WorkType
        fields: ClassVar[list[str]] = []


class PersonFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(method="by_name", max_length=200, help_text="Part of a name, login or e-mail.")

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        """Keep the people in whose name, login or e-mail every word occurs."""
        for word in value.split()[:5]:
            places = ("first_name", "last_name", "username", "email")
            found = Q()
            for place in places:
                found |= Q(**{f"{place}__holds": word})
            rows = rows.filter(found)
        return rows


class Services(Endpoint):
    """What the support provides."""

    filters = ServiceFilters
    orderings = {"name": "name", "id": "pk"}

    @operation(CATALOG, "services_list", "List services", who=WHO_PICKS, answers={200: ServicePage}, errors=(400,))
    def get(self, request: Request) -> Response:
        page = self.page(Service.objects.filter(pk__in=access.visible_services(self.person).order_by().values("pk")))
        return Response(page.answer(ServiceShape(page.rows, many=True).data))


class WorkTypes(Endpoint):
    """Kinds of work: what a request is filed for."""

    filters = WorkTypeFilters
    orderings = {"name": "name", "id": "pk"}

    @operation(
        CATALOG, "work_types_list", "List kinds of work", who=WHO_PICKS, answers={200: WorkTypePage}, errors=(400,)
    )
    def get(self, request: Request) -> Response:
        page = self.page(access.visible_work_types(self.person).select_related("service", "line"))
        return Response(page.answer(WorkTypeShape(page.rows, many=True, context=_lines_told(self.person)).data))


class WorkTypeOne(Endpoint):
    """One kind of work."""

    @operation(
        CATALOG, "work_types_read", "Read a kind of work", who=WHO_PICKS, answers={200: WorkTypeShape}, errors=(404,)
    )
    def get(self, request: Request, pk: int) -> Response:
        found = access.visible_work_types(self.person).select_related("service", "line").filter(pk=pk).first()
        if found is None:
            raise NotFound(pk)
        return Response(WorkTypeShape(found, context=_lines_told(self.person)).data)


class Lines(Endpoint):
    """The support lines."""

    orderings = {"name": "name", "id": "pk"}

    @operation(
        CATALOG, "lines_list", "List support lines", who="support and administrators; for others the list is empty",
        answers={200: LinePage}, errors=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        page = self.page(access.visible_lines(self.person))
        return Response(page.answer(LineShape(page.rows, many=True, context={"user": self.person}).data))


class People(Endpoint):
    """The people one may look up."""

    filters = PersonFilters
    orderings = {"name": "last_name", "id": "pk"}

    @operation(
        PEOPLE, "people_list", "List people", who="support, to file requests for them; for others the list is empty",
        answers={200: PersonPage}, errors=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        page = self.page(access.colleagues(self.person))
        return Response(page.answer(Person(page.rows, many=True).data))


class PersonOne(Endpoint):
    """One person."""

    @operation(PEOPLE, "people_read", "Read a person", who="support", answers={200: Person}, errors=(404,))
    def get(self, request: Request, pk: int) -> Response:
        found = access.colleagues(self.person).filter(pk=pk).first()
        if found is None:
            raise NotFound(pk)
        return Response(Person(found).data)


class Events(Endpoint):
    """What happens on the desk."""

    query = ("after", "limit")

    @operation(
        EVENTS, "events_list", "Follow what happens", who="everybody; one gets the events of the tickets one sees",
        text="Each event once, in order. Begin with `after=0`, or with `after=latest` to skip the past; then send the "
             "`last` of the answer before.",
        query={"after": "The id of the last event you have, or `latest`.", "limit": "At most so many events: 1 to 200."},
        answers={200: EventPage}, errors=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        limit = _number(request, "limit", 100, most=EVENTS_AT_ONCE)
        rows = access.visible_events(self.person)
        if request.query_params.get("after") == "latest":
            newest = notify.settled(rows, 0).order_by("-id").values_list("pk", flat=True).first()
            return Response({"last": newest or 0, "more": False, "results": []})
        after = _number(request, "after", 0, most=LARGEST_ID)
        found = list(notify.settled(rows, after).select_related("actor")[: limit + 1])
        shown = found[:limit]
        return Response(
            {
                "last": shown[-1].pk if shown else after,
                "more": len(found) > limit,
                "results": EventShape(shown, many=True).data,
            }
        )


def _number(request: Request, name: str, default: int, *, most: int) -> int:
    text = request.query_params.get(name, str(default))
    least = 0 if name == "after" else 1
    number = whole_number(text)
    if number is None or not least <= number <= most:
        raise ValidationError({name: [f"{least}–{most}"]})
    return number


def _lines_told(user: User) -> dict[str, Any]:
    roles = access.roles_of(user)
    return {"sees_lines": bool(roles.lines or roles.rights & {Right.SEE_ALL_TICKETS, Right.MANAGE_CATALOG})}
