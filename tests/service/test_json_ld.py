"""The JSON-LD: the Web Annotation Data Model, as a processor of linked data reads it."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from rdflib import RDF, RDFS, Literal, Namespace, URIRef
from sqlalchemy.orm import Session

from app.articles.queries.articles import current_revision
from app.core.db import Database
from app.exports.queries.csv_file import csv_chunks
from app.exports.queries.json_ld import json_ld_chunks
from app.exports.queries.rows import Selection
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_party,
    add_position,
    add_theme,
    correct,
)
from tests.harness.shared import SHARED
from tests.harness.web_annotations import (
    CONTEXT,
    REQUIREMENTS,
    TERMS,
    Object,
    annotations_in,
    broken_requirements,
    graph_of,
)

OA = Namespace("http://www.w3.org/ns/oa#")
BASE = "https://gloss.example"
PROJECT = f"{BASE}/projects/first"
HOSTILE = 'a "note" \\ with </script> ]]> 🙂 and\na line'


def export(database: Database, room: Room, *, article_id: int | None = None) -> Object:
    selection = Selection(room.article.project_id, BASE, article_id)
    document = b"".join(json_ld_chunks(database, selection)).decode()
    value: Object = json.loads(document)
    assert json.loads(json.dumps(value)) == value
    return value


def fill_with_all(session: Session, room: Room) -> dict[str, str]:
    """Make an orphan, emoji before a passage, themes and a note; return the texts by address."""
    article = room.article
    article.source_url = "https://example.org/a road?a=1"  # no IRI
    before = current_revision(session, article.id).text
    orphan = add_annotation(session, room.annotator, article, "read Dr. Smith’s report")
    correct(session, room.curator, article, TEXT.replace(orphan.quote, "look"))
    other = add_article(session, "Two 🙂🙂 smiles.\n\nAnd a 👩‍🔬 after them.", title="Smiles")
    other.source_url = "https://example.org/smiles"
    themes = [add_theme(session, room.curator, name) for name in ("money", "Élan")]
    add_annotation(session, room.annotator, other, "smiles.", note=HOSTILE, themes=themes)
    add_annotation(session, room.curator, other, "🙂 smiles.\n\nAnd a 👩‍🔬 after", tag="demand")
    add_annotation(session, room.curator, article, "The council")
    session.commit()
    return {
        f"{PROJECT}/articles/{article.id}/revisions/1": before,
        f"{PROJECT}/articles/{article.id}/revisions/2": current_revision(session, article.id).text,
        f"{PROJECT}/articles/{other.id}/revisions/1": current_revision(session, other.id).text,
    }


def test_an_annotation_is_written_as_the_model_says(
    database: Database, session: Session, room: Room
) -> None:
    article = room.article
    article.source_url = "https://example.org/road"
    themes = [add_theme(session, room.curator, name) for name in ("who pays", "=money")]
    made = add_annotation(
        session,
        room.annotator,
        article,
        "said the mayor",
        note="who?",
        themes=themes,
        party=add_party(session, room.curator),
        position=add_position(session, room.curator),
        side="against",
    )
    made.created_at = datetime(2025, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
    made.updated_at = datetime(2025, 4, 4, 5, 6, 7, tzinfo=UTC)
    revision = current_revision(session, article.id)
    revision.created_at = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    session.commit()
    start = TEXT.index("said the mayor")
    words = {"type": "TextualBody", "format": "text/plain"}
    address = f"{PROJECT}/articles/{article.id}"
    assert annotations_in(export(database, room)) == [
        {
            "id": f"{BASE}/annotations/{made.id}",
            "type": "Annotation",
            "created": "2025-03-04T05:06:07Z",
            "modified": "2025-04-04T05:06:07Z",
            "creator": {"type": "Person", "name": "Ines"},
            "motivation": ["classifying", "tagging", "describing", "commenting"],
            "body": [
                {**words, "value": "claim", "purpose": "classifying"},
                {**words, "value": "=money", "purpose": "tagging"},
                {**words, "value": "who pays", "purpose": "tagging"},
                {**words, "value": "party: Mara Lind", "purpose": "describing"},
                {
                    **words,
                    "value": "position: The harbour stays public.",
                    "purpose": "describing",
                },
                {**words, "value": "side: against", "purpose": "describing"},
                {**words, "value": "who?", "purpose": "commenting"},
            ],
            "target": {
                "type": "SpecificResource",
                "source": {
                    "id": address,
                    "type": "Text",
                    "label": "The River Road",
                    "language": "en",
                    "via": "https://example.org/road",
                },
                "selector": [
                    {"type": "TextPositionSelector", "start": start, "end": start + 14},
                    {
                        "type": "TextQuoteSelector",
                        "exact": "said the mayor",
                        "prefix": TEXT[start - 32 : start],
                        "suffix": TEXT[start + 14 : start + 46],
                    },
                ],
                "state": {
                    "type": "TimeState",
                    "sourceDate": "2025-01-02T03:04:05Z",
                    "cached": f"{address}/revisions/1",
                },
            },
        }
    ]


def test_every_requirement_of_the_model_is_met(
    database: Database, session: Session, room: Room
) -> None:
    texts = fill_with_all(session, room)
    document = export(database, room)
    assert broken_requirements(document, texts) == []
    assert document["total"] == 4
    notes = [body["value"] for one in annotations_in(document) for body in one["body"]]
    assert HOSTILE in notes
    # An orphan has the words alone, and names the text that had them.
    orphans = [one for one in annotations_in(document) if len(one["target"]["selector"]) == 1]
    (selector,) = orphans[0]["target"]["selector"]
    assert selector["type"] == "TextQuoteSelector"
    assert orphans[0]["target"]["state"]["cached"].endswith("/revisions/1")
    assert "via" not in orphans[0]["target"]["source"]


def test_every_requirement_that_is_kept_beside_the_checkout_has_a_check() -> None:
    path = SHARED / "data" / "w3c" / "w3c_requirements.json"
    if not path.is_file():
        pytest.skip("the requirements of the W3C are not beside the checkout")
    kept = json.loads(path.read_text(encoding="utf-8"))["model_requirements"]
    assert [each["id"] for each in kept] == list(REQUIREMENTS)


def test_a_processor_of_linked_data_finds_what_the_csv_says(
    database: Database, session: Session, room: Room
) -> None:
    fill_with_all(session, room)
    document = export(database, room)
    graph = graph_of(document)
    collection = URIRef(f"{PROJECT}/annotations.jsonld")
    assert graph.value(collection, RDFS.label) == Literal("Project first")
    content = b"".join(
        csv_chunks(database, Selection(room.article.project_id, BASE), with_bom=False)
    )
    rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
    expected = {(row["permalink"], row["tag"], row["quote"]) for row in rows}
    found = graph.query(
        """SELECT ?annotation ?tag ?quote WHERE {
            ?annotation a oa:Annotation; oa:hasBody ?body; oa:hasTarget/oa:hasSelector ?words .
            ?body oa:hasPurpose oa:classifying; rdf:value ?tag . ?words oa:exact ?quote }""",
        initNs={"oa": OA, "rdf": RDF},
    )
    assert {tuple(map(str, row)) for row in found} == expected  # type: ignore[arg-type]  # rows
    assert len(expected) == 4
    assert keys_of(document) <= {*TERMS, "@context"}  # a processor passes over all others


def keys_of(value: object) -> set[str]:
    """Return the names of all that is said in a document."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_a_collection_of_nothing_has_no_page_and_each_file_has_its_own_address(
    database: Database, session: Session, room: Room
) -> None:
    empty = export(database, room)
    assert (empty["id"], empty["total"]) == (f"{PROJECT}/annotations.jsonld", 0)
    assert empty["@context"] == CONTEXT
    assert broken_requirements(empty, {}) == []
    add_annotation(session, room.annotator, room.article)
    one = export(database, room, article_id=room.article.id)
    assert one["id"] == f"{PROJECT}/articles/{room.article.id}/annotations.jsonld"
    asked = Selection(room.article.project_id, BASE, query="tag=claim&note=yes")
    document = json.loads(b"".join(json_ld_chunks(database, asked)))
    assert document["id"] == f"{PROJECT}/findings/passages.jsonld?tag=claim&note=yes"
    assert document["first"]["id"] == document["id"] + "#page"
    assert document["first"]["partOf"] == document["id"]
