"""What a draft leaves out of a page or a text, and how it is put back."""

import io
import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Draft
from app.articles.queries.articles import current_revision
from tests.harness.builders import Room, sign_in
from tests.harness.drafts import ADD, TEXT, newest, pasted, send
from tests.harness.pages import PageClient, page_client

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
    assert "Left out: 1 passage. Put back: 1 passage." in page
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
        assert "Left out: 1 passage.<" in page
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
