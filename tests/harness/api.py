"""A client of the API that refuses answers which are not as the API describes itself."""

import re
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

OPENAPI = "/api/v1/openapi.json"
PROJECT = "/api/v1/projects/first"
_CONVERTER = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")


class NotDescribed(AssertionError):
    """An answer of which the document of the API says nothing, or something else."""


class ApiClient(FlaskClient):
    """Flask's test client without cookies, which sends an API token and looks at each answer.

    `seen` has the name of each operation with the statuses that were answered.
    """

    def __init__(self, app: Flask, token: str = "") -> None:
        super().__init__(app, use_cookies=False)
        self.environ_base.update({"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "tests"})
        if token:
            self.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        self.seen: set[tuple[str, int]] = set()

    @cached_property
    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        answer = super().open(OPENAPI)
        found: dict[str, Any] = answer.get_json()
        return found

    def ask(self, method: str, path: str, **kwargs: Any) -> Any:  # noqa: ANN401  (an answer whose JSON is anything)
        """Send a request and return its answer, which has been looked at.

        Raises: NotDescribed.
        """
        return self.open(path, method=method, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401  (as Flask has it)
        """Send a request and check the answer.

        Raises: NotDescribed.
        """
        answer = super().open(*args, **kwargs)
        operation = self._operation(answer)
        if operation is not None:
            self._check(answer, operation)
        return answer

    def _operation(self, answer: TestResponse) -> Mapping[str, Any] | None:
        """Return the operation that was asked for, None where the address has none."""
        asked = answer.request
        adapter = self.application.url_map.bind("localhost")
        if not adapter.test(asked.path, asked.method):
            return None
        rule, _values = adapter.match(asked.path, asked.method, return_rule=True)
        path = _CONVERTER.sub(r"{\1}", rule.rule)
        found: Mapping[str, Any] | None = self.document["paths"][path].get(asked.method.lower())
        return found

    def _check(self, answer: TestResponse, operation: Mapping[str, Any]) -> None:
        name, status = operation["operationId"], answer.status_code
        self.seen.add((name, status))
        said = operation["responses"].get(str(status))
        if said is None:
            message = f"{name} answered {status}: {answer.text[:300]}"
            raise NotDescribed(message)
        said = self._resolve(said)
        missing = set(said.get("headers", ())) - {name for name, _value in answer.headers}
        if missing and status < HTTPStatus.BAD_REQUEST:
            message = f"{name} answered without {', '.join(sorted(missing))}"
            raise NotDescribed(message)
        content = said["content"].get(answer.mimetype)
        if content is None:
            message = f"{name} answered {status} as {answer.mimetype}"
            raise NotDescribed(message)
        if not answer.is_json:
            return
        schema = {**content["schema"], "components": self.document["components"]}
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        faults = [
            f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json)
        ]
        if faults:
            message = f"{name} answered {status}: {'; '.join(faults)}"
            raise NotDescribed(message)

    def _resolve(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in said:
            return said
        found: Any = self.document
        for part in said["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        resolved: Mapping[str, Any] = found
        return resolved


def create(program: ApiClient, **body: object) -> Any:  # noqa: ANN401  (an answer whose JSON is anything)
    """Tag words of the first article, and return the answer."""
    path = f"{PROJECT}/articles/1/annotations"
    return program.ask("POST", path, json={"tag": "claim", **body})
