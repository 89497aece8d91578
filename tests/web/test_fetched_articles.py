"""Adding an article by its address."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app import create_app
from app.config import Config
from app.core.db import Database
from app.projects.models import Project
from tests.harness.builders import Room, sign_in
from tests.harness.drafts import ADD, TEXT, send
from tests.harness.pages import PageClient, page_client
from tests.harness.sites import send_page, serving


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
