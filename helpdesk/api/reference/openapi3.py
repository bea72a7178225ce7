"""Decides how the schema is converted to OpenAPI 3.0, for tools that read nothing older."""

from __future__ import annotations

from typing import Any

_TYPE_KEYS = (
    "type",
    "format",
    "enum",
    "default",
    "minimum",
    "maximum",
    "maxLength",
    "minLength",
    "items",
    "pattern",
    "minItems",
)
JSON, FORM = "application/json", "multipart/form-data"


def converted(told: dict[str, Any]) -> dict[str, Any]:
    """Return a Swagger 2.0 document of ours as OpenAPI 3.0."""
    base = told.get("basePath", "")
    return {
        "openapi": "3.0.3",
        "info": told["info"],
        "servers": [{"url": base or "/"}],
        "tags": told["tags"],
        "paths": {path: _path(item, told["definitions"]) for path, item in told["paths"].items()},
        "components": {
            "schemas": {name: _schema(schema) for name, schema in told["definitions"].items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _path(item: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [_parameter(one) for one in value] if key == "parameters" else _operation(value, definitions)
        for key, value in item.items()
    }


def _operation(item: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        key: item[key] for key in ("operationId", "summary", "description", "tags", "security") if key in item
    }
    plain = [one for one in item["parameters"] if one["in"] not in ("body", "formData")]
    kept["parameters"] = [_parameter(one) for one in plain]
    body = _body(item, definitions)
    if body:
        kept["requestBody"] = body
    kept["responses"] = {status: _response(answer) for status, answer in item["responses"].items()}
    return kept


def _body(item: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    for one in item["parameters"]:
        if one["in"] == "formData":
            schema = {"type": "object", "required": ["files"], "properties": {"files": {**files, "minItems": 1}}}
            return {"required": True, "content": {FORM: {"schema": schema}}}
        if one["in"] == "body":
            schema = _schema(one["schema"])
            content = {JSON: {"schema": schema}}
            if FORM in item.get("consumes", ()):
                plain = _schema(definitions[one["schema"]["$ref"].rsplit("/", 1)[-1]])
                content[FORM] = {"schema": {**plain, "properties": {**plain["properties"], "files": files}}}
            return {"required": one.get("required", False), "content": content}
    return None


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {key: one[key] for key in ("name", "in", "description", "required") if key in one}
    told["schema"] = _schema({key: one[key] for key in _TYPE_KEYS if key in one})
    if one.get("collectionFormat") == "csv":
        told |= {"style": "form", "explode": False}
    return told


def _response(answer: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer["description"]}
    schema = answer.get("schema")
    if schema is None:
        return told
    if schema.get("format") == "binary":
        return {**told, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    content: dict[str, Any] = {"schema": _schema(schema)}
    if "examples" in answer:
        content["example"] = answer["examples"][JSON]
    return {**told, "content": {JSON: content}}


def _schema(schema: Any) -> Any:
    """Rename references and what may be null, at every depth; examples are data and stay."""
    if isinstance(schema, list):
        return [_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$ref":
            told["$ref"] = value.replace("#/definitions/", "#/components/schemas/")
        elif key == "x-nullable":
            told["nullable"] = value
        else:
            told[key] = value if key in ("example", "default", "enum") else _schema(value)
    return told
