"""The parameters of addresses for programs: those of the passages, and of pages of a list."""

from dataclasses import fields
from enum import Enum
from typing import Any

from app.annotations.models import SIDES
from app.annotations.tags import TAGS
from app.api.operations import Parameter
from app.assignments.queries.progress import STATES as TASK_STATES
from app.discussion.thread_states import STATES as THREAD_STATES
from app.findings.asked import (
    FACETS,
    ME,
    MOST_VALUES,
    NO,
    NONE,
    PARAMETERS,
    PLACES,
    Q_LIMIT,
    SHOWN,
    STATES,
    TREE,
    YES,
    Asked,
)
from app.library.pages.article_list import NOBODY
from app.search.query import LONGEST_QUERY

PAGE = 100  # items of a page where nothing is said
MOST = 500  # items of a page

_NUMBER = "[1-9][0-9]{0,8}"
_MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
_SCHEMAS: dict[str, dict[str, Any]] = {
    "tag": {"enum": list(TAGS)},
    "annotator": {"pattern": f"^({ME}|{_NUMBER})$"},
    "article": {"pattern": f"^{_NUMBER}$"},
    "published": {"pattern": f"^({NONE}|{_MONTH})$"},
    "tagged": {"pattern": f"^{_MONTH}$"},
    "state": {"enum": list(STATES)},
    "note": {"enum": [YES, NO]},
    "theme": {"pattern": f"^({NONE}|{_NUMBER}({TREE})?)$"},
    "party": {"pattern": f"^({NONE}|{_NUMBER})$"},
    "position": {"pattern": f"^({NONE}|{_NUMBER})$"},
    "side": {"enum": [*SIDES, NONE]},
    "within": {"enum": list(PLACES)},
    "q": {"maxLength": Q_LIMIT},
}
_WORDS = {
    "q": "Words that are searched, as on the page Passages.",
    "within": "Where they are searched; without it everywhere.",
    "annotator": f"The id of an annotator, or {ME}: the owner of the token.",
    "author": f"As the article has it, or {NONE} for articles without one.",
    "publication": f"As the article has it, or {NONE} for articles without one.",
    "published": f"A month such as 2025-03, or {NONE} for articles without a date.",
    "theme": f"The id of a theme, with {TREE} after it for all beneath it, too; or {NONE}.",
    "party": f"The id of a party, main or alias: all that counts for the main one; or {NONE}.",
    "position": f"The id of a position, likewise, or {NONE}.",
    "side": f"The side of a position, or {NONE} for passages without one.",
    "sort": "In which order: by place, author, party, position; or the latest published or tagged.",
}

LIMIT = Parameter(
    "limit",
    f"How many items a page has at most; {PAGE} without it.",
    {"type": "integer", "minimum": 1, "maximum": MOST},
)
AFTER = Parameter("after", "Where the page begins, as `next` has it.", {"type": "string"})

ARCHIVED = Parameter(
    "archived",
    "Whether those in the archive are listed, in place of those in use.",
    {"type": "string", "enum": ["no", "yes"]},
)
SEARCH = Parameter(
    "search",
    "Words that are searched in titles, authors and texts, as on the page Articles.",
    {"type": "string", "maxLength": LONGEST_QUERY},
)
ASSIGNEE = Parameter(
    "assignee",
    f"The id of whom they are assigned to, {ME} or {NOBODY}.",
    {"type": "string", "pattern": f"^({ME}|{NOBODY}|{_NUMBER})$"},
)
STATE = Parameter(
    "state", "How far the assignee is, or anyone.", {"type": "string", "enum": list(TASK_STATES)}
)
THREAD = Parameter(
    "thread",
    "What a thread in them is: an open question, or disputed.",
    {"type": "string", "enum": list(THREAD_STATES)},
)


def _asked(name: str) -> Parameter:
    default = Asked.__dataclass_fields__[name].default
    schema: dict[str, Any] = {"type": "string", **_SCHEMAS.get(name, {})}
    if isinstance(default, Enum):
        schema["enum"] = list(type(default))
    words = _WORDS.get(name, f"Passages with any of these values of {name} alone.")
    if name in SHOWN:
        words = "Taken from an address of the page as it is, and of no meaning here."
    is_many = isinstance(default, tuple)
    if is_many and name in FACETS:
        words = f"{words} Any of at most {MOST_VALUES} values."
    return Parameter(PARAMETERS.get(name, name), words, schema, is_many=is_many)


ASKED = tuple(_asked(field.name) for field in fields(Asked))
"""The parameters of an address of the page Passages, in their order."""
