"""What programs send and get, as JSON Schema (draft 2020-12): the one description of it."""

from collections.abc import Mapping, Sequence

from app.annotations.content import RULES
from app.annotations.forms import KEY_LIMIT
from app.annotations.models import QUOTE_LIMIT
from app.api.operations import Schema
from app.core.db import LARGEST_NUMBER
from app.parties.models import KINDS
from app.projects.roles import Role
from app.projects.tagging_modes import Mode
from app.text.anchoring import CONTEXT_READ
from app.text.document import BlockKind

ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
OFFSET = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
TEXT = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}
YES = {"type": "boolean"}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _described(schema: Schema, words: str) -> Schema:
    return {**schema, "description": words}


def _object(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _page_of(name: str) -> Schema:
    items = {"type": "array", "items": reference(name)}
    following = _described(_or_null(TEXT), "The address of the next page; null on the last.")
    return _object({"items": items, "next": following})


def reference(name: str) -> Schema:
    """Return what stands for a schema of SCHEMAS in another."""
    return {"$ref": f"#/components/schemas/{name}"}


_CONTENT = {name: rule.schema for name, rule in RULES.items()}
_ID_OR_NAME = ["integer", "string"]
_SENT: Mapping[str, Schema] = {
    **_CONTENT,
    "party": _described({"type": [*_ID_OR_NAME, "null"]}, "An id, or any of its names."),
    "addressees": {**_CONTENT["addressees"], "items": {"type": _ID_OR_NAME}},
    "position": _described({"type": [*_ID_OR_NAME, "null"]}, "An id, or its sentence."),
}
PASSAGE: Mapping[str, Schema] = {
    "quote": _described(
        {**TEXT, "maxLength": QUOTE_LIMIT},
        "The exact words. White space and the shape of quotation marks may differ.",
    ),
    "start": _described(
        OFFSET, "Code points into the text; beside a quote, where its words are to be looked for."
    ),
    "end": _described(OFFSET, "The end, exclusive; needed where there is no quote."),
    "prefix": _described(
        TEXT, f"Words before the quote; the last {CONTEXT_READ} characters count."
    ),
    "suffix": _described(TEXT, f"Words after it; the first {CONTEXT_READ} characters count."),
    "revision": _described(
        ID,
        "The number of the text that is meant; needed with offsets alone. Another is a conflict.",
    ),
}
"""What says which passage is meant, by the names of the members."""

_ANNOTATION: Mapping[str, Schema] = {
    "id": ID,
    "project": TEXT,
    "article": ID,
    "revision": _described(ID, "The number of the text into which the offsets point."),
    "is_placed": _described(YES, "Whether that is the text that is read now."),
    "block": ID,
    "start": OFFSET,
    "end": OFFSET,
    "quote": TEXT,
    "prefix": TEXT,
    "suffix": TEXT,
    **_CONTENT,
    "annotator": _object({"id": ID, "name": TEXT}),
    "version": _described(ID, "One more with each change: who changes or deletes says which."),
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "deleted_at": _described(_or_null(MOMENT), "Null while it is not in the trash."),
    "made_blind": _described(YES, "Whether others' were hidden from the annotator."),
    "permalink": {**TEXT, "format": "uri"},
}
_RANGE = _object({"start": OFFSET, "end": OFFSET})
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": _described(
            {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
            "Sentences by the field or parameter that they are about.",
        ),
        "current": _described(reference("Annotation"), "What was changed meanwhile, as it is now."),
        "duplicate": _described(
            reference("Annotation"), "What has the same tag on the same passage already."
        ),
        "places": _described(
            {"type": "array", "items": _RANGE}, "Where the words of a quote occur."
        ),
        "nearest": _described(_RANGE, "The place most like a quote that does not occur."),
        "error_id": _described(TEXT, "By which the log of the server has it."),
    },
    "required": ["type", "title", "status", "detail"],
}

SCHEMAS: Mapping[str, Schema] = {
    "Project": _object(
        {
            "slug": TEXT,
            "name": TEXT,
            "role": {**TEXT, "enum": list(Role)},
            "mode": {**TEXT, "enum": list(Mode)},
            "is_archived": YES,
        }
    ),
    "Projects": _page_of("Project"),
    "Article": _object(
        {
            "id": ID,
            "title": TEXT,
            "author": TEXT,
            "publication": TEXT,
            "published_on": _or_null(DAY),
            "source_url": TEXT,
            "language": _described(TEXT, "BCP 47"),
            "revision": _described(ID, "The number of the text that is read now."),
            "words": {"type": "integer"},
            "is_archived": YES,
            "created_at": MOMENT,
            "text_url": _described({**TEXT, "format": "uri"}, "Where its text is."),
        }
    ),
    "Articles": _page_of("Article"),
    "Text": _object(
        {
            "article": ID,
            "revision": ID,
            "text": _described(TEXT, "The blocks, with a blank line between two."),
            "blocks": {
                "type": "array",
                "items": _object(
                    {
                        "number": ID,
                        "kind": {**TEXT, "enum": list(BlockKind)},
                        "level": {"type": "integer"},
                        "start": OFFSET,
                        "end": OFFSET,
                    }
                ),
            },
        }
    ),
    "Theme": _object(
        {
            "id": ID,
            "name": TEXT,
            "definition": TEXT,
            "parent": _or_null(ID),
            "is_archived": YES,
        }
    ),
    "Themes": _page_of("Theme"),
    "Party": _object(
        {
            "id": ID,
            "name": TEXT,
            "kind": {**TEXT, "enum": ["", *KINDS]},
            "note": TEXT,
            "alias_of": _described(_or_null(ID), "The party whose other name this is, or null."),
            "affiliations": {
                "type": "array",
                "items": _object(
                    {"organization": ID, "since": _or_null(DAY), "until": _or_null(DAY)}
                ),
            },
            "is_archived": YES,
        }
    ),
    "Parties": _page_of("Party"),
    "Position": _object(
        {
            "id": ID,
            "sentence": TEXT,
            "note": TEXT,
            "alias_of": _described(_or_null(ID), "The position that this is too, or null."),
            "is_archived": YES,
        }
    ),
    "Positions": _page_of("Position"),
    "Annotation": _object(_ANNOTATION),
    "Annotations": _page_of("Annotation"),
    "NewAnnotation": _object(
        {
            **PASSAGE,
            **_SENT,
            "client_key": _described(
                {**TEXT, "minLength": 1, "maxLength": KEY_LIMIT},
                "Of your making, such as a UUID: what is sent again with it is done once.",
            ),
        },
        optional=[*PASSAGE, *(name for name in _CONTENT if name != "tag"), "client_key"],
    ),
    "AnnotationChange": _object({"version": ID, **PASSAGE, **_SENT}, optional=[*PASSAGE, *_SENT]),
    "Problem": _PROBLEM,
}
"""By the names that the description of the API gives them."""
