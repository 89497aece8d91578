"""Annotations as JSON-LD: the W3C Web Annotation Data Model (Recommendation of 23 February 2017).

A file is one AnnotationCollection, with one page that holds all of it. Whatever has an `id` answers
a GET there: the collection at the address of its file, an annotation at its permalink.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from json import JSONEncoder

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from app.articles.models import Article, Revision
from app.core.db import Database
from app.core.names import SEPARATOR
from app.exports.file_types import PROFILE
from app.exports.queries.columns import COLUMNS, Column, ColumnKind, moment_text
from app.exports.queries.rows import ExportRow, Selection, find_rows, list_rows
from app.frozen import frozen
from app.projects.models import Project

_Object = Mapping[str, object]

_SAID = ("party", "party_organization", "addressee", "position", "side")
_NEEDED = (
    "annotation_id",
    "article_id",
    "article_title",
    "source_url",
    "revision",
    "tag",
    "quote",
    "start",
    "end",
    "prefix",
    "suffix",
    "note",
    "annotator",
    "created_at",
    "updated_at",
    "permalink",
    "themes",
    *_SAID,
)
_COLUMNS = (
    *(column for column in COLUMNS if column.name in _NEEDED),
    Column("language", Article.__table__.c.language, ColumnKind.TEXT),
    Column("made_at", type_coerce(Revision.__table__.c.created_at, String), ColumnKind.MOMENT),
)

to_json = JSONEncoder(ensure_ascii=False).encode
"""Writes an object in one line."""

# What has other characters is no IRI (RFC 3987), and a processor would take it for another.
_IRI = re.compile(r"https?://[^\s\x00-\x20<>\"{}|\\^`\x7f]+", re.IGNORECASE)


@frozen
class ProjectRef:
    """A project as files name it: where its addresses begin, and what it is called."""

    address: str
    name: str

    @classmethod
    def of(cls, session: Session, selection: Selection) -> "ProjectRef":
        """Return the project of a selection."""
        found = session.execute(
            select(Project.slug, Project.name).where(Project.id == selection.project_id)
        ).one()
        return cls(f"{selection.permalink_base}/projects/{found.slug}", found.name)


def json_ld_chunks(database: Database, selection: Selection) -> Iterator[bytes]:
    """Yield the JSON-LD of a selection in pieces, as `list_rows` gives its rows.

    An annotation a line. How many there are stands at the end, where it is known.
    """
    with database.session() as session:
        project = ProjectRef.of(session, selection)
    address = f"{project.address}/{_file_of(selection)}"
    head = {
        "@context": PROFILE,
        "id": address,
        "type": "AnnotationCollection",
        "label": project.name,
    }
    page = {"id": f"{address}#page", "type": "AnnotationPage", "partOf": address, "startIndex": 0}
    yield _begun(head).encode()
    total = 0
    before, after = f',\n"first": {_begun(page)}, "items": [\n', "\n]}"
    for rows in list_rows(database, selection, _COLUMNS):
        if rows:
            lines = (to_json(annotation_of(row, project)) for row in rows)
            yield (before + ",\n".join(lines)).encode()
            total += len(rows)
            before = ",\n"
    # A page holds at least one: of nothing there is none.
    yield f'{after if total else ""},\n"total": {total}}}\n'.encode()


def find_annotations(session: Session, selection: Selection, ids: Sequence[int]) -> list[_Object]:
    """Return some annotations of a selection in their order, as objects of the model."""
    project = ProjectRef.of(session, selection)
    return [annotation_of(row, project) for row in find_rows(session, selection, ids, _COLUMNS)]


def annotation_of(row: ExportRow, project: ProjectRef) -> _Object:
    """Return an annotation as an object of the model, without its context (section 3)."""
    themes = row.themes.split(SEPARATOR) if row.themes else []
    body = [_text(row.tag, "classifying"), *(_text(name, "tagging") for name in themes)]
    said = ((name, getattr(row, name)) for name in _SAID)
    body += [_text(f"{name}: {value}", "describing") for name, value in said if value]
    if row.note:
        body.append(_text(row.note, "commenting"))
    return {
        "id": row.permalink,
        "type": "Annotation",
        "created": moment_text(row.created_at),
        "modified": moment_text(row.updated_at),
        "creator": {"type": "Person", "name": row.annotator},
        "motivation": list(dict.fromkeys(each["purpose"] for each in body)),
        "body": body,
        "target": _target(row, f"{project.address}/articles/{row.article_id}"),
    }


def _file_of(selection: Selection) -> str:
    """Return where in its project the file of a selection is."""
    if selection.query:
        return f"findings/passages.jsonld?{selection.query}"
    if selection.article_id is not None:
        return f"articles/{selection.article_id}/annotations.jsonld"
    return "annotations.jsonld"


def _begun(value: _Object) -> str:
    """Write an object to which more is added."""
    return to_json(value).removesuffix("}")


def _text(value: str, purpose: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}


def _target(row: ExportRow, address: str) -> _Object:
    """Return the passage: in which text of the article, where there, and its words.

    An orphan has no position: its words are those of an earlier text, which `state` names.
    """
    source: dict[str, object] = {
        "id": address,
        "type": "Text",
        "label": row.article_title,
        "language": row.language,
    }
    if _IRI.fullmatch(row.source_url):
        source["via"] = row.source_url
    selectors: list[_Object] = [
        {
            "type": "TextQuoteSelector",
            "exact": row.quote,
            "prefix": row.prefix,
            "suffix": row.suffix,
        }
    ]
    if row.start is not None:
        position = {"type": "TextPositionSelector", "start": row.start, "end": row.end}
        selectors.insert(0, position)
    return {
        "type": "SpecificResource",
        "source": source,
        "selector": selectors,
        "state": {
            "type": "TimeState",
            "sourceDate": moment_text(row.made_at),
            "cached": f"{address}/revisions/{row.revision}",
        },
    }
