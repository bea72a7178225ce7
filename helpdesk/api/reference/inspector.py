"""Decides how an address becomes an operation of the schema: from its `operation`, its filters and its shapes alone."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Sequence
from typing import Any

from drf_yasg import openapi
from drf_yasg.inspectors import FieldInspector, NotHandled, SwaggerAutoSchema
from rest_framework import serializers

from helpdesk.api.filters import Choices, Flag, Ids
from helpdesk.api.operations import File, Operation
from helpdesk.api.pagination import LARGEST, SIZE
from helpdesk.api.permissions import scope_of
from helpdesk.api.reference import failures
from helpdesk.api.shapes.errors import Error, Refusal, Stale
from helpdesk.models import WebhookDelivery

_TYPES = {int: openapi.TYPE_INTEGER, str: openapi.TYPE_STRING, bool: openapi.TYPE_BOOLEAN}
_SHAPES = {409: Refusal, 412: Stale}
# The type `file` would say it shorter, but the validator of the specification does not know it.
_BYTES = openapi.Schema(type=openapi.TYPE_STRING, format=openapi.FORMAT_BINARY)
JSON, FORM, BYTES = "application/json", "multipart/form-data", "application/octet-stream"


class MethodFields(FieldInspector):
    """Describes the fields that a method computes: by the shape it names, else by the type it returns."""

    def field_to_swagger_object(self, field: Any, swagger_object_type: Any, use_references: bool, **kwargs: Any) -> Any:
        if not isinstance(field, serializers.SerializerMethodField):
            return NotHandled
        method = getattr(field.parent, field.method_name or "")
        extra: dict[str, Any] = {"description": str(field.help_text)} if field.help_text else {}
        if hasattr(method, "shape"):
            return self._probe(method.shape(many=True), swagger_object_type, use_references)
        if hasattr(method, "shape_of_one"):
            one = self._probe(method.shape_of_one(), swagger_object_type, use_references)
            return _nullable(one, **extra)
        returned = typing.get_type_hints(method)["return"]
        options = typing.get_args(returned) if isinstance(returned, types.UnionType) else (returned,)
        named = next(option for option in options if option is not type(None))
        if len(options) > 1:
            extra["x-nullable"] = True
        return openapi.Schema(type=_TYPES[named], read_only=True, **extra)

    def process_result(self, result: Any, method_name: str, obj: Any, **kwargs: Any) -> Any:
        if isinstance(result, openapi.SchemaRef) and getattr(obj, "allow_null", False):
            return _nullable(result)
        return result

    def _probe(self, shape: Any, swagger_object_type: Any, use_references: bool) -> Any:
        return self.probe_field_inspectors(shape, swagger_object_type, use_references, read_only=True)


def _nullable(schema: Any, **extra: Any) -> openapi.Schema:
    """A reference cannot say that there may be nothing; what contains it can."""
    return openapi.Schema(type=openapi.TYPE_OBJECT, all_of=[schema], **{"x-nullable": True, **extra})


class OperationSchema(SwaggerAutoSchema):
    """Reads the `operation` of a method."""

    field_inspectors = [MethodFields, *SwaggerAutoSchema.field_inspectors]

    def get_operation(self, operation_keys: Any = None) -> openapi.Operation:
        told: Operation = getattr(self.view, self.method.lower()).operation
        only_files = bool(told.files) and not (told.body and told.body().fields)
        return openapi.Operation(
            operation_id=told.name,
            summary=told.summary,
            description=self._description(told),
            tags=[told.tag],
            parameters=[*self._parameters(told, only_files=only_files)],
            consumes=[FORM] if only_files else ([JSON, FORM] if told.files else [JSON]),
            produces=[BYTES if any(isinstance(shape, File) for shape in told.answers.values()) else JSON],
            security=[] if told.public else [{"token": []}, {"session": []}],
            responses=openapi.Responses(self._responses(told)),
        )

    def _description(self, told: Operation) -> str:
        if told.public:
            key = "no sign-in needed"
        elif getattr(self.view, "session_only", False):
            key = "a session"
        else:
            key = f"a session, or a token with the scope `{scope_of(self.view, self.method)}`"
        lines = [told.text, f"**Who:** {told.who}.", f"**Key:** {key}."]
        if told.files:
            lines.append(f"**Files:** as `{FORM}`, in the field `files`. {told.files}")
        return "\n\n".join(line for line in lines if line)

    def _parameters(self, told: Operation, *, only_files: bool) -> Iterator[openapi.Parameter]:
        if self.method == "GET":
            yield from self._query(told)
        if only_files:
            yield _parameter("files", openapi.IN_FORM, openapi.TYPE_FILE, told.files, required=True)
        elif told.body is not None:
            schema = self.serializer_to_schema(told.body())
            yield openapi.Parameter("body", openapi.IN_BODY, required=bool(told.body().fields), schema=schema)
        handler = getattr(self.view, self.method.lower())
        if getattr(handler, "takes_rehearsal", False):
            text = "Tell what would happen, and change nothing."
            yield _parameter("dry_run", openapi.IN_QUERY, openapi.TYPE_BOOLEAN, text, default=False)
        if getattr(handler, "takes_key", False):
            text = "1 to 200 characters, such as a UUID. The same key and body get the same answer for 48 hours."
            yield _parameter("Idempotency-Key", openapi.IN_HEADER, openapi.TYPE_STRING, text, pattern="^[!-~]{1,200}$")
        if told.if_match:
            text = 'The ETag of the ticket as you have read it, such as `"7"`; 412 when it has changed.'
            pattern = '^([*]|"[0-9]{1,9}")$'
            yield _parameter("If-Match", openapi.IN_HEADER, openapi.TYPE_STRING, text, pattern=pattern)

    def _query(self, told: Operation) -> Iterator[openapi.Parameter]:
        for name, text in told.query.items():
            yield _own(name, text, told)
        for name, item in (self.view.filters.base_filters if self.view.filters else {}).items():
            yield _filter(name, item)
        if not self.view.orderings:
            return
        names = [name.lstrip("-") for name in self.view.orderings]
        enum = [sign + name for name in names for sign in ("", "-")]
        default = next(iter(self.view.orderings))
        yield _parameter(
            "ordering",
            openapi.IN_QUERY,
            openapi.TYPE_STRING,
            "Rows without a value come last.",
            enum=enum,
            default=default,
        )
        text = "From the `next` of the page before."
        yield _parameter("cursor", openapi.IN_QUERY, openapi.TYPE_STRING, text, pattern="^[A-Za-z0-9_-]+$")
        yield _parameter(
            "page_size",
            openapi.IN_QUERY,
            openapi.TYPE_INTEGER,
            "Rows of a page.",
            minimum=1,
            maximum=LARGEST,
            default=SIZE,
        )
        text = "Count those that match, up to 10 000."
        yield _parameter("count", openapi.IN_QUERY, openapi.TYPE_BOOLEAN, text, default=False)

    def _responses(self, told: Operation) -> dict[str, openapi.Response]:
        found: dict[str, openapi.Response] = {}
        for status, shape in told.answers.items():
            if isinstance(shape, File):
                found[str(status)] = openapi.Response(shape.text, _BYTES)
            elif shape is None:
                found[str(status)] = openapi.Response(failures.SUCCESS[status])
            else:
                found[str(status)] = openapi.Response(failures.SUCCESS[status], self.serializer_to_schema(shape()))
        if "201" in found and getattr(getattr(self.view, self.method.lower()), "takes_rehearsal", False):
            found["200"] = openapi.Response(failures.REHEARSED)
        for status in sorted({*told.errors, *self._errors(told)}):
            shape = _SHAPES.get(status, Error)
            found[str(status)] = openapi.Response(failures.TEXTS[status], self.serializer_to_schema(shape()))
        return found

    def _errors(self, told: Operation) -> set[int]:
        """What every address may answer, by what it takes."""
        found = {429, 503}
        if not told.public or self.method != "GET":
            found |= {401, 403}
        if self.method in ("POST", "PATCH"):
            found |= {400, 415}
        if self.method == "POST":
            found |= {422}
        return found


def _parameter(name: str, place: str, kind: str, text: str, **more: Any) -> openapi.Parameter:
    return openapi.Parameter(name, place, description=text, type=kind, **more)


def _own(name: str, text: str, told: Operation) -> openapi.Parameter:
    """A parameter that an address reads by itself, with all that can be said of its values."""
    if name == "fields":
        shape: Any = told.answers[200]()  # type: ignore[misc, operator]  # what can be trimmed has a shape
        row = shape.fields["results"].child if "results" in shape.fields else shape
        items = openapi.Items(type=openapi.TYPE_STRING, enum=list(row.fields))
        kind = openapi.TYPE_ARRAY
        return _parameter(name, openapi.IN_QUERY, kind, text, items=items, collection_format="csv", min_items=1)
    if name == "limit":
        return _parameter(name, openapi.IN_QUERY, openapi.TYPE_INTEGER, text, minimum=1, maximum=LARGEST)
    more: dict[str, Any] = {"pattern": "^(latest|[0-9]{1,18})$"} if name == "after" else {}
    if name == "state":
        more = {"enum": WebhookDelivery.State.values}
    return _parameter(name, openapi.IN_QUERY, openapi.TYPE_STRING, text, **more)


def _ids(words: Sequence[str]) -> str:
    """The pattern of ids with commas between them, and of the words that may stand for one."""
    one = "|".join([*words, "[0-9]{1,18}"])
    return f"^(({one})(,({one})){{0,99}})?$"


def _filter(name: str, item: Any) -> openapi.Parameter:
    text = str(item.extra.get("help_text") or "")
    if isinstance(item, Flag):
        return _parameter(name, openapi.IN_QUERY, openapi.TYPE_BOOLEAN, text)
    choices = [str(value) for value, _label in item.extra.get("choices", ())]
    if isinstance(item, Choices):
        items = openapi.Items(type=openapi.TYPE_STRING, enum=choices)
        return _parameter(name, openapi.IN_QUERY, openapi.TYPE_ARRAY, text, items=items, collection_format="csv")
    if choices:
        return _parameter(name, openapi.IN_QUERY, openapi.TYPE_STRING, text, enum=choices)
    if type(item).__name__ == "IsoDateTimeFilter":
        return _parameter(name, openapi.IN_QUERY, openapi.TYPE_STRING, text, format=openapi.FORMAT_DATETIME)
    if isinstance(item, Ids):
        return _parameter(name, openapi.IN_QUERY, openapi.TYPE_STRING, text, pattern=_ids(item.extra.get("words", ())))
    more = {"maxLength": item.extra["max_length"]} if "max_length" in item.extra else {}
    return _parameter(name, openapi.IN_QUERY, openapi.TYPE_STRING, text, **more)
