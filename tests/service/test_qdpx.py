"""The REFI-QDA project: what programs for qualitative research read, by its schema."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy.orm import Session

from app.core.db import Database
from app.exports.queries import qdpx_codes
from app.exports.queries.qdpx_file import NAMESPACE, qdpx_chunks
from app.exports.queries.rows import Selection
from app.text.xml_text import element, escape
from app.themes.service.themes import archive
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_theme,
    correct,
    give_themes,
)
from tests.harness.server import ROOT
from tests.harness.shared import SHARED

BASE = "https://gloss.example"
HOSTILE = "<b> & ]]> \x07\x1b 🙂 \ufffe\r\n\ttab"
KEPT = "<b> & ]]> \ufffd\ufffd 🙂 \ufffd\r\n\ttab"
SCHEMA = SHARED / "data" / "refi-qda" / "Project.xsd"

Element = Any  # lxml says nothing of its types


def export(database: Database, room: Room) -> bytes:
    return b"".join(qdpx_chunks(database, Selection(room.article.project_id, BASE)))


def opened(content: bytes) -> tuple[Element, dict[str, str]]:
    """Return the root of project.qde, and the texts as its sources name them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        *sources, project = archive.namelist()
        assert project == "project.qde"
        texts = {
            f"internal://{name.removeprefix('sources/')}": archive.read(name).decode()
            for name in sources
        }
        return etree.fromstring(archive.read(project)), texts


def find(root: Element, path: str) -> list[Element]:
    """Return what a path of names without the namespace leads to."""
    found: list[Element] = root.findall(re.sub(r"(\w+)", r"{*}\1", path))
    return found


def values(elements: Sequence[Element], name: str) -> list[Any]:
    return [each.get(name) for each in elements]


def fill_with_all(session: Session, room: Room) -> None:
    """Make an orphan, emoji before a passage, themes under one another, and hostile text."""
    article = room.article
    article.published_on, article.publication = date(2025, 1, 13), "The “Levee”"
    orphan = add_annotation(session, room.annotator, article, "read Dr. Smith’s report")
    orphan.note = HOSTILE
    correct(session, room.curator, article, TEXT.replace(orphan.quote, "look"))
    other = add_article(session, "Two 🙂🙂 smiles.\n\nAnd a 👩‍🔬 after them.")
    other.title = HOSTILE
    costs = add_theme(session, room.curator, "costs & <fees>")
    old = add_theme(session, room.curator, "old", parent=costs)
    taxes = add_theme(session, room.curator, "taxes", parent=old)
    unused = add_theme(session, room.curator, "unused", parent=costs)
    made = add_annotation(session, room.annotator, other, "smiles.", themes=[costs, old])
    made.note = HOSTILE
    give_themes(session, room.annotator, orphan, taxes)
    for theme in (old, unused):
        archive(session, actor=room.curator, theme_id=theme.id)
    add_annotation(session, room.curator, other, "🙂 smiles.\n\nAnd a 👩‍🔬 after", tag="demand")
    session.commit()


def test_it_is_valid_by_the_schema_of_refi_qda(
    database: Database, session: Session, room: Room
) -> None:
    if not SCHEMA.is_file():
        pytest.skip("the schema of REFI-QDA is not beside the checkout")
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.assertValid(opened(export(database, room))[0])  # of nothing
    fill_with_all(session, room)
    root, _texts = opened(export(database, room))
    schema.assertValid(root)
    guids = values(root.iter("*"), "guid")
    assert len(guids) - guids.count(None) == len(set(guids) - {None})
    named = {each.get(name) for each in root.iter("*") for name in ("targetGUID", "creatingUser")}
    assert named - {None} <= set(guids)


def test_each_passage_is_where_its_words_are_with_its_codes(
    database: Database, session: Session, room: Room
) -> None:
    fill_with_all(session, room)
    root, texts = opened(export(database, room))
    codes = {code.get("guid"): code.get("name") for code in root.iter("{*}Code")}
    people = {user.get("guid"): user.get("name") for user in root.iter("{*}User")}
    found = set()
    for source in find(root, "Sources/TextSource"):
        text = texts[source.get("plainTextPath")]
        for passage in find(source, "PlainTextSelection"):
            place = slice(int(passage.get("startPosition")), int(passage.get("endPosition")))
            given = tuple(codes[each] for each in values(passage.iter("{*}CodeRef"), "targetGUID"))
            note = passage.findtext("{*}Description", "")
            found.add((people[passage.get("creatingUser")], text[place], given, note))
    assert found == {
        ("Ines", "smiles.", ("claim", "costs & <fees>", "old"), KEPT),
        ("Cato", "🙂 smiles.\n\nAnd a 👩‍🔬 after", ("demand",), ""),
    }
    assert set(people.values()) == {"Ines", "Cato"}
    titles = values(find(root, "Sources/TextSource"), "name")
    assert titles == ["The River Road", KEPT]
    assert set(texts.values()) == {
        TEXT.replace("read Dr. Smith’s report", "look"),
        "Two 🙂🙂 smiles.\n\nAnd a 👩‍🔬 after them.",
    }


def test_what_has_no_place_is_a_note_beside_its_text(
    database: Database, session: Session, room: Room
) -> None:
    fill_with_all(session, room)
    root, _texts = opened(export(database, room))
    (note,) = find(root, "Notes/Note")
    source = find(root, "Sources/TextSource")[0]
    assert values(find(source, "NoteRef"), "targetGUID") == [note.get("guid")]
    assert find(source, "PlainTextSelection") == []
    words = note.findtext("{*}PlainTextContent")
    for said in ("“read Dr. Smith’s report”", "Tag: claim", "Themes: taxes", f"Note: {KEPT}"):
        assert said in words
    description = root.findtext("{*}Description")
    assert "without a place in the text of their article: 1." in description


def test_themes_stand_under_one_another_beside_the_tags_and_articles_have_variables(
    database: Database, session: Session, room: Room
) -> None:
    fill_with_all(session, room)
    root, _texts = opened(export(database, room))

    def names(code: Element) -> dict[str, Any]:
        return {each.get("name"): names(each) for each in find(code, "Code")}

    assert names(find(root, "CodeBook/Codes")[0]) == {
        "Tags": {"claim": {}, "demand": {}, "assumption": {}, "citation": {}},
        "Themes": {"costs & <fees>": {"old": {"taxes": {}}}},
    }
    variables = {each.get("guid"): each.get("name") for each in root.iter("{*}Variable")}
    first = find(root, "Sources/TextSource")[0]
    said = {
        variables[find(value, "VariableRef")[0].get("targetGUID")]: value[1].text
        for value in find(first, "VariableValue")
    }
    assert said == {
        "author": "Ada Quill",
        "publication": "The “Levee”",
        "published on": "2025-01-13",
    }


def test_the_same_annotations_make_the_same_bytes(
    database: Database, session: Session, room: Room
) -> None:
    fill_with_all(session, room)
    content = export(database, room)
    assert export(database, room) == content
    assert opened(content)[0].tag == f"{{{NAMESPACE}}}Project"


def test_a_text_that_is_corrected_meanwhile_keeps_its_passages_apart_from_the_new_one(
    database: Database, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    pieces = qdpx_chunks(database, Selection(room.article.project_id, BASE))
    begun = next(pieces)
    correct(session, room.curator, room.article, "Before it all. " + TEXT)
    root, texts = opened(begun + b"".join(pieces))
    assert list(texts.values()) == [TEXT]
    assert len(find(root, "Notes/Note")) == 1
    assert list(root.iter("{*}PlainTextSelection")) == []


def test_colours_are_those_of_the_pages() -> None:
    style = (ROOT / "static/css/tokens.css").read_text() + (
        ROOT / "static/css/avatars.css"
    ).read_text()
    for tag, colour in qdpx_codes.TAG_COLOURS.items():
        assert f"--{tag}: light-dark({colour}," in style
    for name, colour in qdpx_codes.THEME_COLOURS.items():
        assert re.search(rf"\.{name} {{\s+--disc: light-dark\({colour},", style)


@settings(max_examples=50)
@given(st.text(st.characters(codec=None), max_size=40))
def test_xml_keeps_every_text_but_for_what_it_has_no_characters_for(text: str) -> None:
    kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
    read = etree.fromstring(element("a", {"b": f"x{text}"}, escape(text)))
    assert (read.get("b"), read.text or "") == (f"x{kept}", kept)
