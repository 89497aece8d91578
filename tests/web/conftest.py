"""What the tests of this folder share."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.service import assignments
from app.config import Config
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.tagging_modes import Mode
from tests.harness.api import ApiClient
from tests.harness.builders import (
    Room,
    add_annotation,
    add_member,
    add_party,
    add_position,
    add_theme,
    add_token,
    sign_in,
)
from tests.harness.mail import MailBox, running_mail_box
from tests.harness.pages import PageClient


@pytest.fixture
def me(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the annotator is signed in."""
    return sign_in(client, session, room.annotator.account)


@pytest.fixture
def number(session: Session, room: Room) -> int:
    """Give the number of a curator's annotation."""
    return add_annotation(session, room.curator, room.article).id


@pytest.fixture
def box() -> Iterator[MailBox]:
    """Give a mail server."""
    with running_mail_box() as box:
        yield box


@pytest.fixture
def mailing(make_config: Callable[..., Config], box: MailBox) -> Iterator[Flask]:
    """Give the application with a mail server."""
    settings = {"SMTP_URL": box.url, "MAIL_FROM": "gloss@example.org"}
    app = create_app(make_config(**settings, PUBLIC_URL="http://gloss.example"))
    app.testing = True
    yield app
    app.extensions["database"].dispose()


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


@pytest.fixture
def program(app: Flask, session: Session, room: Room) -> ApiClient:
    """Give a program that may read and write in the name of the annotator."""
    return ApiClient(app, add_token(session, room.annotator.account))


@pytest.fixture
def zeno(session: Session, room: Room) -> Member:
    """Give another annotator of a project that is tagged independently.

    That they have begun with the article is seen by everyone.
    """
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    session.commit()
    member = add_member(session, Role.ANNOTATOR, "Zeno")
    add_theme(session, room.curator, "ports")
    add_party(session, room.curator)
    add_party(session, room.curator, "Aaron Alt")  # before whom the other stands where it is used
    add_position(session, room.curator)
    assignments.set_progress(session, actor=member, article=room.article, state="in progress")
    session.commit()
    return member
