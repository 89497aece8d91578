"""Processes of the real server on one database, and people who listen to them."""

import itertools
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.articles.models import Article
from app.config import Config
from app.core.db import Database
from app.events.models import Event
from app.live.messages import newest_event
from app.projects.models import Member
from tests.harness.builders import Room, add_room, csrf_token, sign_in
from tests.harness.pages import page_client
from tests.harness.server import LOOPBACK, RunningServer
from tests.harness.streams import FRAGMENT, Listener

SECRET_KEY = "a key for tests, which nothing else uses"

_numbers = itertools.count(1)


class Site:
    """`servers` are running; `session` is for builders.

    It is committed after every look at the rows: on SQLite a session that writes holds everyone
    else up from its first statement on.
    """

    def __init__(self, database: Database, url: str, folder: Path, session: Session) -> None:
        self.database = database
        self.folder = folder
        self.settings = {
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET_KEY,
            "SEED_DIRS": str(folder),
        }
        self.servers: list[RunningServer] = []
        self.session = session
        config = Config.from_env({**self.settings, "DATA_DIR": str(folder / "instance")})
        self._app = create_app(config)
        self._cookies: dict[int, tuple[str, str]] = {}

    def add_room(self) -> Room:
        """Add a project of its own, with an article and a member of each role."""
        room = add_room(self.session, f"p{next(_numbers)}")
        for member in (room.reader, room.annotator, room.curator, room.owner):
            self.cookie(member.account)
            assert member.project.slug  # it is loaded now, and not in the middle of a test
        self.session.commit()
        return room

    def connect(self, at: int = 0) -> HTTPConnection:
        """Return a connection to one of the servers."""
        return HTTPConnection(LOOPBACK, self.servers[at].port, timeout=60)

    def cookie(self, account: Account) -> str:
        """Return the `Cookie` header of an account."""
        return self.signed_in(account)[0]

    def signed_in(self, account: Account) -> tuple[str, str]:
        """Return the `Cookie` header of an account, and the token of its forms."""
        if account.id not in self._cookies:
            client = sign_in(page_client(self._app), self.session, account)
            token = csrf_token(client)
            cookie = client.get_cookie("gloss")
            assert cookie is not None
            self._cookies[account.id] = (f"gloss={cookie.value}", token)
            self.session.commit()
        return self._cookies[account.id]

    def listen(
        self, member: Member, *places: str, at: int = 0, after: int | None = None
    ) -> Listener:
        """Open a stream of a member at one of the servers."""
        account = member.account
        return Listener(self.connect(at), self.cookie(account), account.id, places, after=after)

    def post(self, member: Member, path: str, *, at: int = 0, **fields: str) -> int:
        """Send a form to one of the servers; return the status."""
        cookie, token = self.signed_in(member.account)
        connection = self.connect(at)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({**fields, "csrf_token": token})
        connection.request("POST", path, body, {**headers, **FRAGMENT})
        status = connection.getresponse().status
        connection.close()
        return status

    def newest(self) -> int:
        """Return the id of the last event of all."""
        newest = newest_event(self.session)
        self.session.commit()
        return newest

    def events(self, article: Article, *, after: int = 0) -> list[int]:
        """Return the ids of an article's events, in order."""
        query = select(Event.id).where(Event.article_id == article.id, Event.id > after)
        ids = list(self.session.scalars(query.order_by(Event.id)))
        self.session.commit()
        return ids

    def close(self) -> None:
        """End everything."""
        for server in self.servers:
            server.kill()
        database: Database = self._app.extensions["database"]
        database.dispose()


def place_of(room: Room, article: Article | None = None) -> str:
    """Return how a browser names an article as a place."""
    return f"{room.owner.project.slug}/{(article or room.article).id}"
