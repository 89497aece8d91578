"""What is said of an article, and the archive."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import BlockRow
from app.articles.queries.articles import current_revision
from tests.harness.builders import Room, add_annotation, sign_in
from tests.harness.drafts import ADD, pasted, send
from tests.harness.pages import PageClient


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


def test_a_conflict_shows_both(curator: PageClient, room: Room) -> None:
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
