"""Annotations as a REFI-QDA project: what programs for qualitative research exchange.

A ZIP with the text of each article in `sources/` and, in `project.qde`, all that is said of them,
by the schema of REFI-QDA 1.0 (qdasoftware.org, Project.xsd of 18 March 2019). Positions are code
points from the beginning of a text, the end exclusive, as in Gloss.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article, Revision
from app.core.db import Database
from app.exports.queries.columns import Column, ColumnKind, moment_text
from app.exports.queries.pieces import Pieces
from app.exports.queries.qdpx_codes import Guids, codebook, users, variable_values, variables
from app.exports.queries.rows import ROWS_AT_ONCE, ExportRow, Selection, list_ids, read_rows
from app.projects.models import Project
from app.text.xml_text import element, escape, start_tag, text_element
from app.themes.queries import list_themes

MIMETYPE = "application/zip"
NAMESPACE = "urn:QDA-XML:project:1.0"
ZIP_LEVEL = 3

# A part that may pass 2 GiB has to say so before it begins, which not every program reads.
ROWS_FOR_ZIP64 = 1_000_000


_annotation, _account = Annotation.__table__.c, Account.__table__.c
_article, _revision = Article.__table__.c, Revision.__table__.c

_ID = Column("id", _annotation.id, ColumnKind.NUMBER)
_ARTICLE = Column("article_id", _annotation.article_id, ColumnKind.NUMBER)
_BY = Column("account_id", _annotation.account_id, ColumnKind.NUMBER)
_THEMES = Column("themes", _annotation.themes, ColumnKind.CODE)
_USED = (
    _ID,
    _ARTICLE,
    _BY,
    _THEMES,
    Column("current_revision_id", _article.current_revision_id, ColumnKind.NUMBER),
    Column("annotator", _account.name, ColumnKind.TEXT),
)
_COLUMNS = (
    _ID,
    _ARTICLE,
    _BY,
    _THEMES,
    Column("revision_id", _annotation.revision_id, ColumnKind.NUMBER),
    Column("tag", _annotation.tag, ColumnKind.CODE),
    Column("start", _annotation.start, ColumnKind.NUMBER),
    Column("end", _annotation.end, ColumnKind.NUMBER),
    Column("quote", _annotation.quote, ColumnKind.TEXT),
    Column("note", _annotation.note, ColumnKind.TEXT),
    Column("created_at", type_coerce(_annotation.created_at, String), ColumnKind.MOMENT),
    Column("updated_at", type_coerce(_annotation.updated_at, String), ColumnKind.MOMENT),
)


def qdpx_chunks(database: Database, selection: Selection) -> Iterator[bytes]:
    """Yield the REFI-QDA project of a selection in pieces.

    It has the articles that annotations of the selection are of, with the text that is read now; an
    annotation without a place in that is a note beside it. The same rows make the same bytes.
    """
    pieces = Pieces()
    ids = list_ids(database, selection)
    used = _Used()
    for rows in read_rows(database, selection, ids, _USED):
        used.add(rows)
        yield b""  # which lets others have their turn: of many it takes seconds
    with ZipFile(pieces, "w") as archive:
        for article_id, revision_id in used.revisions.items():
            with database.session() as session:
                text = session.execute(select(_revision.text).where(_revision.id == revision_id))
                content = text.scalar_one().encode()
            name = _text_name(Guids(selection.permalink_base), article_id)
            archive.writestr(_entry(f"sources/{name}"), content, ZIP_DEFLATED, ZIP_LEVEL)
            yield pieces.take()
        large = len(ids) > ROWS_FOR_ZIP64
        with archive.open(_entry("project.qde"), "w", force_zip64=large) as part:
            project = _Project(database, selection, ids, used)
            elements = project.write()
            while some := list(islice(elements, ROWS_AT_ONCE)):
                part.write("".join(some).encode())
                yield pieces.take()
    yield pieces.take()


@dataclass(slots=True)
class _Used:
    """What the annotations of a file are of: texts by article, annotators by id, themes."""

    revisions: dict[int, int] = field(default_factory=dict)
    annotators: dict[int, str] = field(default_factory=dict)
    themes: set[int] = field(default_factory=set)

    def add(self, rows: Sequence[ExportRow]) -> None:
        for row in rows:
            self.revisions.setdefault(row.article_id, row.current_revision_id)
            self.annotators[row.account_id] = row.annotator
            self.themes.update(row.themes)


class _Project:
    """Writes project.qde: an element, or the beginning or end of one, at a time."""

    def __init__(
        self, database: Database, selection: Selection, ids: Sequence[int], used: _Used
    ) -> None:
        self._database = database
        self._selection = selection
        self._ids = ids
        self._used = used
        self._guids = Guids(selection.permalink_base)
        self._themes: Mapping[int, str] = {}  # the names of those that are codes, by their ids
        self._unplaced = array("I")

    def write(self) -> Iterator[str]:
        """Yield the document, in the order that the schema asks for."""
        with self._database.session() as session:
            project = session.get_one(Project, self._selection.project_id)
            head = {
                "xmlns": NAMESPACE,
                "name": project.name,
                "origin": "Gloss",
                "creationDateTime": moment_text(project.created_at),
            }
            themes = list_themes(session, project.id)
        self._themes = {
            theme.id: theme.name
            for theme in themes
            if theme.archived_at is None or theme.id in self._used.themes
        }
        yield '<?xml version="1.0" encoding="utf-8"?>\n'
        yield start_tag("Project", head)
        yield users(self._guids, self._used.annotators)
        yield codebook(self._guids, themes, self._used.themes)
        yield variables(self._guids)
        yield from _within("Sources", self._sources())
        yield from _within("Notes", self._notes())
        yield text_element("Description", self._description())
        yield "</Project>\n"

    def _sources(self) -> Iterator[str]:
        rows = chain.from_iterable(self._rows(self._ids))
        for article_id, of_article in groupby(rows, key=lambda row: int(row.article_id)):
            with self._database.session() as session:
                head, values = self._article(session, article_id)
            yield start_tag("TextSource", head)
            unplaced = []
            for row in of_article:
                # The text in the file is that of the beginning: it may have been corrected since.
                if row.revision_id == self._used.revisions[article_id]:
                    yield self._selected(row)
                else:
                    unplaced.append(row.id)
            for number in unplaced:
                yield element("NoteRef", {"targetGUID": self._note_guid(number)})
            self._unplaced.extend(unplaced)
            yield f"{values}</TextSource>\n"

    def _article(self, session: Session, article_id: int) -> tuple[Mapping[str, object], str]:
        """Return the attributes of an article's source, and what is said of it."""
        article = session.get_one(Article, article_id)
        head = {
            "guid": self._guids.of(f"articles/{article_id}"),
            "name": article.title,
            "plainTextPath": f"internal://{_text_name(self._guids, article_id)}",
            "creationDateTime": moment_text(article.created_at),
        }
        values = {
            "author": article.author,
            "publication": article.publication,
            "published on": article.published_on.isoformat() if article.published_on else "",
            "source URL": article.source_url,
        }
        return head, variable_values(self._guids, values)

    def _selected(self, row: ExportRow) -> str:
        made = {
            "creatingUser": self._guids.account(row.account_id),
            "creationDateTime": moment_text(row.created_at),
        }
        path = f"annotations/{row.id}"
        codes = {row.tag: self._guids.tag(row.tag)}
        codes |= {str(number): self._guids.theme(number) for number in self._codes_of(row)}
        codings = (
            element(
                "Coding",
                {"guid": self._guids.of(f"{path}/codes/{name}"), **made},
                element("CodeRef", {"targetGUID": code}),
            )
            for name, code in codes.items()
        )
        return element(
            "PlainTextSelection",
            {
                "guid": self._guids.of(path),
                "startPosition": row.start,
                "endPosition": row.end,
                **made,
                "modifiedDateTime": moment_text(row.updated_at),
            },
            text_element("Description", row.note) + "".join(codings),
        )

    def _notes(self) -> Iterator[str]:
        """Yield the annotations without a place, as notes that say all of them."""
        for row in chain.from_iterable(self._rows(self._unplaced)):
            themes = "; ".join(self._themes[number] for number in self._codes_of(row))
            lines = [
                f"“{row.quote}”",
                f"Tag: {row.tag}",
                f"Themes: {themes}" if themes else "",
                f"Note: {row.note}" if row.note else "",
                f"{self._selection.permalink_base}/annotations/{row.id}",
            ]
            head = {
                "guid": self._note_guid(row.id),
                "name": f"{row.tag}, without a place in the text ({row.id})",
                "creatingUser": self._guids.account(row.account_id),
                "creationDateTime": moment_text(row.created_at),
                "modifiedDateTime": moment_text(row.updated_at),
            }
            content = escape("\n\n".join(filter(None, lines)))
            yield element("Note", head, element("PlainTextContent", {}, content))

    def _description(self) -> str:
        said = f"From Gloss, {self._selection.permalink_base}."
        if self._unplaced:
            said = (
                f"{said} Annotations without a place in the text of their article:"
                f" {len(self._unplaced)}. Each is a note beside its source."
            )
        return said

    def _codes_of(self, row: ExportRow) -> list[int]:
        """Return the themes of an annotation without those that are newer than the codebook."""
        return [number for number in row.themes if number in self._themes]

    def _rows(self, ids: Sequence[int]) -> Iterator[Sequence[ExportRow]]:
        return read_rows(self._database, self._selection, ids, _COLUMNS)

    def _note_guid(self, annotation_id: int) -> str:
        return self._guids.of(f"annotations/{annotation_id}/note")


def _within(name: str, elements: Iterator[str]) -> Iterator[str]:
    """Yield elements within another one, which is left out where there are none."""
    first = next(elements, "")
    if first:
        yield f"<{name}>{first}"
        yield from elements
        yield f"</{name}>"


def _text_name(guids: Guids, article_id: int) -> str:
    return f"{guids.of(f'articles/{article_id}/text')}.txt"


def _entry(name: str) -> ZipInfo:
    """Return a part of a ZIP that says nothing of when it was made."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
