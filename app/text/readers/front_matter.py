"""The YAML between two lines of `---` at the head of a Markdown file."""

import re
from typing import cast

import yaml

from app.text.dates import DateOrder, parse_date
from app.text.links import is_web_address
from app.text.readers.facts import Facts
from app.text.unreadable import Unreadable

ORIGIN = "front matter"

_FENCE = re.compile(r"---[ \t]*\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MAX_LENGTH = 20_000
_FIRST_LINE = 2  # of the YAML, which begins after the line of ---


def split_front_matter(text: str) -> tuple[str, str]:
    """Split a normalised text into its YAML ("" where it has none) and the rest."""
    opening = _FENCE.match(text)
    closing = _END.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return "", text
    return text[opening.end() : closing.start()], text[closing.end() :]


def read_front_matter(text: str, order: DateOrder) -> Facts | None:
    """Read YAML; None where it is no mapping, but text between two rules.

    Every value is read as the words that were written ("no" is Norwegian, not false), so nothing
    in it can make an object. `order` is for dates in numbers.

    Raises: Unreadable (it is not YAML, with the line; or longer than 20,000 characters).
    """
    if len(text) > _MAX_LENGTH:
        message = (
            f"The front matter is longer than {_MAX_LENGTH:,} characters. "
            "Close it with a line of --- after the last field."
        )
        raise Unreadable(message)
    fields = _fields(text)
    if fields is None:
        return None
    written = _first(fields, "date", "published", "published_on")
    found = parse_date(written, order)
    is_doubtful = found.is_guess if found else bool(written)
    url = _first(fields, "source_url", "url")
    language = _first(fields, "language", "lang")
    return Facts(
        ORIGIN,
        title=_first(fields, "title"),
        author=_first(fields, "author", "authors"),
        publication=_first(fields, "publication"),
        published_on=found.day if found else None,
        source_url=url if is_web_address(url) else "",
        language=language if _LANGUAGE.fullmatch(language) else "",
        guessed=frozenset({"published_on"} if is_doubtful else ()),
    )


def _fields(text: str) -> dict[str, object] | None:
    try:
        # BaseLoader makes strings, lists and dicts and nothing else.
        loaded = cast("object", yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 see above
    except yaml.MarkedYAMLError as error:
        problem = error.problem or ""
        # What was never closed is found at the end, but is mended where it was opened.
        marks = [error.problem_mark, error.context_mark]
        mark = next(filter(None, reversed(marks) if "stream" in problem else marks), None)
        raise _not_yaml(mark.line if mark else 0, problem) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        raise _not_yaml(line, "a character that YAML does not allow") from error
    except RecursionError as error:
        raise _not_yaml(0, "brackets inside brackets, too deep") from error
    if not isinstance(loaded, dict):
        return None
    return {str(key).strip().lower(): value for key, value in loaded.items()}


def _not_yaml(line: int, problem: str) -> Unreadable:
    return Unreadable(
        f"The front matter is not valid YAML in line {line + _FIRST_LINE}: "
        f"{problem.rstrip('.') or 'it cannot be read'}. "
        "Correct that line, or put its value in quotes."
    )


def _first(fields: dict[str, object], *names: str) -> str:
    """Return the first field that says something, on one line; a list is joined with commas."""
    for name in names:
        if text := _words(fields.get(name)):
            return text
    return ""


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := _word(item)))
    return _word(value)


def _word(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(value.split()) if isinstance(value, str) else ""
