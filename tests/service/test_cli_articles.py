"""The commands about articles, as somebody types them."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article, Revision
from app.core.clock import now
from tests.harness.builders import Room, add_article, add_project, add_room
from tests.harness.commands import error, run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text("The Road\n\nThe council must close the road.\n")
    (folder / "b.txt").write_bytes(b"%PDF-1.7")
    (folder / "c.txt").write_text("The Bridge\n\nNobody crosses the bridge any more.\n")
    return folder


def test_loading_says_what_became_of_each_file_and_one_bad_one_stops_nothing(
    app: Flask, session: Session, files: Path
) -> None:
    add_project(session)
    result = run(app, "articles", "load", str(files), str(files / "nowhere.txt"))
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert [(line[0], Path(line[1]).name) for line in lines] == [
        ("loaded", "a.txt"),
        ("refused", "b.txt"),
        ("loaded", "c.txt"),
        ("refused", "nowhere.txt"),
    ]
    assert lines[0][2] == "article 1, “The Road”"
    assert "PDF" in lines[1][2]
    assert result.stderr.splitlines()[-1] == "2 loaded, 2 refused."
    assert "Loading" in result.stderr
    assert result.exit_code == 1
    assert len(session.scalars(select(Article)).all()) == 2


@pytest.mark.sqlite_only
def test_loading_again_is_no_error(app: Flask, session: Session, files: Path) -> None:
    add_project(session)
    (files / "b.txt").unlink()
    assert run(app, "articles", "load", str(files)).exit_code == 0
    again = run(app, "articles", "load", str(files))
    assert (again.exit_code, again.stderr.splitlines()[-1]) == (0, "2 skipped.")


@pytest.mark.sqlite_only
def test_an_encoding_that_is_hardly_known_is_refused_unless_it_is_said(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    add_project(session)
    file = tmp_path / "odd.txt"
    file.write_bytes(b"\xa6\xa3\xd0\xfe")
    refused = run(app, "articles", "load", str(file))
    assert refused.exit_code == 1
    assert "its encoding is a guess" in refused.stdout
    assert "--encoding" in refused.stdout
    assert run(app, "articles", "load", str(file), "--encoding", "no such").exit_code == 2
    assert run(app, "articles", "load", str(file), "--encoding", "mac roman").exit_code == 0
    assert len(session.scalars(select(Article)).all()) == 1


@pytest.mark.sqlite_only
def test_an_encoding_that_is_plain_is_read_without_being_said(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    add_project(session)
    words = "\u041d\u0438\u043a\u0442\u043e \u043d\u0435 \u0441\u043a\u0430\u0437\u0430\u043b."
    (tmp_path / "a.txt").write_bytes(f"{words}\n\nOne.".encode("cp1251"))
    (tmp_path / "b.txt").write_text("Two.\n\nNa\u00efve.", encoding="cp1252")
    assert run(app, "articles", "load", str(tmp_path)).exit_code == 0
    found = session.scalars(select(Revision.text).order_by(Revision.id)).all()
    assert list(found) == [f"{words}\n\nOne.", "Two.\n\nNa\u00efve."]


@pytest.mark.sqlite_only
def test_a_project_that_is_not_there_is_one_line(app: Flask, files: Path, session: Session) -> None:
    add_project(session)
    assert session.get(Article, 1) is None
    for args in (
        ["articles", "load", str(files), "--project", "nowhere"],
        ["articles", "list", "--project", "nowhere"],
        ["annotations", "export", "--project", "nowhere"],
    ):
        assert error(run(app, *args)) == "Error: There is no project “nowhere”."


@pytest.mark.sqlite_only
def test_nothing_is_loaded_into_an_archived_project(
    app: Flask, files: Path, session: Session
) -> None:
    add_project(session).archived_at = now()
    session.commit()
    result = run(app, "articles", "load", str(files))
    assert error(result) == "Error: The project “first” is archived. An owner can restore it."


def test_articles_are_listed_by_tabs_untruncated_and_one_a_line(
    app: Flask, session: Session, room: Room
) -> None:
    title = "A very long title\twith a tab and\na line feed, " + "word " * 60 + "end"
    add_article(session, "Three words here.", title=title)
    gone = add_article(session, "Archived.")
    gone.archived_at = now()
    session.commit()
    add_room(session, "second")
    lines = run(app, "articles", "list").output.splitlines()
    assert lines[0].split("\t") == ["1", "The River Road", "Ada Quill", "", "", "53"]
    cells = lines[1].split("\t")
    assert cells == ["2", " ".join(title.split()), "Ada Quill", "", "", "3"]
    assert len(lines) == 2
    assert room.article.id == 1
