"""The documentation cannot be wrong: it is made from the code, valid, complete, snapshotted, and shown without a foreign host."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator

from helpdesk.api.reference import generator
from helpdesk.api.v1 import urls
from tests.people import Desk

SNAPSHOT = Path(__file__).with_name("schema.json")
METHODS = ("get", "post", "put", "patch", "delete")


def operations():
    for path, item in generator.document()["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield f"{method} {path}", operation


def test_the_schema_is_what_the_snapshot_says() -> None:
    """After a wanted change: WRITE_SCHEMA=1 pytest tests/api/test_schema.py, and look at the difference."""
    told = generator.text("json")
    if os.environ.get("WRITE_SCHEMA"):
        SNAPSHOT.write_text(told, encoding="utf-8")

    assert json.loads(told) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_the_schema_is_valid_in_both_versions() -> None:
    assert list(OpenAPIV2SpecValidator(generator.document()).iter_errors()) == []
    assert list(OpenAPIV30SpecValidator(json.loads(generator.text("openapi3"))).iter_errors()) == []


def test_every_method_of_every_address_is_described() -> None:
    described = {name for name, _operation in operations()}
    existing = {
        f"{method} /" + re.sub("<[a-z]+:([a-z]+)>", r"{\1}", str(pattern.pattern)).replace("{pk}", "{id}")
        for pattern in urls.urlpatterns
        for method in METHODS
        if hasattr(pattern.callback.view_class, method)
    }

    assert described == existing


def test_every_operation_says_who_may_what_comes_back_and_what_can_fail() -> None:
    names = [operation["operationId"] for _name, operation in operations()]
    assert len(names) == len(set(names))
    for name, operation in operations():
        assert operation["summary"], name
        assert len(operation["tags"]) == 1, name
        assert "**Who:**" in operation["description"], name
        assert "**Key:**" in operation["description"], name
        assert {"429", "503"} <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            assert answer["description"], name
            if "schema" in answer and answer["schema"].get("format") != "binary":
                assert answer["examples"]["application/json"] is not None, f"{name} {status}"
        for parameter in operation["parameters"]:
            assert parameter["in"] == "body" or parameter["description"], f"{name} {parameter['name']}"


def test_examples_are_what_the_schema_promises() -> None:
    from jsonschema import Draft4Validator

    from tests.api.conftest import definitions, nullable

    for name, operation in operations():
        for status, answer in operation["responses"].items():
            if "examples" in answer:
                validator = Draft4Validator({**nullable(answer["schema"]), "definitions": definitions()})
                errors = [error.message for error in validator.iter_errors(answer["examples"]["application/json"])]
                assert errors == [], f"{name} {status}"


def test_the_schema_is_for_who_has_signed_in(desk: Desk) -> None:
    for path, kind in (("json", "json"), ("yaml", "yaml")):
        assert Client().get(f"/api/schema.{path}").status_code == 401
        answer = desk.client("anna").get(f"/api/schema.{path}")
        assert (answer.status_code, kind in answer["Content-Type"]) == (200, True)
    assert desk.client("anna").get("/api/openapi3.json").json()["openapi"] == "3.0.3"


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_pages_need_no_foreign_host_and_no_inline_script(desk: Desk, page: str) -> None:
    away = Client().get(f"/api/{page}/")
    answer = desk.client("anna").get(f"/api/{page}/")

    assert (away.status_code, away["Location"]) == (302, f"/admin/login/?next=/api/{page}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+"', text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []
    assert re.findall(r'\son[a-z]+="', text) == []
    assert "script-src 'self';" in answer["Content-Security-Policy"] + ";"
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        assert desk.client("anna").get(address).status_code == 200, address
