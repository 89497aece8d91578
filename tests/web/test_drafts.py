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
from app.articles.models import Article, BlockRow, Draft
from app.articles.queries.articles import current_revision
from app.config import Config
from app.core.db import Database
from app.projects.models import Project
from tests.harness.builders import Room, add_annotation, csrf_token, sign_in
from tests.harness.files import book, zipped
from tests.harness.pages import PageClient, page_client
from tests.harness.shared import shared_case
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


SAYS = "\u041d\u0438\u043a\u0442\u043e \u043d\u0435 \u0441\u043a\u0430\u0437\u0430\u043b"
RUSSIAN = (
    f"{SAYS}\n\n{SAYS}, \u0437\u0430\u0447\u0435\u043c \u043e\u043d.\n\n\u041f\u043e\u043a\u0430."
)


def test_a_guessed_encoding_is_shown_and_another_can_be_chosen(
    curator: PageClient, session: Session
) -> None:
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    page = curator.get(draft).text
    assert re.search(r"<option selected>Windows-1251</option>", page)
    assert re.search(r"guessed, \d+ % sure", page)
    assert SAYS in page

    answer = send(curator, f"{draft}/encoding", encoding="KOI8-R", author="Jane Doe")
    assert (answer.status_code, answer.headers["Location"]) == (303, draft)
    page = curator.get(draft).text
    assert "<option selected>KOI8-R</option>" in page
    assert "% sure" not in page
    assert SAYS not in page
    assert 'value="Jane Doe"' in page

    send(curator, f"{draft}/encoding", encoding="Windows-1251", title="A Bridge")
    page = curator.get(draft).text
    assert SAYS in page
    assert ('value="Jane Doe"' in page, 'value="A Bridge"' in page) == (True, True)
    assert send(curator, draft, confirm="1", title="A Bridge").status_code == 303
    assert SAYS in current_revision(session, newest(session).id).text


def test_the_language_is_guessed_anew_with_the_encoding(
    curator: PageClient, session: Session
) -> None:
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    language = session.scalars(select(Draft)).one().fields["language"]
    for encoding in ("KOI8-R", "Windows-1251"):
        assert send(curator, f"{draft}/encoding", encoding=encoding).status_code == 303
        session.rollback()
        assert session.scalars(select(Draft)).one().fields["language"] == language


SAID = "Nobody in the town repairs the old bridge, though everybody crosses it each day. "
SAVED_PAGE = f"""<!doctype html><html lang="en"><head><title>The Bridge</title></head><body>
<nav><ul><li><a href="/news">News</a></li></ul></nav>
<article><h1>The Bridge</h1><p>By Jane Doe, Dissent, March 5, 2024</p><p>First. {SAID * 4}</p>
<div class="related-posts"><p>Aside. {SAID * 4}</p></div>
<p>Second. {SAID * 4}</p></article></body></html>"""


def draft_of_page(client: PageClient) -> str:
    file = (io.BytesIO(SAVED_PAGE.encode()), "bridge.html")
    return str(send(client, ADD, files=file).headers["Location"])


def openings(page: str) -> list[str]:
    """Return the first words of the blocks of a draft's preview."""
    return re.findall(r'<(?:h\d|p) class="text[^"]*" id="b\d+"[^>]*>(?:<[^>]+>)*([\w.]+)', page)


def test_what_was_left_out_of_a_page_is_listed_and_put_back_in_its_place(
    curator: PageClient, session: Session
) -> None:
    draft = draft_of_page(curator)
    page = curator.get(draft).text
    assert "Left out: 2 passages" in page
    assert openings(page) == ["The", "First.", "Second."]
    assert page.index("Inside the article") < page.index("Aside.") < page.index(">News</span>")
    assert re.search(r'dir="auto">News</span>\s*<button[^>]*name="put_back" value="0"', page)
    [words] = re.findall(r'dir="auto">(Aside\. [^<]*)</span>', page)
    assert (words[-1], len(words)) == ("…", 240)

    answer = send(curator, f"{draft}/passages", put_back="1", author="Jane M. Doe")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{draft}?passages=shown#left-out-1",
    )
    page = curator.get(f"{draft}?passages=shown").text
    assert "Left out: 1 passage, 1 put back" in page
    assert '<details class="how-read left-out" id="left-out" lang="en" dir="ltr" open>' in page
    assert openings(page) == ["The", "First.", "Aside.", "Second."]
    assert '<a href="#b3" id="left-out-1-words"' in page
    assert 'value="Jane M. Doe"' in page

    send(curator, f"{draft}/passages", put_back="1")  # pressed twice
    assert openings(curator.get(draft).text) == ["The", "First.", "Aside.", "Second."]
    assert send(curator, draft, confirm="1").status_code == 303
    text = current_revision(session, newest(session).id).text
    assert text.index("First.") < text.index("Aside.") < text.index("Second.")


def test_all_that_was_left_out_comes_back_at_once_and_goes_again(curator: PageClient) -> None:
    draft = draft_of_page(curator)
    assert 'name="leave_out"' not in curator.get(draft).text
    send(curator, f"{draft}/passages", put_back="all")
    page = curator.get(draft).text
    assert openings(page) == ["News", "The", "First.", "Aside.", "Second."]
    assert 'name="put_back"' not in page
    send(curator, f"{draft}/passages", leave_out="0")
    assert openings(curator.get(draft).text) == ["The", "First.", "Aside.", "Second."]
    send(curator, f"{draft}/passages", leave_out="all")
    assert openings(curator.get(draft).text) == ["The", "First.", "Second."]


@pytest.mark.parametrize("pressed", ["2", "999999999"])
def test_a_passage_that_is_not_there_is_not_put_back(curator: PageClient, pressed: str) -> None:
    draft = draft_of_page(curator)
    answer = send(curator, f"{draft}/passages", put_back=pressed)
    assert answer.status_code == 404
    assert "There is no such passage" in answer.text


@pytest.mark.parametrize("pressed", ["", "-1", "two", "\u0662", "9" * 5000])
def test_a_button_that_nobody_has_changes_nothing(curator: PageClient, pressed: str) -> None:
    draft = draft_of_page(curator)
    assert send(curator, f"{draft}/passages", put_back=pressed).status_code == 303
    assert openings(curator.get(draft).text) == ["The", "First.", "Second."]


@pytest.mark.sqlite_only
def test_offers_of_a_pasted_text_are_listed_and_put_back(curator: PageClient) -> None:
    words = TEXT.replace("\n\nBy", "\n\nShare this story\n\nBy")
    written = words.replace("\n\n", "</p><p>")
    for fields in ({"text": words}, {"text": words, "html": f"<p>{written}</p>"}):
        draft = str(send(curator, ADD, **fields).headers["Location"])
        page = curator.get(draft).text
        assert "Left out: 1 passage<" in page
        assert openings(page)[:2] == ["A", "The"]
        send(curator, f"{draft}/passages", put_back="0")
        assert openings(curator.get(draft).text)[:3] == ["A", "Share", "The"]


def test_a_text_of_which_nothing_was_left_out_has_no_list_of_it(curator: PageClient) -> None:
    assert "Left out" not in curator.get(pasted(curator)).text


def test_a_draft_of_before_such_lists_is_shown(curator: PageClient, session: Session) -> None:
    draft = pasted(curator)
    found = session.scalars(select(Draft)).one()
    found.document = {name: found.document[name] for name in ("text", "blocks", "inlines")}
    session.commit()
    assert curator.get(draft).status_code == 200


def test_what_was_left_out_of_anothers_page_is_not_found(
    curator: PageClient, app: Flask, session: Session, room: Room
) -> None:
    draft = draft_of_page(curator)
    owner = sign_in(page_client(app), session, room.owner.account)
    assert send(owner, f"{draft}/passages", put_back="all").status_code == 404


def test_an_encoding_that_the_file_is_not_in_is_told_and_what_was_typed_stays(
    curator: PageClient,
) -> None:
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    for encoding in ("EUC-JP", "no such"):
        answer = send(curator, f"{draft}/encoding", encoding=encoding, author="Jane Doe")
        assert answer.status_code == 422
        assert 'value="Jane Doe"' in answer.text
    answer = send(curator, f"{draft}/encoding", encoding="EUC-JP")
    assert "The file is not EUC-JP. Choose another encoding." in answer.text
    assert "<option selected>EUC-JP</option>" in answer.text
    assert SAYS in curator.get(draft).text


def test_what_could_not_be_read_is_told_on_the_draft(curator: PageClient) -> None:
    file = (io.BytesIO(shared_case("other/wrappers.docx")), "wrappers.docx")
    page = curator.get(str(send(curator, ADD, files=file).headers["Location"])).text
    assert "A formula stands in the text as plain characters. Compare it with the file." in page
    assert 'name="encoding"' not in page


def test_a_file_whose_encoding_is_certain_has_no_choice_and_is_not_kept(
    curator: PageClient, session: Session
) -> None:
    file = (io.BytesIO(RUSSIAN.encode()), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    assert 'name="encoding"' not in curator.get(draft).text
    assert send(curator, f"{draft}/encoding", encoding="KOI8-R").status_code == 422
    session.rollback()
    assert session.scalars(select(Draft.file)).one() is None


def test_a_draft_whose_encoding_is_unsure_is_not_added_with_the_others(
    curator: PageClient, session: Session
) -> None:
    files = [
        (io.BytesIO(b"\xa6\xa3\xd0\xfe"), "odd.txt"),
        (io.BytesIO(b"One.\n\nTwo words here."), "one.txt"),
    ]
    send(curator, ADD, files=files)
    answer = send(curator, "/projects/first/drafts")
    assert answer.status_code == 422
    assert "Its encoding is a guess" in answer.text
    assert count(session, Draft) == 1


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


@pytest.mark.sqlite_only
def test_another_language_leaves_the_sentences_until_the_text_is_corrected(
    curator: PageClient, session: Session, room: Room
) -> None:
    path = f"/projects/first/articles/{room.article.id}"
    page = curator.get(f"{path}/details")
    assert "the next correction of the text divides it by this one" in page.text
    revision = current_revision(session, room.article.id).id
    bounds = select(BlockRow.sentences).where(BlockRow.revision_id == revision)
    before = session.scalars(bounds).all()
    curator.submit(page, f"{path}/details", {"language": "ja"})
    session.rollback()
    assert session.scalars(bounds).all() == before
    assert "the next correction" not in curator.get(pasted(curator)).text


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
