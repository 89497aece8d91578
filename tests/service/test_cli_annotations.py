"""The commands about annotations, as somebody types them."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.exports.queries.formats import FORMATS
from tests.harness.builders import Room, add_annotation, add_room, sign_in
from tests.harness.commands import error, run
from tests.harness.pages import page_client
from tests.harness.workbooks import text_of


def test_export_writes_the_bytes_that_the_pages_offer(
    app: Flask, session: Session, room: Room, tmp_path: Path
) -> None:
    add_annotation(session, room.annotator, room.article, "repairs it.\n\n“We have", note="=1")
    client = sign_in(page_client(app), session, room.reader.account)
    for path, args in (
        ("/projects/first/annotations.csv", []),
        ("/projects/first/annotations.csv", ["--project", "first"]),
        (f"/projects/first/articles/{room.article.id}/annotations.csv", ["--article", "1"]),
    ):
        offered = client.get(path).data
        assert offered.count(b"\r\n") == 2
        assert run(app, "annotations", "export", *args).stdout_bytes == offered
        output = tmp_path / "out.csv"
        assert run(app, "annotations", "export", *args, "--output", str(output)).stdout == ""
        assert output.read_bytes() == offered
    assert [path.name for path in tmp_path.glob("out*")] == ["out.csv"]
    offered = client.get("/projects/first/annotations.csv?sep=semicolon").data
    assert run(app, "annotations", "export", "--sep", "semicolon").stdout_bytes == offered
    for extension, each in FORMATS.items():
        output = tmp_path / f"out.{extension}"
        run(app, "annotations", "export", "--format", extension, "--output", str(output))
        offered = client.get(f"/projects/first/annotations.{extension}").data
        assert output.read_bytes() == offered
        words = text_of(offered) if each.is_binary else offered.decode()
        is_of_statements = each.omissions is not None  # nobody says it, so it is none
        assert ("We have" in words) is not is_of_statements


@pytest.mark.sqlite_only
def test_an_article_is_exported_from_its_own_project(
    app: Flask, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    add_annotation(session, other.annotator, other.article)
    number = str(other.article.id)
    assert run(app, "annotations", "export", "--article", number).stdout_bytes.count(b"\r\n") == 2
    args = ["annotations", "export", "--project", "first", "--article", number]
    assert error(run(app, *args)) == "Error: There is no such article in this project."
    assert error(run(app, "annotations", "export", "--article", "99")).startswith("Error: There is")
    assert room.article.id != other.article.id


@pytest.mark.sqlite_only
def test_a_file_that_cannot_be_written_is_one_line(app: Flask, room: Room, tmp_path: Path) -> None:
    output = tmp_path / "nowhere" / "out.csv"
    said = error(run(app, "annotations", "export", "--output", str(output)))
    assert said == f"Error: {output} cannot be written: No such file or directory."
    (tmp_path / "a file").write_text("x")
    output = tmp_path / "a file" / "out.csv"
    said = error(run(app, "annotations", "export", "--output", str(output)))
    assert said == f"Error: {output} cannot be written: Not a directory."
    assert room.article.id
