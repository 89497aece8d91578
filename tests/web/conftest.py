"""What the tests of this folder share."""

import pytest
from sqlalchemy.orm import Session

from tests.harness.builders import Room, add_annotation, add_room, sign_in
from tests.harness.pages import PageClient


@pytest.fixture
def room(session: Session) -> Room:
    """Give a project with one article and a member of each role."""
    return add_room(session)


@pytest.fixture
def me(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the annotator is signed in."""
    return sign_in(client, session, room.annotator.account)


@pytest.fixture
def number(session: Session, room: Room) -> int:
    """Give the number of a curator's annotation."""
    return add_annotation(session, room.curator, room.article).id
