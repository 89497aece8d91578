"""Project archives that were forged or damaged: what is said, and that nothing is changed."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.archives.manifest import MANIFEST
from app.archives.queries.description import TABLES
from app.archives.service.reading import Most, UnfitArchive, opened_archive
from app.core.db import Database
from app.models import metadata
from tests.harness.archives import Files, add_everything, bring_in, changed_archive, take_away
from tests.harness.builders import add_annotation, add_room


def _set(table: str, column: str, value: object, row: int = 0) -> Callable[..., None]:
    def change(files: Files, _manifest: dict[str, Any]) -> None:
        files[table][row][column] = value

    return change


def _state(column: str, value: object, kind: str = "annotation.created") -> Callable[..., None]:
    def change(files: Files, _manifest: dict[str, Any]) -> None:
        made = next(row for row in files["events"] if row["kind"] == kind)
        made["after"][column] = value

    return change


def _kind(kind: str, other: str) -> Callable[..., None]:
    def change(files: Files, _manifest: dict[str, Any]) -> None:
        next(row for row in files["events"] if row["kind"] == kind)["kind"] = other

    return change


def _drop(table: str) -> Callable[..., None]:
    return lambda files, _manifest: files[table].clear()


def _circle(files: Files, _manifest: dict[str, Any]) -> None:
    one, other = files["themes"][:2]
    one["parent_id"], other["parent_id"] = other["id"], one["id"]


def _alias(files: Files, _manifest: dict[str, Any]) -> None:
    """Give an alias an alias of its own, and let the event of that say so."""
    alias_id = next(row["id"] for row in files["parties"] if row["alias_of_id"])
    first = files["parties"][0]
    first["alias_of_id"] = alias_id
    made = next(row for row in files["events"] if row["kind"] == "party.created")
    assert made["subject_id"] == first["id"]
    made["after"]["alias_of"] = alias_id


def _newer(_files: Files, manifest: dict[str, Any]) -> None:
    manifest["version"] = 2


def _later(_files: Files, manifest: dict[str, Any]) -> None:
    manifest["revisions"] = ["9999"]


def _foreign(_files: Files, manifest: dict[str, Any]) -> None:
    manifest["format"] = "gloss-backup"


FORGED: Sequence[tuple[Callable[..., None], str]] = (
    (_newer, "A newer version"),
    (_later, "A newer version"),
    (_foreign, "not a project archive"),
    (_drop("projects"), "not of one project"),
    (_drop("events"), "refers to a row of events"),
    (_drop("accounts"), "refers to a row of accounts"),
    (_circle, "without end"),
    (_set("annotations", "quote", "Something else."), "its quote is not the text"),
    (_set("annotations", "start", 10**6), "annotation"),
    (_set("annotations", "start", "1"), "another kind"),
    (_set("annotations", "tag", "joke"), "CHECK"),
    (_set("annotations", "article_id", 10**6), "refers to a row of articles"),
    (_set("annotations", "note", "x" * 10_001), "another kind"),
    (_set("annotations", "note", "\0"), "another kind"),
    (_set("annotations", "note", "\ud800"), "another kind"),
    (_set("annotations", "note", "a\x1bb"), "another kind"),
    (_set("comments", "text", "a\rb"), "another kind"),
    (_set("annotations", "created_at", "0001-01-01T00:00:00+14:00"), "another kind"),
    (_state("quote", "\ud800"), "another kind"),
    (_set("annotations", "themes", [10**6]), "refers to a row of themes"),
    (_set("annotations", "party_id", 10**6), "refers to a row of parties"),
    (_set("annotations", "side", "both"), "CHECK"),
    (_set("parties", "name", "Board"), "not what its last event says"),
    (_set("positions", "note", "a\x1bb"), "another kind"),
    (_set("affiliations", "until", "soon"), "another kind"),
    (_alias, "no main party"),
    (_state("affiliations", "x", "party.changed"), "for whom a person speaks"),
    (_state("affiliations", [[]], "party.changed"), "cannot be so"),
    (_state("name", 5, "party.changed"), "cannot be so"),
    (_state("party", 10**6, "annotation.changed"), "refers to a row of parties"),
    (_set("annotations", "id", 1, row=1), "do not rise"),
    (_set("annotations", "created_at", "yesterday"), "another kind"),
    (_set("annotations", "password", "x"), "other columns"),
    (_set("annotations", "password", "x", row=1), "of several kinds"),
    (_set("accounts", "name", " "), "by no name"),
    (_set("accounts", "name", "x" * 101), "another kind"),
    (_set("articles", "source_url", "javascript:alert(1)"), "cannot be so"),
    (_set("articles", "guessed", 1), "cannot be so"),
    (_set("blocks", "sentences", '0 5" onclick="alert(1)'), "cannot be so"),
    (_set("blocks", "sentences", "0 500"), "cannot be so"),
    (_set("blocks", "end", 3), "cannot be so"),
    (_set("revisions", "text", "Another text."), "does not fit its hash"),
    (_set("threads", "comments", 7), "counts what does not stand in it"),
    (_set("themes", "name", "Harbours"), "not what its last event says"),
    (_set("saved_searches", "query", 5), "another kind"),
    (_set("events", "after", "x"), "keeps no state"),
    (_state("due", "soon", "assignment.made"), "cannot be so"),
    (_state("left", [], "annotations.changed_together"), "what it left"),
    (_state("query", 5, "annotations.changed_together"), "asks for too much"),
    (_set("events", "subject_kind", "ship"), "cannot be so"),
    (_set("events", "kind", "annotation.created"), "cannot be so"),
    (_kind("annotation.created", "article.corrected"), "cannot be so"),
    (_kind("annotation.created", "annotation.linked"), "cannot be so"),
    (_state("revision", 10**6), "refers to a row of revisions"),
    (_state("note", 5), "cannot be so"),
    (_state("note", "a\x1bb"), "cannot be so"),
    (_state("extra", [[]] * 10_000), "is not a row"),
    (_state("themes", "1"), "refers to a row of themes"),
)


@pytest.mark.sqlite_only
def test_what_was_forged_changes_nothing_and_it_is_said_why(
    database: Database, session: Session
) -> None:
    room = add_everything(session)
    content = take_away(database, room.article.project_id)
    owner_id = room.owner.account_id
    session.rollback()
    rows = _rows_of_all(database)
    for change, words in FORGED:
        forged = changed_archive(content, change)
        with pytest.raises(UnfitArchive) as refused:
            bring_in(database, forged, owner_id)
        assert words in refused.value.message
        assert refused.value.message.endswith(" Nothing was imported.")
    assert _rows_of_all(database) == rows


def _rows_of_all(database: Database) -> dict[str, int]:
    with database.session() as session:
        tables = metadata.tables.items()
        counts = {name: session.scalar(select(func.count()).select_from(t)) for name, t in tables}
        return {name: count or 0 for name, count in counts.items()}


@pytest.mark.sqlite_only
def test_what_is_damaged_or_no_archive_is_refused_before_anything_is_done(
    database: Database, session: Session
) -> None:
    room = add_room(session)
    add_annotation(session, room.annotator, room.article)
    content = take_away(database, room.article.project_id)
    for other, words in _damaged(content):
        for most in (None, Most(rows=10**6, unpacked=10**9)):
            with pytest.raises(UnfitArchive) as refused, opened_archive(io.BytesIO(other), most):
                pass
            assert words in refused.value.message
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as packed:
        for number in range(2_000):
            packed.writestr(f"{number}.jsonl", "")
    with (
        pytest.raises(UnfitArchive, match="not a project archive"),
        opened_archive(many, Most(rows=10**6, unpacked=10**9)),
    ):
        pass
    for most in (Most(rows=3, unpacked=10**9), Most(rows=10**6, unpacked=1_000)):
        with (
            pytest.raises(UnfitArchive, match="and at most"),
            opened_archive(io.BytesIO(content), most),
        ):
            pass
    with opened_archive(io.BytesIO(content), Most(rows=10**6, unpacked=10**9)) as archive:
        assert archive.count(TABLES["annotations"]) == 1


def _damaged(content: bytes) -> Iterator[tuple[bytes, str]]:
    yield b"", "not a project archive"
    yield b"PK\x03\x04 nothing", "not a project archive"
    yield content[: len(content) // 2], "not a project archive"
    yield _repacked(content, {MANIFEST: None}), "not a project archive"
    yield _repacked(content, {MANIFEST: b"[" * 100_000}), "not a project archive"
    yield _repacked(content, {MANIFEST: b"{}"}), "not a project archive"
    yield _repacked(content, {MANIFEST: b"[]"}), "not a project archive"
    yield _repacked(content, {"articles.jsonl": b"{}\n"}), "articles.jsonl is not what"
    yield _repacked(content, {"articles.jsonl": None}), "the files that its manifest names"
    yield _repacked(content, {"../../etc/passwd": b"x"}), "the files that its manifest names"
    bomb = b'{"id": 1, "title": "' + b" " * 10**7 + b'"}\n'
    yield _repacked(content, {"articles.jsonl": bomb}), "articles.jsonl is not what"
    flipped = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        flipped[packed.getinfo("blocks.jsonl").header_offset + 70] ^= 0xFF
    yield bytes(flipped), "blocks.jsonl"
    twice = io.BytesIO(content)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as packed:
        packed.writestr("articles.jsonl", "")
    yield twice.getvalue(), "the files that its manifest names"


def _repacked(content: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        files: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
        for name, data in (files | dict(changed)).items():
            if data is not None:
                new.writestr(name, data)
    return made.getvalue()
