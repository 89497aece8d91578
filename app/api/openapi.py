"""The description of the API as an OpenAPI 3.1 document, made from what stands beside its views.

See https://spec.openapis.org/oas/v3.1.1.html.
"""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from app.api.operations import ALWAYS, Operation, Parameter
from app.api.schemas import ID, SCHEMAS, TEXT, reference
from app.web.problems import MIMETYPE

_ARGUMENT = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<choices>[^)]*)\))?:)?(?P<name>\w+)>")
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_LEFT = {
    "RateLimit-Policy": {
        "description": "How many requests a token may send in how many seconds: q and w.",
        "schema": TEXT,
    },
    "RateLimit": {
        "description": "How many are left, and in how many seconds there are more: r and t.",
        "schema": TEXT,
    },
}
"""See https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/."""


class Described(NamedTuple):
    """A view as the document needs it: its rule, its method, and what it does."""

    rule: str
    method: str
    operation: Operation


def document(views: Iterable[Described], *, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of some views, as plain values."""
    paths: dict[str, dict[str, Any]] = {}
    for view in sorted(views):
        path = paths.setdefault(_ARGUMENT.sub(r"{\g<name>}", view.rule), {})
        path[view.method.lower()] = _operation(view)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Gloss",
            "version": version,
            "description": "Read articles, passages and annotations, and tag, by a program.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {name: dict(schema) for name, schema in SCHEMAS.items()},
            "responses": {str(status): _refusal(status) for status in _statuses(views)},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token, made on the page of one's account.",
                }
            },
        },
    }


def _statuses(views: Iterable[Described]) -> list[int]:
    found = {status for view in views for status in view.operation.refusals}
    return sorted(found.union(ALWAYS))


def _refusal(status: int) -> dict[str, Any]:
    refusal: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MIMETYPE: {"schema": reference("Problem")}},
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        refusal["headers"] = {**_RETRY, **_LEFT}
    return refusal


def _operation(view: Described) -> dict[str, Any]:
    operation = view.operation
    said: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    if operation.words:
        said["description"] = operation.words
    parameters = [*_in_path(view.rule), *map(_in_query, operation.parameters)]
    if parameters:
        said["parameters"] = parameters
    if operation.body:
        content: dict[str, Any] = {"schema": reference(operation.body)}
        if operation.example is not None:
            content["example"] = operation.example
        said["requestBody"] = {"required": True, "content": {"application/json": content}}
    answers = {str(status): _answer(operation, name) for status, name in operation.answers.items()}
    refusals = sorted({*ALWAYS, *operation.refusals})
    said["responses"] = {
        **answers,
        **{str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals},
    }
    return said


def _answer(operation: Operation, name: str) -> dict[str, Any]:
    content: Mapping[str, Any] = {"application/json": {"schema": reference(name)}}
    if operation.files:
        content = {each: {"schema": {}} for each in operation.files}
    return {"description": operation.summary, "headers": _LEFT, "content": content}


def _in_path(rule: str) -> Iterable[dict[str, Any]]:
    for found in _ARGUMENT.finditer(rule):
        schema: Mapping[str, Any] = ID if found["converter"] == "int" else TEXT
        if found["converter"] == "any":
            schema = {**TEXT, "enum": [each.strip() for each in found["choices"].split(",")]}
        yield {"name": found["name"], "in": "path", "required": True, "schema": schema}


def _in_query(parameter: Parameter) -> dict[str, Any]:
    schema: Mapping[str, Any] = parameter.schema
    if parameter.is_many:
        schema = {"type": "array", "items": schema}
    said = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.words,
        "schema": schema,
    }
    return {**said, "required": True} if parameter.is_required else said
