"""Annotations as JSON-LD: the W3C Web Annotation Data Model (Recommendation of 23 February 2017).

The terms are read as the model's own context names them; a file with another context, which may
give them other meanings, is read in the same way.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.annotations.tags import TAGS
from app.imports.readers.json_lines import cell_of
from app.imports.readers.unreadable import UnreadableImport, refuse_too_many
from app.imports.rows import MOST_ROWS, FileRow, FileTable

DEEPEST = 8  # of collections and pages within each other
_ARTICLE = re.compile(r"/projects/([^/?#]+)/articles/([0-9]{1,9})(?:$|[/?#])")
_REVISION = re.compile(r"/revisions/([0-9]{1,9})$")
_DESCRIBED = re.compile(r"(party|party_organization|addressee|position|side): (.+)", re.DOTALL)
_NOTES = frozenset({"commenting", "describing", "replying", "questioning", "assessing", "editing"})


def read(content: bytes) -> FileTable:
    """Read a collection, a page, a list, or one annotation; rows are numbered as they stand there.

    A tag is the text of a body for `classifying`, else of any body that is one of the four; other
    bodies for `tagging` are themes. A body for `describing` that begins with the name of a column,
    as in "party: Mara Lind", is what that column holds; the rest is the note.

    Raises: UnreadableImport.
    """
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        message = "The file is not JSON."
        raise UnreadableImport(message) from None
    rows = []
    for number, annotation in enumerate(_annotations(value), 1):
        rows.append(FileRow(number, _cells(annotation)))
        if len(rows) > MOST_ROWS:
            refuse_too_many()
    return FileTable(rows)


def _annotations(value: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _annotations(each, depth)
    elif isinstance(value, dict) and depth < DEEPEST:
        inside = [value.get(name) for name in ("first", "items", "next", "@graph")]
        if "target" in value:
            yield value
        else:
            yield from _annotations(inside, depth + 1)


def _cells(annotation: Mapping[str, Any]) -> dict[str, str]:
    cells = _said(annotation.get("body", annotation.get("bodyValue")))
    cells |= _where(_first(annotation.get("target")))
    cells["annotator"] = _name(_first(annotation.get("creator")))
    cells["created_at"] = cell_of(annotation.get("created"))
    cells["updated_at"] = cell_of(annotation.get("modified"))
    return cells


def _said(bodies: object) -> dict[str, str]:
    """Return what the bodies of an annotation say, by the columns of a table."""
    every = [_body(each) for each in (bodies if isinstance(bodies, list) else [bodies]) if each]
    described = [
        _DESCRIBED.fullmatch(value) if purpose == "describing" else None for value, purpose in every
    ]
    found = [each for each, is_cell in zip(every, described, strict=True) if not is_cell]
    tag = next((value for value, purpose in found if purpose == "classifying"), "")
    if not tag:
        tag = next((value for value, _purpose in found if value.strip().casefold() in TAGS), "")
    rest = [(value, purpose) for value, purpose in found if value != tag]
    themes = [value for value, purpose in rest if purpose in {"tagging", "classifying"}]
    notes = [value for value, purpose in rest if not purpose or purpose in _NOTES]
    cells = {"tag": tag, "note": "\n\n".join(notes), "themes": ";".join(themes)}
    return cells | {each[1]: each[2] for each in described if each}


def _body(body: object) -> tuple[str, str]:
    if isinstance(body, dict):
        purpose = _first(body.get("purpose"))
        return cell_of(body.get("value")), purpose if isinstance(purpose, str) else ""
    return cell_of(body), ""


def _where(target: object) -> dict[str, str]:
    """Return what a target says of the article, of its revision, and of the place in it."""
    if not isinstance(target, dict):
        return _source(target)
    cells = _source(_first(target.get("source", target.get("id"))))
    selectors = target.get("selector")
    for selector in selectors if isinstance(selectors, list) else [selectors]:
        if not isinstance(selector, dict):
            continue
        if selector.get("type") == "TextQuoteSelector":
            cells["quote"] = cell_of(selector.get("exact"))
            cells |= {name: cell_of(selector.get(name)) for name in ("prefix", "suffix")}
        elif selector.get("type") == "TextPositionSelector":
            cells |= {name: cell_of(selector.get(name)) for name in ("start", "end")}
    state = _first(target.get("state"))
    cached = cell_of(_first(state.get("cached"))) if isinstance(state, dict) else ""
    if found := _REVISION.search(cached):
        cells = {"start": "", **cells, "revision": found[1]}
    return cells


def _source(source: object) -> dict[str, str]:
    said: Mapping[str, Any] = source if isinstance(source, dict) else {"id": source}
    address = cell_of(said.get("id"))
    if found := _ARTICLE.search(address):
        title, via = (cell_of(_first(said.get(name))) for name in ("label", "via"))
        return {
            "project": found[1],
            "article_id": found[2],
            "article_title": title,
            "source_url": via,
        }
    return {"source_url": address}


def _name(creator: object) -> str:
    if isinstance(creator, dict):
        return cell_of(_first(creator.get("name") or creator.get("nickname") or creator.get("id")))
    return cell_of(creator)


def _first(value: Any) -> Any:  # noqa: ANN401  (whatever JSON has)
    """Return the first of several values, as the model allows them nearly everywhere."""
    if isinstance(value, list):
        return value[0] if value else None
    return value
