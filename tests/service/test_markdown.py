"""The Markdown, as another program reads it: what is written comes back, and makes nothing more."""

import re
from dataclasses import dataclass, field
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sqlalchemy.orm import Session

from app.core.db import Database
from app.exports.queries.markdown_file import markdown_chunks
from app.exports.queries.rows import Selection
from app.text.normalise import normalise
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

BASE = "https://gloss.example"
HOSTILE = (
    *("a", "Word", " ", "\n", "\n\n", "    ", "\t", "1. ", "- ", "+ ", "> ", "# ", "---", "==="),
    *("<script>", "</li>", "<!--", "&lt;", "&amp", "[x](javascript:y)", "![](z)", "[^1]: "),
    *("*", "_", "`", "```", "~~", "|", "\\", "%%", "==", "$x$", "^b", "#tag", "| - |", "[[w]]"),
)  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=12).map("".join).map(normalise)


@dataclass
class Item:
    """What stands in an item of a list: its first line, its quotation, and what follows that."""

    head: str = ""
    quote: list[str] = field(default_factory=list)
    note: list[str] = field(default_factory=list)


@dataclass
class Section:
    """What stands under a heading."""

    title: str
    facts: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def read(database: Database, room: Room) -> list[Section]:
    """Read the Markdown of a project with tables, strikethrough and HTML switched on."""
    content = b"".join(markdown_chunks(database, Selection(room.article.project_id, BASE)))
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found: list[Section] = []
    inside: list[str] = []
    for token in tokens.parse(content.decode()):
        if token.nesting > 0:
            inside.append(token.tag)
            if token.tag == "li":
                found[-1].items.append(Item())
        elif token.nesting < 0:
            assert inside.pop() == token.tag
        else:
            take(found, inside, token)
    return found


def take(found: list[Section], inside: list[str], token: Token) -> None:
    """Put the words of a heading or a paragraph where they belong."""
    assert token.type == "inline", token
    words = words_of(token)
    match inside:
        case ["h1"]:
            found.append(Section(words))
        case ["p"]:
            found[-1].facts.append(words)
        case ["ul", "li", "p"] if not found[-1].items[-1].head:
            found[-1].items[-1].head = words
        case ["ul", "li", "blockquote", "p"]:
            found[-1].items[-1].quote.append(words)
        case ["ul", "li", "p"]:
            found[-1].items[-1].note.append(words)
        case _:
            raise AssertionError(inside)


def words_of(token: Token) -> str:
    """Return what a paragraph says; a link says where it leads, too."""
    words = ""
    for part in token.children or []:
        match part.type:
            case "text" | "text_special":
                words += part.content
            case "hardbreak":
                words += "\n"
            case "link_open":
                words += f"<{part.attrs['href']}>"
            case "strong_open" | "strong_close" | "link_close":
                pass
            case _:
                raise AssertionError(part)
    return words


def paragraphs(text: str) -> list[str]:
    """Return a text as Markdown can say it: white space at the ends of lines goes."""
    return [
        "\n".join(line.strip() for line in each.split("\n"))
        for each in re.split(r"\n(?:\s*\n)+", text.strip())
        if each
    ]


def test_an_article_is_a_heading_and_a_passage_an_item_under_it(
    database: Database, session: Session, room: Room
) -> None:
    room.article.publication, room.article.published_on = "The Levee", date(2025, 1, 13)
    room.article.source_url = "https://example.org/road?a=1&lt=<2>"
    themes = [add_theme(session, room.curator, name) for name in ("who pays", "*money*")]
    quote = "nobody repairs it.\n\n“We have no money,” said"
    first = add_annotation(
        session, room.annotator, room.article, quote, note="Who?\nThey.\n\n# No", themes=themes
    )
    gone = "read Dr. Smith’s report"
    orphan = add_annotation(
        *(session, room.curator, room.article, gone),
        tag="demand",
        party=add_party(session, room.curator, "_Mara_ Lind"),
        addressees=[add_party(session, room.curator, name) for name in ("State", "City")],
        position=add_position(session, room.curator, "Spend less."),
        side="against",
    )
    correct(session, room.curator, room.article, TEXT.replace(gone, "look"))
    other = add_article(session, TEXT, title="Second")
    last = add_annotation(session, room.annotator, other, "must close")
    session.commit()
    link = f"<{BASE}/annotations/{{}}>permalink".format
    original = "<https://example.org/road?a=1&lt=%3C2%3E>original"
    assert read(database, room) == [
        Section(
            "The River Road",
            [f"Ada Quill · The Levee · 2025-01-13 · {original}"],
            [
                Item(
                    f"Claim · Ines · ¶ 1 · themes: *money*, who pays · {link(first.id)}",
                    quote.split("\n\n"),
                    ["Who?\nThey.", "# No"],
                ),
                Item(
                    "Demand · Cato · in revision 1 · _Mara_ Lind → City, State · − Spend less. · "
                    f"{link(orphan.id)}",
                    [gone],
                ),
            ],
        ),
        Section(
            "Second", ["Ada Quill"], [Item(f"Claim · Ines · ¶ 1 · {link(last.id)}", ["must close"])]
        ),
    ]


def test_whatever_is_written_comes_back_as_text_and_makes_no_other_structure(
    database: Database, session: Session, room: Room
) -> None:
    made = [
        add_annotation(session, actor, room.article) for actor in (room.annotator, room.curator)
    ]

    @given(st.lists(texts, min_size=len(made), max_size=len(made)), texts, texts)
    @settings(max_examples=50)
    def check(notes: list[str], quote: str, name: str) -> None:
        quote, name = quote.strip() or "x", " ".join(name.split()) or "x"
        for each, note in zip(made, notes, strict=True):
            each.note, each.quote = note.strip(), quote
        room.article.title = room.article.author = room.annotator.account.name = name
        session.commit()
        (section,) = read(database, room)
        assert (section.title, section.facts) == (name, [name])
        assert [each.quote for each in section.items] == [paragraphs(quote)] * len(made)
        assert [each.note for each in section.items] == [paragraphs(note) for note in notes]
        assert section.items[0].head.startswith(f"Claim · {name} · ¶ 1 · <{BASE}")

    check()
