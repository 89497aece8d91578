"""Texts that once were shown, counted or searched wrongly, from the file to the page."""

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from tests.harness.builders import Room, csrf_token, sign_in
from tests.harness.pages import PageClient
from tests.harness.shared import shared_case

ARTICLES = "/projects/first/articles"


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


def add(client: PageClient, session: Session, case: str) -> str:
    """Add a case as an article, as it is read, and return the path of its page."""
    form = {"csrf_token": csrf_token(client)}
    file = io.BytesIO(shared_case(case)), case.rpartition("/")[2]
    draft = client.post(f"{ARTICLES}/add", data={**form, "files": file}).headers["Location"]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', client.get(draft).text))
    assert client.post(draft, data={**fields, **form, "confirm": "1"}).status_code == 303
    newest = session.scalars(select(Article.id).order_by(Article.id.desc())).first()
    return f"{ARTICLES}/{newest}"


def test_hebrew_runs_from_the_right_with_the_author_before_the_count(
    curator: PageClient, session: Session
) -> None:
    page = curator.get(add(curator, session, "other/hebrew.md")).text
    assert re.search(r'<article [^>]*lang="he" dir="rtl"', page)
    byline = page.partition('<p class="byline">')[2].partition("</p>")[0]
    assert re.findall(r"<bdi[^>]*>([^<]+)</bdi>", byline)[:2] == ["מרה הולט", "28 words"]


def test_japanese_is_counted_by_characters(curator: PageClient, session: Session) -> None:
    path = add(curator, session, "other/ja.md")
    assert re.search(r">\d+ characters</bdi>", curator.get(path).text)
    assert re.search(r"\d+ characters", curator.get(ARTICLES).text)


def test_a_title_with_an_apostrophe_is_found_by_a_straight_one(
    curator: PageClient, session: Session
) -> None:
    path = add(curator, session, "other/sort/sort11.md")
    for words in ("Zoë's", "Zoë’s", "zoes"):
        found = curator.get(ARTICLES, query_string={"q": words}).text
        assert f'href="{path}"' in found


def test_a_word_of_a_translated_page_is_never_tagged_elsewhere(
    curator: PageClient, session: Session
) -> None:
    path = add(curator, session, "other/translated_page.md")
    # Where the browser shows "Port", and what stands around it there.
    asked = {"quote": "Port", "start": "250", "tag": "claim", "client_key": "one"}
    around = {"prefix": "Der Minister kam zum ", "suffix": " in diesem Winter und versprach"}
    form = {"csrf_token": csrf_token(curator), **asked, **around}
    answer = curator.post(f"{path}/annotations", data=form)
    assert answer.status_code == 422
    assert "The article has other words at this place." in answer.text
