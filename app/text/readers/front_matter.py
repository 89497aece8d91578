"""The front matter of a Markdown file: YAML between lines of `---`, or TOML between `+++`."""

import re
import tomllib
from datetime import date, datetime
from typing import cast

import yaml

from app.text.dates import DateOrder, parse_date
from app.text.links import is_web_address
from app.text.readers.facts import Facts, language_of
from app.text.unreadable import Unreadable

ORIGIN = "front matter"

_YAML, _TOML = "---", "+++"
_FENCE = re.compile(r"(---|\+\+\+)[ \t]*\n")
_ENDS = {
    _YAML: re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    _TOML: re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_TOML_PROBLEM = re.compile(r"(?P<problem>.*?)(?: \(at line (?P<line>[0-9]+),.*)?", re.DOTALL)
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]{1,300}\|)?([^\[\]|]{1,300})\]\]")  # a page of a notebook
_MAX_LENGTH = 20_000
_FIRST_LINE = 2  # of the fields, which begin after the fence


def split_front_matter(text: str) -> tuple[str, str, bool]:
    """Split a normalised text into its front matter ("" without one) and the rest.

    The last value tells whether it is TOML.
    """
    opening = _FENCE.match(text)
    closing = _ENDS[opening[1]].search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return "", text, False
    return text[opening.end() : closing.start()], text[closing.end() :], opening[1] == _TOML


def read_front_matter(text: str, order: DateOrder, *, is_toml: bool = False) -> Facts | None:
    """Read front matter; None where it is no mapping, but text between two rules.

    Every value is read as the words that were written ("no" is Norwegian, not false), so nothing
    in it can make an object. `order` is for dates in numbers.

    Raises: Unreadable (it is not YAML or TOML, with the line; or longer than 20,000 characters).
    """
    if len(text) > _MAX_LENGTH:
        message = (
            f"The front matter is longer than {_MAX_LENGTH:,} characters. "
            f"Close it with a line of {_TOML if is_toml else _YAML} after the last field."
        )
        raise Unreadable(message)
    fields = _toml_fields(text) if is_toml else _fields(text)
    if fields is None:
        return None
    written = _first(fields, "date", "published", "published_on")
    found = parse_date(written, order)
    is_doubtful = found.is_guess if found else bool(written)
    url = _first(fields, "source_url", "url", "source")
    return Facts(
        ORIGIN,
        title=_first(fields, "title"),
        author=_first(fields, "author", "authors"),
        publication=_first(fields, "publication"),
        published_on=found.day if found else None,
        source_url=url if is_web_address(url) else "",
        language=language_of(_first(fields, "language", "lang")),
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


def _toml_fields(text: str) -> dict[str, object]:
    try:
        loaded: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _TOML_PROBLEM.fullmatch(str(error))
        number = int(match["line"]) + _FIRST_LINE - 1 if match and match["line"] else _FIRST_LINE
        problem = match["problem"] if match else str(error)
        message = (
            f"The front matter is not valid TOML in line {number}: {problem.rstrip('.')}. "
            "Correct that line, or put its value in quotes."
        )
        raise Unreadable(message) from error
    except ValueError as error:  # a number of more digits than Python reads
        message = "The front matter has a number that is too long. Put it in quotes."
        raise Unreadable(message) from error
    except RecursionError as error:
        message = "The front matter has brackets inside brackets, too deep. Take them out."
        raise Unreadable(message) from error
    return {key.strip().lower(): value for key, value in loaded.items()}


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
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(_WIKI_LINK.sub(r"\1", value).split()) if isinstance(value, str) else ""
