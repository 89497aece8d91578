"""What a program sends as JSON, looked at by its schema before a service sees it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from app.api.schemas import SCHEMAS
from app.core.db import LARGEST_NUMBER
from app.core.errors import Invalid
from app.core.names import SEPARATOR
from app.web.problems import Problem

JSON = "application/json"


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_NUMBER


_TYPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "string": (lambda value: isinstance(value, str), "a string"),
    "integer": (_is_number, "a whole number from 0 on"),
    "integer, null": (
        lambda value: value is None or _is_number(value),
        "a whole number from 0 on, or null",
    ),
    "integer, string, null": (
        lambda value: value is None or isinstance(value, str) or _is_number(value),
        "an id, a name, or null",
    ),
    "array of integer": (
        lambda value: isinstance(value, list) and all(map(_is_number, value)),
        "a list of whole numbers",
    ),
    "array of integer, string": (
        lambda value: (
            isinstance(value, list)
            and all(isinstance(each, str) or _is_number(each) for each in value)
        ),
        "a list of ids or names",
    ),
}


def read_body(name: str) -> dict[str, Any]:
    """Return the members of the JSON object that was sent, each of the type of its schema.

    `name` is that of the schema in SCHEMAS. What a value may be is for the services to say.

    Raises: Problem (415: it is no JSON; 400: it cannot be read), Invalid (a member is missing, of
    another type, or known to nobody).
    """
    if request.mimetype != JSON:
        raise Problem(415, f"Send JSON, as “Content-Type: {JSON}”.")
    schema = SCHEMAS[name]
    body = _parse(request.get_data())
    for member, value in body.items():
        if member not in schema["properties"]:
            known = ", ".join(schema["properties"])
            raise Invalid(member, f"There is no such member. The members are: {known}.")
        is_right, words = _TYPES[_type_of(schema["properties"][member])]
        if not is_right(value):
            raise Invalid(member, f"This has to be {words}.")
    for member in schema["required"]:
        if member not in body:
            raise Invalid(member, "This is missing.")
    return body


def _type_of(schema: Mapping[str, Any]) -> str:
    types = schema["type"]
    name = types if isinstance(types, str) else ", ".join(types)
    return f"array of {_type_of(schema['items'])}" if name == "array" else name


def _parse(sent: bytes) -> dict[str, Any]:
    try:
        body = json.loads(sent.decode())
        json.dumps(body, ensure_ascii=False).encode()  # no half of a pair of surrogates
    except (ValueError, RecursionError):
        raise Problem(400, "The body is not JSON in UTF-8.") from None
    if not isinstance(body, dict):
        raise Problem(400, "The body has to be a JSON object.")
    return body


def as_typed(value: str | int | list[int] | None) -> str:
    """Return the value of a field of annotations as a form has it."""
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    return value if isinstance(value, str) else SEPARATOR.join(map(str, value))
