"""Loading files: idempotent by content, and one bad file never stops the rest."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles.models import Article, BlockRow, InlineRow, Revision
from app.articles.queries.articles import all_articles, current_revision
from app.articles.service import loading
from app.articles.service.loading import FileOutcome
from app.config import Config
from app.core.clock import now
from app.core.db import Database
from app.events.models import Event
from app.integrations import reading
from app.projects.models import Project
from app.text.dates import DateOrder
from app.text.document import BLOCK_SEPARATOR
from app.text.readers import Limits
from tests.harness.builders import add_project
from tests.harness.files import zipped

GOOD = "The Road\n\nBy Ada Quill, The Levee, 1/13/25\n\nThe council must close the road.\n"


@pytest.fixture
def project(session: Session) -> Project:
    return add_project(session)


def write(path: Path, content: str | bytes = GOOD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def load(session: Session, project: Project, path: Path) -> loading.Loaded:
    how = loading.LoadOptions(DateOrder.MDY, Limits())
    (loaded,) = loading.load_file(session, project_id=project.id, path=path, how=how)
    session.commit()
    return loaded


@contextmanager
def halted(pid: int) -> Iterator[None]:
    """Let a process stand still."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Article)).one()


def test_a_file_becomes_an_article_with_a_revision_blocks_and_an_event(
    session: Session, project: Project, tmp_path: Path
) -> None:
    result = load(session, project, write(tmp_path / "road.txt"))
    assert (result.outcome, result.message) == (FileOutcome.LOADED, "article 1, “The Road”")
    article = session.scalars(select(Article)).one()
    assert (article.author, article.publication) == ("Ada Quill", "The Levee")
    assert str(article.published_on) == "2025-01-13"
    revision = current_revision(session, article.id)
    blocks = session.scalars(select(BlockRow).order_by(BlockRow.number)).all()
    texts = [revision.text[block.start : block.end] for block in blocks]
    assert texts == ["The Road", "The council must close the road."]
    assert BLOCK_SEPARATOR.join(texts) == revision.text
    assert [block.number for block in blocks] == [1, 2]
    assert (revision.number, revision.words) == (1, 8)
    event = session.scalars(select(Event).where(Event.kind == "article.added")).one()
    assert (event.article_id, event.account_id) == (article.id, None)


def test_loading_again_adds_nothing(session: Session, project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "road.txt")
    load(session, project, path)
    assert load(session, project, path).outcome is FileOutcome.SKIPPED
    copy = load(session, project, write(tmp_path / "copy.txt"))
    assert (copy.outcome, copy.message) == (FileOutcome.SKIPPED, "article 1 has the same content")
    assert count(session) == 1


def test_a_known_path_with_new_content_is_reported_and_never_added(
    session: Session, project: Project, tmp_path: Path
) -> None:
    path = write(tmp_path / "road.txt")
    load(session, project, path)
    before = current_revision(session, 1).text
    result = load(session, project, write(path, GOOD + "\nAnother paragraph of it.\n"))
    assert result.outcome is FileOutcome.CHANGED
    assert "changed since it became article 1" in result.message
    assert (count(session), current_revision(session, 1).text) == (1, before)


def test_an_archived_article_is_not_loaded_again(
    session: Session, project: Project, tmp_path: Path
) -> None:
    path = write(tmp_path / "road.txt")
    load(session, project, path)
    session.get_one(Article, 1).archived_at = now()
    session.commit()
    assert load(session, project, path).outcome is FileOutcome.SKIPPED
    assert load(session, project, write(tmp_path / "copy.txt")).outcome is FileOutcome.SKIPPED
    assert all_articles(session, project_id=project.id) == []


def test_projects_do_not_know_each_others_files(
    session: Session, project: Project, tmp_path: Path
) -> None:
    path = write(tmp_path / "road.txt")
    load(session, project, path)
    assert load(session, add_project(session, "second"), path).outcome is FileOutcome.LOADED


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "The file is empty"),
        ("blank.txt", b" \n\n ", "no text to read"),
        ("paper.txt", b"%PDF-1.7 ...", "The PDF is damaged"),
        ("zeros.txt", b"a\0b", "not plain text"),
        ("front.md", b"---\ntitle: [a\n---\n\nText.\n", "not valid YAML in line"),
        ("page.exe", b"MZ", "Only .txt, .md, .html"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(
    session: Session, project: Project, tmp_path: Path, *, name: str, content: bytes, said: str
) -> None:
    result = load(session, project, write(tmp_path / name, content))
    assert result.outcome is FileOutcome.REFUSED
    assert said in result.message
    assert count(session) == 0


def test_a_file_that_is_not_there_is_refused(
    session: Session, project: Project, tmp_path: Path
) -> None:
    result = load(session, project, tmp_path / "nowhere.txt")
    assert (result.outcome, result.message) == (
        FileOutcome.REFUSED,
        "it cannot be read: No such file or directory",
    )


def test_characters_that_no_database_holds_are_left_out_of_what_is_known_about_it(
    session: Session, project: Project, tmp_path: Path
) -> None:
    content = '---\ntitle: "a\\0b"\nauthor: "c\\ud800d"\n---\n\nHello there.\n'
    assert load(session, project, write(tmp_path / "odd.md", content)).outcome is FileOutcome.LOADED
    article = session.scalars(select(Article)).one()
    assert (article.title, article.author) == ("ab", "c\N{REPLACEMENT CHARACTER}d")


def test_a_files_name_may_be_no_text(session: Session, project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "caf\udce9.txt")
    assert load(session, project, path).outcome is FileOutcome.LOADED
    assert load(session, project, path).outcome is FileOutcome.SKIPPED


@pytest.mark.sqlite_only
def test_folders_are_searched_in_order_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.TXT", ".hidden/d.txt", "sub/.e.txt", "f.html"):
        write(tmp_path / name)
    found = [path.relative_to(tmp_path).as_posix() for path in loading.find_files([tmp_path])]
    assert found == ["a.md", "b.txt", "f.html", "sub/c.TXT"]


def test_seeds_are_loaded_once_and_a_bad_one_stops_nothing(
    database: Database, config: Config, session: Session
) -> None:
    folder = config.seed_dirs[0]
    write(folder / "a-bad.txt", b"")
    write(folder / "b-good.txt")
    said: list[str] = []
    loading.load_seeds(database, config, echo=said.append)
    assert said[0].startswith("Seeds: refused a-bad.txt: The file is empty")
    assert said[1] == "Seeds: loaded b-good.txt: article 1, “The Road”."
    assert said[2] == "Seeds: 1 loaded, 1 refused."
    write(folder / "b-good.txt", GOOD + "\nMore.")
    said.clear()
    loading.load_seeds(database, config, echo=said.append)
    assert said[-1] == "Seeds: 1 changed, 1 refused."
    assert count(session) == 1
    assert session.scalars(select(Project.slug)).all() == ["first"]


@pytest.mark.sqlite_only
def test_no_seed_is_loaded_into_an_archived_project(
    database: Database, session: Session, project: Project, config: Config
) -> None:
    (folder,) = config.seed_dirs
    folder.mkdir()
    write(folder / "good.txt")
    project.archived_at = now()
    session.commit()
    said: list[str] = []
    loading.load_seeds(database, config, echo=said.append)
    assert said == [f"Seeds: {project.name} is archived, so nothing is loaded into it."]
    assert count(session) == 0


@pytest.mark.sqlite_only
def test_a_seed_folder_that_is_missing_is_named(database: Database, config: Config) -> None:
    said: list[str] = []
    loading.load_seeds(database, config, echo=said.append)
    assert said == [
        f"Seeds: the folder {config.seed_dirs[0]} is not there.",
        "Seeds: no files.",
    ]


@pytest.mark.sqlite_only
def test_the_products_own_seeds_are_loaded_whole(session: Session, project: Project) -> None:
    files = list(loading.find_files([loading.ROOT / "seeds"]))
    assert len(files) >= 4
    assert {load(session, project, path).outcome for path in files} == {FileOutcome.LOADED}
    kinds = set(session.scalars(select(BlockRow.kind).distinct()))
    assert {"heading", "paragraph", "quotation", "list_item", "footnote"} <= kinds
    inlines = set(session.scalars(select(InlineRow.kind).distinct()))
    assert {"hyperlink", "emphasis", "footnote_mark"} <= inlines
    words = session.scalars(select(Revision.words)).all()
    assert all(800 <= count <= 2_600 for count in words)


def test_an_archive_is_loaded_file_by_file_and_once(
    session: Session, project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "both.zip"
    path.write_bytes(
        zipped({"one.txt": "One.\n\nWords.", "b.exe": b"MZ", "two.md": "# Two\n\nHi."})
    )
    how = loading.LoadOptions(DateOrder.MDY, Limits())
    for expected in (FileOutcome.LOADED, FileOutcome.SKIPPED):
        found = list(loading.load_file(session, project_id=project.id, path=path, how=how))
        assert [one.outcome for one in found] == [expected, FileOutcome.REFUSED, expected]
        assert [one.path.name for one in found] == ["one.txt", "b.exe", "two.md"]
    assert count(session) == 2


def test_on_trial_nothing_is_stored(session: Session, project: Project, tmp_path: Path) -> None:
    path = write(tmp_path / "road.txt")
    how = loading.LoadOptions(DateOrder.MDY, Limits(), is_trial=True)
    (found,) = loading.load_file(session, project_id=project.id, path=path, how=how)
    assert (found.outcome, count(session)) == (FileOutcome.LOADED, 0)
    assert found.message.endswith("on trial")


def test_others_write_while_a_file_is_read(database: Database, tmp_path: Path) -> None:
    with database.writing() as session, ThreadPoolExecutor(1) as threads:
        project = add_project(session)
        session.commit()
        load(session, project, write(tmp_path / "first.txt"))
        pid = reading.process.pid
        assert pid is not None
        with halted(pid):
            path = write(tmp_path / "second.txt", f"{GOOD}And the bridge.")
            loaded = threads.submit(load, session, project, path)
            time.sleep(0.5)  # it is being read by then
            began = time.monotonic()
            with database.writing() as other:
                add_project(other, "other")
                other.commit()
            took = time.monotonic() - began
            assert not loaded.done()
        assert loaded.result().outcome is FileOutcome.LOADED
    assert took < 2
