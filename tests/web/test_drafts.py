"""Articles as drafts, by paste and file: what is shown, kept and added."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.articles.models import Article, BlockRow, Draft
from app.articles.queries.articles import current_revision
from app.config import Config
from tests.harness.builders import Room, sign_in
from tests.harness.drafts import ADD, TEXT, count, newest, pasted, send
from tests.harness.files import book, zipped
from tests.harness.pages import PageClient, page_client


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


GERMAN = (
    "Der Hafen wurde am 5. Mai verkauft. Niemand hat die Stadt gefragt, und das ist nicht alles."
)


def test_a_language_that_nothing_states_is_guessed_and_said_to_be_a_guess(
    curator: PageClient, session: Session
) -> None:
    path = pasted(curator, GERMAN)
    page = curator.get(path).text
    field = page.partition('<label for="language">')[2].partition("</div>")[0]
    assert 'class="guess"' in field
    assert 'value="de"' in field
    assert "Guessed from the text." in field
    assert '<section class="preview" aria-labelledby="preview-title" lang="de" dir="ltr">' in page
    title = {"title": "Der Hafen", "language": "de", "confirm": "1"}
    assert send(curator, path, **title).status_code == 303
    article = newest(session)
    assert article.language == "de"
    details = curator.get(f"/projects/first/articles/{article.id}/details").text
    assert "Guessed from the text." in details
    field = details.partition('for="language"')[2].partition("</div>")[0]
    assert 'class="guess"' in field
    assert "uessed" not in curator.get(f"/projects/first/articles/{article.id}").text
    # Its sentences are German ones: no sentence ends after "5."
    revision = current_revision(session, article.id)
    query = select(BlockRow.sentences).where(BlockRow.revision_id == revision.id)
    assert session.scalars(query).one() == f"0 35 36 {len(GERMAN)}"


def test_a_stated_language_is_no_guess_and_another_one_divides_the_sentences_anew(
    curator: PageClient, session: Session
) -> None:
    html = f'<html lang="fr"><body><article><p>{GERMAN}</p></article></body></html>'
    path = send(curator, ADD, files=(io.BytesIO(html.encode()), "a.html")).headers["Location"]
    field = curator.get(path).text.partition('for="language">')[2]
    assert 'class="guess"' not in field
    assert 'value="fr"' in field
    send(curator, path, title="Der Hafen", language="de", confirm="1")
    revision = current_revision(session, newest(session).id)
    query = select(BlockRow.sentences).where(BlockRow.revision_id == revision.id)
    assert session.scalars(query).one() == f"0 35 36 {len(GERMAN)}"


def test_a_draft_in_a_language_from_the_right_is_shown_from_the_right(curator: PageClient) -> None:
    hebrew = "העירייה הכריזה על ניצחון ביום שבו הקבלן עזב, אבל אין לזה שום ראיה ולא היה דוח."
    page = curator.get(pasted(curator, f"Gloss\n\n{hebrew}\n\n{hebrew}")).text
    assert 'lang="he" dir="rtl">' in page
    assert 'name="title" value="Gloss" dir="auto"' in page
    assert 'value="he"' in page


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


def test_an_old_page_of_a_draft_that_is_gone_saves_onto_no_later_one(
    curator: PageClient, session: Session
) -> None:
    old = pasted(curator)
    send(curator, f"{old}/discard")
    new = pasted(curator)
    assert new != old
    assert send(curator, old, title="Of the old page", action="add").status_code == 404
    assert send(curator, f"{old}/discard").status_code == 404
    session.rollback()
    assert session.scalars(select(Draft)).one().fields["title"] == "A Short Piece"


@pytest.mark.sqlite_only
def test_of_two_drafts_with_one_text_the_first_is_added_with_all_others(
    curator: PageClient, session: Session
) -> None:
    before = count(session, Article)
    for words in (TEXT, "Another.\n\nWith words of its own.", TEXT):
        pasted(curator, words)
    answer = send(curator, "/projects/first/drafts")
    assert answer.status_code == 422
    assert "with the same content or address is there already, “A Short Piece”" in answer.text
    assert "2 articles were added." in answer.text
    assert (count(session, Article), count(session, Draft)) == (before + 2, 1)
    send(curator, f"/projects/first/articles/{newest(session).id}/archive")
    draft = str(session.scalars(select(Draft.id)).one())
    assert send(curator, f"/projects/first/drafts/{draft}", confirm="1").status_code == 303


@pytest.mark.sqlite_only
def test_what_nobody_looked_at_stays_a_guess_and_dates_are_named(
    curator: PageClient, session: Session
) -> None:
    pasted(curator)  # 4/5/25 may be of April or of May
    answer = send(curator, "/projects/first/drafts")
    article = newest(session)
    assert article.guessed == ["language", "published_on"]
    page = curator.get(str(answer.headers["Location"])).text
    assert "The date of “A Short Piece” is a guess: check it in its details." in page
    assert (
        "Guessed from the text: date" in curator.get(f"/projects/first/articles/{article.id}").text
    )
    assert send(curator, pasted(curator, "Short.\n\n4/5/25"), confirm="1").status_code == 303
    assert newest(session).guessed == ["language"]


def test_a_draft_is_its_own_person_s(
    app: Flask, curator: PageClient, session: Session, room: Room
) -> None:
    draft = pasted(curator)
    owner = sign_in(page_client(app), session, room.owner.account)
    assert owner.get(draft).status_code == 404
    assert send(owner, draft, confirm="1", title="Mine").status_code == 404
    assert send(owner, f"{draft}/discard").status_code == 404
    assert send(owner, f"{draft}/encoding", encoding="UTF-8").status_code == 404
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
    assert "<b><bdi>program.exe</bdi></b>" in answer.text
    assert count(session, Draft) == 2
    assert ">Second</a>" in answer.text


def test_who_gave_several_files_comes_to_the_drafts_and_one_left_says_of_which_file_it_is(
    curator: PageClient, session: Session
) -> None:
    files = [(io.BytesIO(b"# Bridge\n\nIt costs."), name) for name in ("one.md", "two.md")]
    answer = send(curator, ADD, files=files)
    assert answer.status_code == 303
    assert answer.location == f"{ADD}#drafts"
    assert '<h2 id="drafts">' in curator.get(ADD).text
    left = send(curator, "/projects/first/drafts").text
    assert "<bdi>Bridge · two.md</bdi>" in left
    assert count(session, Draft) == 1


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
    assert "Nothing was given" in answer.text
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
    assert "Menu" not in shown.rpartition("</details>")[2]  # but in the list of what was left out
    assert "alert(1)" not in shown
    assert "From: heading. At most 500 characters." in shown


def test_each_readable_file_of_an_archive_is_a_draft(curator: PageClient, session: Session) -> None:
    packed = zipped({"a/one.txt": "One.\n\nWords.", "two.md": "# Two\n\nWords.", "c.exe": b"MZ"})
    answer = send(curator, ADD, files=[(io.BytesIO(packed), "both.zip")])
    assert answer.status_code == 422
    assert "<b><bdi>both.zip: c.exe</bdi></b>" in answer.text
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
    assert "At most 1,000 characters and 20,000 paragraphs." in client.get(ADD).text
    assert "longer than 1,000 characters" in send(client, ADD, text="word " * 300).text
    packed = io.BytesIO(zipped({"a.txt": "A.", "b.txt": "B."}))
    assert "more than 1 files" in send(client, ADD, files=[(packed, "two.zip")]).text
    app.extensions["database"].dispose()


def test_scripts_in_a_text_are_text(curator: PageClient) -> None:
    page = curator.get(pasted(curator, "Hello there.\n\n<script>alert(1)</script>")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
