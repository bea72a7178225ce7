"""Decides what the whole schema holds: the addresses of version 1, what they share in words, and examples for all."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import yaml
from django.utils import translation
from drf_yasg import openapi
from drf_yasg.generators import OpenAPISchemaGenerator

from helpdesk.actions.dispatch import PEOPLE_START
from helpdesk.api.reference import failures, openapi3, samples

INFO = openapi.Info(
    title="HelpDesk API",
    default_version="v1",
    license=openapi.License(name="MIT"),
    description="""Everything a person can do in the panel, by the same rules.

**Key.** A personal token (`Authorization: Bearer hd_…`) with scopes, or a session of the same origin with the header
`X-CSRFToken` for writes. A token never may do more than its person.

**Lists** come in pages: follow `next` until it is null. `page_size` is at most 200. Unknown parameters are refused.

**Writes** take an `Idempotency-Key`: the same key and body get the same answer, another body gets 422. With
`dry_run=true` nothing changes. `If-Match` with the ETag of a ticket guards against acting on what has changed.

**Errors** have one shape: `{code, detail, fields, request_id}`. Codes are stable and never translated; sentences come
in Russian or English by `Accept-Language`. What is not yours does not exist: 404.

**Moments** are in UTC. **Limits** are an amount and a unit: `30m`, `4h` (working time), `2bd` (business days), `3d`.
""",
)
# What the parameter `fields` can cut down to any of its fields.
_TRIMMED = ("Ticket", "TicketRow")
_TAGS = {
    "Tickets": "Requests of employees: list, read, register, take the next one.",
    "Conversation": "Messages, internal notes and files of a ticket.",
    "Life of a ticket": "History, deadlines explained, and every action with its reason.",
    "Catalog": "Services, kinds of work and support lines.",
    "People": "Whom support may file requests for.",
    "Events": "What happens, in order, for programs that follow it.",
    "Me": "The person of the key: profile, unread, counters.",
    "Sign-in": "Sessions, tokens, password, new accounts.",
    "Reports": "The figures of the analytics, and the tickets behind them.",
    "Webhooks": "Who is told of events, and how the deliveries went.",
}


class Generator(OpenAPISchemaGenerator):
    """Adds what drf-yasg cannot know."""

    def get_schema(self, request: Any = None, public: bool = False) -> openapi.Swagger:  # noqa: FBT002 - drf-yasg calls it so
        schema = super().get_schema(request, public)
        for key in ("host", "schemes"):
            schema.pop(key, None)
        schema["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
        return schema

    def get_path_parameters(self, path: str, view_cls: Any) -> list[openapi.Parameter]:
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        return [_path_parameter(name) for name in names]


def _path_parameter(name: str) -> openapi.Parameter:
    if name == "action":
        kind = {"type": openapi.TYPE_STRING, "enum": sorted(PEOPLE_START)}
        return openapi.Parameter(name, openapi.IN_PATH, required=True, description="The name of the action.", **kind)
    text = "The number of the ticket." if name == "number" else "The id."
    return openapi.Parameter(name, openapi.IN_PATH, required=True, type=openapi.TYPE_INTEGER, description=text)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the schema as Swagger 2.0; made once, in English, the same for everybody."""
    # Brings validators that nothing else needs.
    from drf_yasg.codecs import OpenAPICodecJson

    with translation.override("en"):
        swagger = Generator(info=INFO, version="v1", url=None).get_schema(request=None, public=True)
        told: dict[str, Any] = json.loads(OpenAPICodecJson([]).encode(swagger))
    _loosen(told)
    _add_examples(told)
    return told


def _loosen(told: dict[str, Any]) -> None:
    """Say of bodies that they take nothing else, and take back what holds for bodies only.

    An answer may have an empty text, and `fields` leaves most of it out.
    """
    taken = {
        parameter["schema"].get("$ref", "").rsplit("/", 1)[-1]
        for path in told["paths"].values()
        for method, item in path.items()
        if method != "parameters"
        for parameter in item["parameters"]
        if parameter["in"] == "body"
    }
    for name, definition in told["definitions"].items():
        if name in taken:
            definition["additionalProperties"] = False
            continue
        if name in _TRIMMED:
            definition.pop("required", None)
        for schema in definition.get("properties", {}).values():
            for part in (schema, schema.get("items", {}), schema.get("additionalProperties") or {}):
                for key in ("minLength", "minimum", "maximum"):
                    part.pop(key, None)


def _add_examples(told: dict[str, Any]) -> None:
    definitions = told["definitions"]
    for path in told["paths"].values():
        for method, item in path.items():
            if method == "parameters":
                continue
            for parameter in item["parameters"]:
                reference = parameter.get("schema", {}).get("$ref")
                if parameter["in"] == "body" and reference:
                    definition = definitions[reference.rsplit("/", 1)[-1]]
                    definition["example"] = samples.sample(definition, definitions)
            for status, answer in item["responses"].items():
                _add_example(int(status), answer, definitions)


def _add_example(status: int, answer: dict[str, Any], definitions: dict[str, Any]) -> None:
    schema = answer.get("schema")
    if schema is None or schema.get("format") == "binary":
        return
    told = failures.example(status) if status >= 400 else samples.sample(schema, definitions)
    answer["examples"] = {"application/json": told}


@lru_cache(maxsize=3)
def text(kind: str) -> str:
    """Return the schema as a file: `json`, `yaml`, or `openapi3` (JSON)."""
    if kind == "yaml":
        return yaml.safe_dump(document(), allow_unicode=True, sort_keys=False, width=120)
    told = openapi3.converted(document()) if kind == "openapi3" else document()
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
