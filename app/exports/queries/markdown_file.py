"""Annotations as Markdown, to go on writing in: an article a heading, a passage an item under it.

It is CommonMark, and in UTF-8 as RFC 7763 asks for `text/markdown`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from app.core.db import Database
from app.core.names import SEPARATOR
from app.exports.queries.rows import ExportRow, Selection, list_rows
from app.exports.queries.said_in_words import said_in_words
from app.text.links import is_web_address
from app.text.plain_markdown import write_link, write_plain, write_plain_line

MIMETYPE = "text/markdown"
SEPARATED = " · "


def markdown_chunks(database: Database, selection: Selection) -> Iterator[bytes]:
    """Yield the Markdown of a selection in pieces, as `list_rows` gives its rows."""
    under = None
    for rows in list_rows(database, selection):
        parts = []
        for article_id, of_article in groupby(rows, key=lambda row: row.article_id):
            passages = list(of_article)
            if article_id != under:
                under = article_id
                parts.append(_heading(passages[0]))
            parts += map(_item, passages)
        yield "".join(parts).encode()


def _heading(row: ExportRow) -> str:
    """Write the head of an article: its title, and below it who wrote it, where and when."""
    facts = [write_plain_line(row.article_author), write_plain_line(row.publication)]
    facts.append(str(row.published_on or ""))
    if is_web_address(row.source_url):
        facts.append(write_link("original", row.source_url))
    title = f"# {write_plain_line(row.article_title)}\n\n"
    return title + _joined(facts)


def _item(row: ExportRow) -> str:
    """Write a passage: what it is, whose and where; its words as a quotation; and its note."""
    place = f"¶ {row.block}" if row.block else f"in revision {row.revision}"
    themes = ", ".join(map(write_plain_line, row.themes.split(SEPARATOR)))
    head = [
        f"**{row.tag.capitalize()}**",
        write_plain_line(row.annotator),
        place,
        *map(write_plain_line, said_in_words(row)),
        f"themes: {themes}" if row.themes else "",
        write_link("permalink", row.permalink),
    ]
    quote = _begun("> ", write_plain(row.quote))
    note = write_plain(row.note)
    text = _joined(head) + quote + (f"\n\n{note}" if note else "")
    return f"- {_begun('  ', text).removeprefix('  ')}\n\n"


def _joined(facts: Sequence[str]) -> str:
    """Write a line of those facts that there are, none where there are none."""
    known = SEPARATED.join(fact for fact in facts if fact)
    return f"{known}\n\n" if known else ""


def _begun(beginning: str, text: str) -> str:
    """Begin each line of a text so."""
    return "\n".join(f"{beginning}{line}".rstrip(" ") for line in text.split("\n"))
