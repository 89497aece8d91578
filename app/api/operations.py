"""What one view for programs takes and answers: said beside it, and published as OpenAPI."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from app.frozen import frozen

Schema = Mapping[str, Any]
View = TypeVar("View", bound=Callable[..., Any])
ALWAYS = (401, 405, 429, 500, 503)
"""The refusals that each view for programs may answer with."""


@frozen
class Parameter:
    """A parameter of an address; of one that `is_many`, any number may be given."""

    name: str
    words: str
    schema: Schema
    is_many: bool = False
    is_required: bool = False


@frozen
class Operation:
    """What a view does. `answers` has the name of a schema for each status of a success.

    `files` are the media types of an answer that is a file, in place of a schema. `body` is the
    name of the schema of what is sent, "" for nothing. `refusals` are statuses beside ALWAYS.
    """

    name: str
    summary: str
    answers: Mapping[int, str]
    refusals: Sequence[int] = (404,)
    parameters: Sequence[Parameter] = ()
    body: str = ""
    words: str = ""
    files: Sequence[str] = ()
    example: Mapping[str, Any] | None = None


def describes(operation: Operation) -> Callable[[View], View]:
    """Say beside a view what it does."""

    def mark(view: View) -> View:
        view.operation = operation  # type: ignore[attr-defined]  # a mark of ours
        return view

    return mark


def operation_of(view: Callable[..., object] | None) -> Operation | None:
    """Return what a view does, None where nothing is said of it."""
    found: Operation | None = getattr(view, "operation", None)
    return found
