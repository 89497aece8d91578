"""Answering programs: JSON, pages of lists, and addresses that do not rest on the request."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, request, url_for

from app.annotations.models import Annotation
from app.api.pages.resources import Json, annotation_json
from app.api.parameters import AFTER, LIMIT, MOST, PAGE
from app.api.queries import row_of
from app.config import Config
from app.core.errors import Invalid
from app.projects.models import Member
from app.web.responses import read_number
from app.web.session import get_session

Row = TypeVar("Row")


def answer_json(value: Json, status: int = 200) -> Response:
    """Answer with a JSON object, in UTF-8."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, status, mimetype="application/json")


def answer_page(
    rows: Sequence[Row], limit: int, place: Callable[[Row], object], draw: Callable[[Row], Json]
) -> Response:
    """Answer with a page of a list: `rows` has one more than `limit` where there is another page.

    `place` says after which row that begins.
    """
    shown = rows[:limit]
    following = next_address(place(shown[-1])) if len(rows) > limit else None
    return answer_json({"items": list(map(draw, shown)), "next": following})


def next_address(after: object) -> str:
    """Return the address of the same list from after a place on."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != AFTER.name]
    return f"{base()}{request.path}?{urlencode([*kept, (AFTER.name, str(after))])}"


def base() -> str:
    """Return how whole addresses begin: it stands on the settings, never on a request."""
    config: Config = current_app.config["GLOSS"]
    return config.permalink_base


def address_of(endpoint: str, **values: Any) -> str:  # noqa: ANN401  (as url_for has it)
    """Return the whole address of a view."""
    return base() + url_for(endpoint, **values)


def draw_annotation(member: Member, annotation: Annotation) -> Json:
    """Return an annotation of a member's project as programs get it."""
    row = row_of(get_session(), annotation)
    return annotation_json(row, member.project.slug, base())


def read_limit() -> int:
    """Return how many items a page is to have.

    Raises: Invalid.
    """
    asked = request.args.get(LIMIT.name)
    limit = PAGE if asked is None else read_number(asked)
    if limit is None or not 1 <= limit <= MOST:
        raise Invalid(LIMIT.name, f"A page has 1 to {MOST} items.")
    return limit


def read_after() -> int:
    """Return after which id the page begins, 0 for the first.

    Raises: Invalid.
    """
    asked = request.args.get(AFTER.name)
    after = 0 if asked is None else read_number(asked)
    if after is None:
        raise Invalid(AFTER.name, "Follow `next` as it is: it says where a page begins.")
    return after


def read_choice(name: str, choices: Mapping[str, Row], default: Row) -> Row:
    """Return what a parameter chooses.

    Raises: Invalid.
    """
    asked = request.args.get(name)
    if asked is None:
        return default
    if asked not in choices:
        raise Invalid(name, f"Choose one of {', '.join(choices)}.")
    return choices[asked]
