"""A program's client for the named people, which holds every answer against the schema that promises it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft4Validator

from helpdesk.api.reference import generator
from tests.people import Desk

V1 = "/api/v1"


@cache
def promised() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Return the paths of the schema as patterns, the plain ones first."""
    paths = generator.document()["paths"]
    ordered = sorted(paths, key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{[a-z]+\}", "[^/]+", path)), paths[path]) for path in ordered]


def nullable(schema: Any) -> Any:
    """Return a schema in which `x-nullable` means what it says, and references lead to the definitions."""
    if isinstance(schema, list):
        return [nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: nullable(value) for key, value in schema.items() if key not in ("x-nullable", "example", "examples")}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("x-nullable") is True else told


@cache
def definitions() -> dict[str, Any]:
    return {name: nullable(schema) for name, schema in generator.document()["definitions"].items()}


@cache
def validator(path: int, method: str, status: str) -> Draft4Validator | None:
    """Return what an answer of the n-th path has to pass, None for one without a body."""
    schema = promised()[path][1][method]["responses"][status].get("schema")
    if schema is None or schema.get("format") == "binary":
        return None
    return Draft4Validator({**nullable(schema), "definitions": definitions()})


def assert_kept(method: str, path: str, answer: Any) -> None:
    """Fail when the schema promises another answer than this one."""
    places = enumerate(promised())
    place, found = next(
        ((place, item) for place, (pattern, item) in places if pattern.fullmatch(path.removeprefix(V1))), (0, {})
    )
    if method not in found:
        return
    status = str(answer.status_code)
    assert status in found[method]["responses"], f"{method} {path}: {status} {answer.content[:300]!r}"
    checked = validator(place, method, status)
    if checked is not None:
        errors = [f"{list(error.path)}: {error.message}"[:300] for error in checked.iter_errors(answer.json())]
        assert errors == [], f"{method} {path}"


class Program:
    """A client of the API; every answer is JSON, has an id, and is what the schema promises."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.client = client
        self.headers = {"Accept-Language": "en", **headers}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        address = path if path.startswith("/api/") else V1 + path
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": {**self.headers, **names}}
        if body is not None:
            options |= {"data": body, "content_type": "application/json"}
        answer = getattr(self.client, method)(address, **options)
        assert answer["X-Request-ID"]
        if answer.status_code >= 400:
            told = answer.json()
            assert {"code", "detail", "fields", "request_id"} <= set(told)
            assert told["request_id"] == answer["X-Request-ID"]
            assert re.fullmatch("[a-z_]+", told["code"])
        assert_kept(method, address.split("?")[0], answer)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("post", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("patch", path, body)

    def delete(self, path: str) -> Any:
        return self.call("delete", path)

    def form(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        """Send a form with files."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(V1 + path, data, headers={**self.headers, **names})
        assert_kept("post", path.split("?", maxsplit=1)[0], answer)
        return answer


@pytest.fixture
def program(desk: Desk) -> Callable[[str | None], Program]:
    """Return a maker of clients: of a person in a session, or of nobody."""

    def make(login: str | None) -> Program:
        client = Client(raise_request_exception=False) if login is None else desk.client(login)
        client.raise_request_exception = False
        return Program(client)

    return make
