"""The CSRF token looks different in each answer, and every form of it is taken."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.web.csrf import mask, unmask
from tests.harness.builders import Room, add_annotation, csrf_token
from tests.harness.pages import PageClient, without_chance

TOKEN = re.compile(r'(?:name="csrf_token" value|data-csrf)="([^"]+)"')
PAGE = "/projects/first/articles/1"


@given(st.text(st.characters(max_codepoint=127)))
def test_a_masked_token_is_unmasked_to_what_it_was(token: str) -> None:
    assert unmask(mask(token)) == token
    assert re.fullmatch(r"[\w=-]*", mask(token))


@given(st.text())
def test_what_is_no_masked_token_is_none_of_ours(text: str) -> None:
    assert isinstance(unmask(text), str)


@pytest.mark.sqlite_only
def test_each_answer_has_tokens_of_its_own_and_each_is_taken(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    pages = [me.get(PAGE).text for _ in range(3)]
    tokens = [set(TOKEN.findall(page)) for page in pages]
    assert all(len(found) == 1 for found in tokens)
    assert len(set.union(*tokens)) == 3
    assert len({without_chance(page) for page in pages}) == 1
    plain = {unmask(token) for token in set.union(*tokens)}
    assert not any(token in page for token in plain for page in pages)
    assert len(plain) == 1  # and says nothing of the time: it lasts as long as the session
    for token in set.union(*tokens):
        answer = me.post("/account/name", data={"name": "Ada", "csrf_token": token})
        assert answer.status_code == 303


@pytest.mark.sqlite_only
def test_a_token_in_the_header_is_taken_too(me: PageClient) -> None:
    headers = {"X-CSRFToken": csrf_token(me)}
    assert me.post("/account/name", data={"name": "Ada"}, headers=headers).status_code == 303


@pytest.mark.sqlite_only
def test_an_unmasked_or_damaged_token_is_refused_and_says_so_to_the_page(me: PageClient) -> None:
    token = csrf_token(me)
    for forged in (unmask(token), token[:-8], token[4:] + token[:4], "", "é"):
        data = {"name": "Ada", "csrf_token": forged}
        answer = me.post("/account/name", data=data, headers={"X-Fragment": "1"})
        assert answer.status_code == 400
        assert "data-csrf-failed" in answer.text
