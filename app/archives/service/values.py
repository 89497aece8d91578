"""The values of an archive's rows: read from JSON by the type of their column, or refused."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from typing import Any, get_origin

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String

from app.activity.pages.event_text import EventNames, describe
from app.annotations.content import MOST_ADDRESSEES, MOST_THEMES
from app.annotations.models import ANNOTATION, NOTE_LIMIT
from app.annotations.service.annotations import ACTS
from app.annotations.service.moving import MOVES
from app.annotations.state import AnnotationState
from app.articles.fields import NAMES
from app.core.db import LARGEST_NUMBER, UTCDateTime
from app.core.ids import RowIds
from app.discussion.models import COMMENT_LIMIT, REASON_LIMIT
from app.events.models import Event
from app.guidelines.models import GUIDELINES_LIMIT
from app.parties import models as parties
from app.parties.kinds import KINDS
from app.parties.state import read_state
from app.text.limits import Limits
from app.text.links import is_safe_target
from app.text.normalise import has_controls
from app.themes.models import TEXT_LIMIT

ReadValue = Callable[[Any], object]
"""Reads a value that is not null. Raises: ValueError, TypeError (it is of another kind)."""

ArchiveRow = dict[str, Any]
LONGEST = Limits().text  # characters of any text
_LIMITS: Mapping[tuple[str, str], int] = {
    ("annotations", "note"): NOTE_LIMIT,
    ("comments", "text"): COMMENT_LIMIT,
    ("guidelines", "text"): GUIDELINES_LIMIT,
    ("parties", "note"): parties.NOTE_LIMIT,
    ("positions", "note"): parties.NOTE_LIMIT,
    ("stances", "reason"): REASON_LIMIT,
    ("themes", "definition"): TEXT_LIMIT,
    ("themes", "example"): TEXT_LIMIT,
}
_BOUNDS = re.compile(r"(?:\d{1,7} \d{1,7}(?: \d{1,7} \d{1,7})*)?", re.ASCII)


def reader_of(column: Column[Any]) -> ReadValue:
    """Return what reads the values of a column."""
    type_ = column.type
    if isinstance(type_, RowIds):
        return _row_ids
    if isinstance(type_, String):
        most = _LIMITS.get((column.table.name, column.name))
        return _text_of(type_.length or LONGEST) if most is None else _typed_of(most)
    readers: tuple[tuple[type[object], ReadValue], ...] = (
        (JSON, _json),
        (UTCDateTime, _moment),
        (Date, date.fromisoformat),
        (Boolean, _yes_or_no),
        (Integer, _number),
    )
    return next(read for kind, read in readers if isinstance(type_, kind))


def _text_of(most: int) -> ReadValue:
    def read(value: object) -> str:
        if type(value) is not str or len(value) > most:
            raise TypeError(value)
        _check_text(value)
        return value

    return read


def _typed_of(most: int) -> ReadValue:
    """Return what reads what people write at some length, which forms clean of controls."""
    read = _text_of(most)

    def read_typed(value: Any) -> object:  # noqa: ANN401  (what JSON holds)
        text = read(value)
        if has_controls(value):
            raise ValueError(value)
        return text

    return read_typed


def _check_text(text: str) -> None:
    """Refuse what no database keeps.

    Raises: ValueError (half a character, or NUL).
    """
    if "\0" in text:
        raise ValueError(text)
    if not text.isascii():
        text.encode()


def _texts_in(value: object) -> Iterator[str]:
    """Yield all texts in what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)


def _json(value: object) -> object:
    for text in _texts_in(value):
        _check_text(text)
    return value


def _number(value: object) -> int:
    if type(value) is not int or abs(value) > LARGEST_NUMBER:
        raise TypeError(value)
    return value


def _yes_or_no(value: object) -> bool:
    if type(value) is not bool:
        raise TypeError(value)
    return value


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(value)
    return at.astimezone(UTC)


def _row_ids(value: Sequence[object]) -> tuple[object, ...]:
    if type(value) is not list or len(value) > max(MOST_THEMES, MOST_ADDRESSEES):
        raise TypeError(value)
    return tuple(value)


# --- what no type says --------------------------------------------------------------------------


def check_article(row: ArchiveRow) -> None:
    """See that an article can be shown.

    Raises: ValueError, TypeError.
    """
    guessed, origins, address = row["guessed"], row["origins"] or {}, row["source_url"]
    words = [*guessed, *origins, *origins.values()]
    if type(guessed) is not list or not all(type(word) is str for word in words):
        raise TypeError(guessed)
    if not set(guessed) <= set(NAMES):
        raise ValueError(guessed)
    if address and not (is_safe_target(address) and address.lower().startswith("http")):
        raise ValueError(address)


def check_block(row: ArchiveRow) -> None:
    """See that the bounds of a block's sentences are numbers that rise within it.

    They stand in pages as they are.

    Raises: ValueError.
    """
    written = row["sentences"]
    if not _BOUNDS.fullmatch(written):
        raise ValueError(written)
    bounds = [int(bound) for bound in written.split()]
    if bounds != sorted(bounds) or (bounds and bounds[-1] > row["end"] - row["start"]):
        raise ValueError(written)


def check_event(row: ArchiveRow) -> None:
    """See that pages can say what an event did.

    Raises: KeyError, ValueError, TypeError, AttributeError, IndexError.
    """
    states = [state for state in (row["before"], row["after"]) if state is not None]
    is_of_annotation = row["subject_kind"] == ANNOTATION
    if is_of_annotation != (row["kind"] in _OF_ANNOTATIONS):
        raise ValueError(row["kind"])
    if is_of_annotation:
        if row["after"] is None:
            raise ValueError(row["kind"])
        for state in states:
            if not state.keys() >= _NEEDED or not all(
                isinstance(state[name], kinds) for name, kinds in _STATE.items() if name in state
            ):
                raise TypeError(state)
            if has_controls(state["note"]):
                raise ValueError(state)
        return
    if row["subject_kind"] in KINDS:
        for state in states:
            read_state(row["subject_kind"], state)
    accounts = {state["account"]: "" for state in states if "account" in state}
    describe(Event(**row), EventNames(accounts))


def _kinds_of(type_: Any) -> Any:  # noqa: ANN401  (what isinstance takes)
    """Return what JSON has for a field of a type: a list for a tuple."""
    return list if get_origin(type_) is tuple else type_


_OF_ANNOTATIONS = frozenset((*ACTS, *MOVES))
_STATE = {each.name: _kinds_of(each.type) for each in fields(AnnotationState)}
_NEEDED = {each.name for each in fields(AnnotationState) if each.default is MISSING}
