"""Decides what every address of the API has in common: language, refusal of unknown parameters, trimming, no caching."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, ListField, Serializer
from rest_framework.views import APIView

from helpdesk.actions.refusals import NotFound
from helpdesk.api import pagination
from helpdesk.api.bodies import given
from helpdesk.models import User


class Endpoint(APIView):
    """An address of the API. `query` names the parameters of its GET, `filters` is its set of filters."""

    query: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[Any] = None
    orderings: ClassVar[Mapping[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if "Accept-Language" in request.headers:
            translation.activate(translation.get_language_from_request(request._request))  # noqa: SLF001 - DRF wraps it
        super().initial(request, *args, **kwargs)
        if (request.method or "") not in self.allowed_methods:
            raise MethodNotAllowed(request.method or "")
        self._refuse_unknown(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if "Cache-Control" not in response:
            patch_cache_control(response, no_store=True)
        return response

    @property
    def person(self) -> User:
        """The signed-in person; NotFound would be a fault of the permissions."""
        user = self.request.user
        if not isinstance(user, User):
            raise NotFound
        return user

    def names(self, method: str) -> set[str]:
        """Return the parameters the address takes with `method`."""
        if method == "POST":
            return {"dry_run"} if hasattr(getattr(self, "post", None), "takes_rehearsal") else set()
        if method not in ("GET", "HEAD"):
            return set()
        paged = pagination.NAMES if self.orderings else ()
        filters = self.filters.base_filters if self.filters else ()
        return {*self.query, *paged, *filters}

    def _refuse_unknown(self, request: Request) -> None:
        unknown = sorted(set(request.query_params) - self.names(request.method or ""))
        if unknown:
            raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})

    def page(self, rows: Any) -> pagination.Page:
        """Return a page of `rows` after the filters of the address."""
        return pagination.page_of(self.request, self.filtered(rows), self.orderings)

    def filtered(self, rows: Any) -> Any:
        """Return the rows that pass the filters. Raises ValidationError by parameter."""
        if self.filters is None or self.filters.base_filters.keys().isdisjoint(self.request.query_params):
            return rows
        chosen = self.filters(self.request.query_params, queryset=rows, request=self.request)
        if not chosen.is_valid():
            raise ValidationError(chosen.errors)
        return chosen.qs


def checked(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the body as `shape` reads it. Raises ValidationError, also for a name that `shape` does not have."""
    values = given(request)
    files = set(request.FILES)
    told = {name: value for name, value in values.items() if name not in files}
    reader = shape(data=told)
    if isinstance(request.data, QueryDict):
        # A form names a list of one as it names a single value.
        lists = {name for name, field in reader.fields.items() if isinstance(field, ListField)}
        told.update({name: request.data.getlist(name) for name in lists & set(told)})
    refuse_unknown(values, {*(name for name, field in reader.fields.items() if not field.read_only), *files})
    _refuse_numbers_for_texts(reader, told)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def _refuse_numbers_for_texts(reader: Serializer[Any], told: Mapping[str, Any]) -> None:
    """Raise ValidationError for a number where a text belongs: the framework would write it out, the schema says no."""
    wrong = {
        name: [field.error_messages["invalid"]]
        for name, field in reader.fields.items()
        if isinstance(field, CharField) and isinstance(told.get(name), (int, float))
    }
    if wrong:
        raise ValidationError(wrong)


def refuse_unknown(values: Iterable[str], known: Iterable[str]) -> None:
    """Raise ValidationError for names that the address does not take: silence would look like obedience."""
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValidationError({str(name): [_("There is no such field, or it cannot be set.")] for name in unknown})


def trimmed(request: Request, shape: type[Serializer[Any]]) -> set[str] | None:
    """Return the names in the parameter `fields`, None for all. Raises ValidationError for a name `shape` lacks."""
    text = request.query_params.get("fields")
    if text is None:
        return None
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(wanted - set(shape().fields))
    if unknown or not wanted:
        raise ValidationError({"fields": [_("There is no field “%(name)s”.") % {"name": ", ".join(unknown)}]})
    return wanted


def created(data: Any, location: str, **headers: str) -> Response:
    """Return 201 with the address of what was made."""
    return Response(data, status=201, headers={"Location": location, **headers})
