"""Adding articles by paste, file and address; what is said of them; the archive."""

import io
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.articles.models import Article, Draft
from app.articles.queries.articles import current_revision
from app.config import Config
from app.core.db import Database
from app.projects.models import Project
from tests.harness.builders import Room, add_annotation, csrf_token, sign_in
from tests.harness.files import book, zipped
from tests.harness.pages import PageClient, page_client
from tests.harness.sites import send_page, serving

ADD = "/projects/first/articles/add"
TEXT = """A Short Piece

By Ada Quill, The Ferry Post, 4/5/25

The council must close the road. It floods every spring.

See [https://example.org/a]."""


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


def send(client: PageClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_token(client), **fields})


def pasted(client: PageClient, text: str = TEXT) -> str:
    """Paste a text and return the address of its draft."""
    answer = send(client, ADD, text=text)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def count(session: Session, model: type[Article | Draft]) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(model)).one()


def newest(session: Session) -> Article:
    session.rollback()
    return session.scalars(select(Article).order_by(Article.id.desc()).limit(1)).one()


# --- drafts -------------------------------------------------------------------------------------


def test_a_pasted_text_is_shown_as_it_will_be_read_and_nothing_is_added(
    curator: PageClient, session: Session
) -> None:
    before = count(session, Article)
    page = curator.get(pasted(curator)).text
    assert 'value="A Short Piece"' in page
    assert 'value="Ada Quill"' in page
    assert 'value="2025-04-05"' in page
    assert re.search(r"Published <span class=\"guess\">", page)
    assert '<h2 class="text heading" id="b1">A Short Piece</h2>' in page
    assert '<a href="https://example.org/a"' in page
    assert count(session, Article) == before


def test_a_confirmed_draft_is_an_article_with_what_was_typed(
    curator: PageClient, session: Session
) -> None:
    draft = pasted(curator)
    fields = {
        "title": " The  Road ",
        "author": "",
        "publication": "The Post",
        "published_on": "",
        "source_url": "https://example.org/road",
        "language": "fr",
    }
    answer = send(curator, draft, confirm="1", **fields)
    article = newest(session)
    assert answer.headers["Location"] == f"/projects/first/articles/{article.id}"
    assert (article.title, article.author, article.language) == ("The Road", "", "fr")
    assert article.guessed == []
    assert current_revision(session, article.id).text.endswith("See [https://example.org/a].")
    assert count(session, Draft) == 0
    assert curator.get(draft).status_code == 404


def test_a_field_that_cannot_be_used_keeps_what_was_typed(
    curator: PageClient, session: Session
) -> None:
    draft = pasted(curator)
    before = count(session, Article)
    for field, value in {
        "title": " ",
        "published_on": "2025-13-01",
        "source_url": "javascript:alert(1)",
        "language": "no such thing",
        "author": "x" * 301,
    }.items():
        good = {"title": "A", "published_on": "", "source_url": "", "language": "", "author": ""}
        answer = send(curator, draft, confirm="1", **{**good, field: value})
        assert answer.status_code == 422
        assert f'name="{field}" value="{value}"' in answer.text
        assert len(re.findall("aria-invalid", answer.text)) == 1
    assert count(session, Article) == before


def test_what_is_typed_is_kept_for_coming_back(curator: PageClient) -> None:
    draft = pasted(curator)
    kept = send(curator, draft, title="Half a tit", published_on="soon")
    assert kept.status_code == 303
    page = curator.get(draft).text
    assert 'value="Half a tit"' in page
    assert 'value="soon"' in page
    assert "Half a tit" in curator.get(ADD).text


def test_a_discarded_draft_is_gone(curator: PageClient, session: Session) -> None:
    draft = pasted(curator)
    assert send(curator, f"{draft}/discard").status_code == 303
    assert count(session, Draft) == 0


def test_a_draft_is_its_own_person_s(
    app: Flask, curator: PageClient, session: Session, room: Room
) -> None:
    draft = pasted(curator)
    owner = sign_in(page_client(app), session, room.owner.account)
    assert owner.get(draft).status_code == 404
    assert send(owner, draft, confirm="1", title="Mine").status_code == 404
    assert send(owner, f"{draft}/discard").status_code == 404
    assert curator.get(draft).status_code == 200


def test_several_files_become_drafts_and_a_bad_one_says_why(
    curator: PageClient, session: Session
) -> None:
    files = [
        (io.BytesIO(b"One.\n\nTwo words here."), "one.txt"),
        (io.BytesIO(b"# Second\n\nIn Markdown."), "../../etc/second.md"),
        (io.BytesIO(b"\x7fELF"), "program.exe"),
    ]
    answer = send(curator, ADD, files=files)
    assert answer.status_code == 422
    assert "<b>program.exe</b>" in answer.text
    assert count(session, Draft) == 2
    assert ">Second</a>" in answer.text


def test_all_drafts_are_added_at_once_and_one_to_mend_stays(
    curator: PageClient, session: Session
) -> None:
    before = count(session, Article)
    pasted(curator, "One.\n\nWords of one.")
    broken = pasted(curator, "Two.\n\nWords of two.")
    pasted(curator, "Three.\n\nWords of three.")
    send(curator, broken, title="")
    answer = send(curator, "/projects/first/drafts")
    assert answer.status_code == 422
    assert "Give the article a title." in answer.text
    assert "2 articles were added." in answer.text
    assert (count(session, Article), count(session, Draft)) == (before + 2, 1)
    send(curator, broken, title="Two")
    assert send(curator, "/projects/first/drafts").status_code == 303
    assert count(session, Draft) == 0


def test_nothing_given_says_what_to_do(curator: PageClient) -> None:
    answer = send(curator, ADD)
    assert answer.status_code == 422
    assert "Paste a text, choose a file or give an address." in answer.text


def test_a_text_larger_than_other_forms_may_be_is_taken(curator: PageClient) -> None:
    pasted(curator, "The road floods again. " * 100_000)


def test_the_same_content_and_the_same_address_are_noticed(
    curator: PageClient, session: Session
) -> None:
    send(curator, pasted(curator), confirm="1", title="First", source_url="https://example.org/x")
    first = newest(session)
    again = curator.get(pasted(curator)).text
    assert f'/articles/{first.id}">First</a>' in again
    other = pasted(curator, "Other words.\n\nQuite other words.")
    assert "is there already" not in curator.get(other).text
    send(curator, other, source_url="https://example.org/x")
    assert f'/articles/{first.id}">First</a>' in curator.get(other).text


def test_a_saved_page_becomes_its_article_and_says_where_its_fields_came_from(
    curator: PageClient,
) -> None:
    page = (
        b"<html><head><title>Site</title><meta property='og:title' content='The Road'></head><body>"
        b"<nav>Menu</nav><article><h1>The Road</h1><p>It floods <em>every</em> spring, and the"
        b" council knows that it does.</p><script>alert(1)</script><blockquote><p>We have no money"
        b" for it.</p></blockquote></article></body></html>"
    )
    answer = send(curator, ADD, files=[(io.BytesIO(page), "road.html")])
    shown = curator.get(str(answer.headers["Location"])).text
    assert 'value="The Road"' in shown
    assert "<em>every</em>" in shown
    assert '<blockquote class="text quotation"' in shown
    assert "Menu" not in shown
    assert "alert(1)" not in shown
    assert "From: Open Graph. At most 500 characters." in shown


def test_each_readable_file_of_an_archive_is_a_draft(curator: PageClient, session: Session) -> None:
    packed = zipped({"a/one.txt": "One.\n\nWords.", "two.md": "# Two\n\nWords.", "c.exe": b"MZ"})
    answer = send(curator, ADD, files=[(io.BytesIO(packed), "both.zip")])
    assert answer.status_code == 422
    assert "<b>both.zip: c.exe</b>" in answer.text
    assert count(session, Draft) == 2
    assert "both.zip: one.txt" in answer.text


def test_a_book_is_one_article_or_one_for_each_chapter(
    curator: PageClient, session: Session
) -> None:
    epub = book({"one.xhtml": "<h1>One</h1><p>Words.</p>", "two.xhtml": "<h1>Two</h1><p>More.</p>"})
    send(curator, ADD, files=[(io.BytesIO(epub), "book.epub")])
    assert count(session, Draft) == 1
    send(curator, ADD, files=[(io.BytesIO(epub), "book.epub")], by_chapter="1")
    assert count(session, Draft) == 3


def test_a_body_pasted_from_a_browser_keeps_its_structure(curator: PageClient) -> None:
    html = "<h2>Road</h2><p>It <b>floods</b>.</p><ul><li>Every spring</li></ul>"
    answer = send(curator, ADD, text="Road\n\nIt floods.\n\nEvery spring", html=html)
    shown = curator.get(str(answer.headers["Location"])).text
    assert "<strong>floods</strong>" in shown
    assert 'class="text list-item"' in shown


@pytest.mark.sqlite_only
def test_the_limits_are_settings_and_named_in_the_error(
    make_config: Callable[..., Config], session: Session, room: Room
) -> None:
    app = create_app(make_config(MAX_TEXT="1000", MAX_ARCHIVE_FILES="1"))
    client = sign_in(page_client(app), session, room.curator.account)
    assert "At most 1,000 characters." in client.get(ADD).text
    assert "longer than 1,000 characters" in send(client, ADD, text="word " * 300).text
    packed = io.BytesIO(zipped({"a.txt": "A.", "b.txt": "B."}))
    assert "more than 1 files" in send(client, ADD, files=[(packed, "two.zip")]).text
    app.extensions["database"].dispose()


def test_scripts_in_a_text_are_text(curator: PageClient) -> None:
    page = curator.get(pasted(curator, "Hello there.\n\n<script>alert(1)</script>")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# --- by address ---------------------------------------------------------------------------------


@pytest.fixture
def published() -> Iterator[str]:
    """Serve a text on the loopback address; give its own address."""
    with serving(lambda request: send_page(request, TEXT.encode(), "text/plain")) as root:
        yield f"{root}/piece"


@pytest.mark.sqlite_only
def test_an_article_is_fetched_by_its_address(
    make_config: Callable[..., Config], session: Session, room: Room, published: str
) -> None:
    app = create_app(make_config(FETCH_NETWORKS="127.0.0.0/8"))
    client = sign_in(page_client(app), session, room.curator.account)
    answer = send(client, ADD, url=published)
    page = client.get(str(answer.headers["Location"])).text
    assert 'value="A Short Piece"' in page
    assert f'name="source_url" value="{published}"' in page
    app.extensions["database"].dispose()


def test_a_private_address_is_refused_and_kept_in_the_form(
    curator: PageClient, published: str
) -> None:
    answer = send(curator, ADD, url=published)
    assert answer.status_code == 422
    assert "is in a private network" in answer.text
    assert f'name="url" value="{published}"' in answer.text


@pytest.mark.sqlite_only
def test_others_write_while_a_page_is_fetched(
    make_config: Callable[..., Config], database: Database, session: Session, room: Room
) -> None:
    def tag_meanwhile(request: BaseHTTPRequestHandler) -> None:
        with database.writing() as own:
            own.execute(text("PRAGMA busy_timeout = 0"))
            own.execute(update(Project).values(name="Written meanwhile"))
            own.commit()
        send_page(request, TEXT.encode(), "text/plain")

    app = create_app(make_config(FETCH_NETWORKS="127.0.0.0/8"))
    client = sign_in(page_client(app), session, room.curator.account)
    with serving(tag_meanwhile) as root:
        assert send(client, ADD, url=root).status_code == 303
    session.expire_all()
    assert room.curator.project.name == "Written meanwhile"
    app.extensions["database"].dispose()


@pytest.mark.sqlite_only
def test_fetching_can_be_switched_off(
    make_config: Callable[..., Config], session: Session, room: Room
) -> None:
    app = create_app(make_config(FETCH_URLS="off"))
    client = sign_in(page_client(app), session, room.curator.account)
    assert 'name="url"' not in client.get(ADD).text
    assert "switched off" in send(client, ADD, url="https://example.org/").text
    app.extensions["database"].dispose()


# --- details and archive ------------------------------------------------------------------------


def test_details_are_changed_with_their_history(curator: PageClient, room: Room) -> None:
    path = f"/projects/first/articles/{room.article.id}/details"
    answer = send(curator, path, version="1", title="A New Title", author="Ada Quill")
    assert answer.status_code == 303
    page = curator.get(path).text
    assert 'value="A New Title"' in page
    assert "<del>The River Road</del> <ins>A New Title</ins>" in page
    assert "From: typed. At most 500 characters." in page
    assert "<b>Cato</b> changed title" in page


def test_a_stale_change_shows_both(curator: PageClient, room: Room) -> None:
    path = f"/projects/first/articles/{room.article.id}/details"
    send(curator, path, version="1", title="Theirs")
    answer = send(curator, path, version="1", title="Mine")
    assert answer.status_code == 409
    assert "<dt>Title, now</dt><dd>Theirs</dd>" in answer.text
    assert 'name="title" value="Mine"' in answer.text
    again = send(curator, path, version="2", title="Mine")
    assert again.status_code == 303


def test_an_archived_article_leaves_the_list_and_comes_back(
    curator: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    path = f"/projects/first/articles/{room.article.id}"
    send(curator, f"{path}/archive")
    listed = curator.get("/projects/first/articles").text
    assert "The River Road</a>" not in listed
    assert "1 archived" in listed
    assert "The River Road</a>" in curator.get("/projects/first/articles?archived=1").text
    page = curator.get(path).text
    assert "This article is archived" in page
    assert f'id="a{made.id}"' in page
    tagged = send(
        curator, f"{path}/annotations", quote="It floods every spring", tag="claim", client_key="k"
    )
    assert tagged.status_code == 409
    send(curator, f"{path}/restore")
    assert "The River Road</a>" in curator.get("/projects/first/articles").text


def test_an_annotator_is_not_offered_what_curators_do(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.annotator.account)
    assert "Add articles" not in client.get("/projects/first/articles").text
    article = client.get(f"/projects/first/articles/{room.article.id}").text
    assert '/details"' not in article
    assert client.get(ADD).status_code == 403
