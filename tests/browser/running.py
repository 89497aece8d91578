"""What tests in a browser run on: the real server, its people, its articles."""

import csv
import io
import itertools
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.articles.models import Article
from app.articles.queries.articles import current_revision
from app.articles.service.loading import FileOutcome, LoadOptions, load_file
from app.core.db import Database
from app.projects.models import Member, Project
from app.text.dates import DateOrder
from app.text.readers import Limits
from tests.browser.sample import SAMPLE, Sample
from tests.harness.builders import PASSWORD, add_annotation
from tests.harness.chromium import Chromium
from tests.harness.server import RunningServer

OWNER = "Ines"


class Site:
    """A running server whose first account is Ines; further people come in through the page.

    Rows that a test begins with are made by the product's own services in the server's database.
    """

    chromium: Chromium

    def __init__(self, server: RunningServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.database = Database(f"sqlite:///{server.data_dir / 'gloss.sqlite3'}")
        self.cookies: dict[str, list[Any]] = {}
        self._numbers = itertools.count(1)

    def let_in(self, chromium: Chromium) -> None:
        """Take another browser for signing up, and see to it that Ines has an account."""
        self.chromium = chromium
        if OWNER not in self.cookies:
            self.sign_up(OWNER)

    @property
    def browser(self) -> Browser:
        """The Chromium that runs, for contexts of another kind than a test's pages have."""
        return self.chromium.browser

    def sign_up(self, name: str) -> None:
        """Create an account through the page and keep its cookies for `enter`."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(f"{self.server.url}/sign-up")
        fill_account(page, name)
        page.wait_for_url("**/articles")
        self.cookies[name] = context.cookies()
        context.close()

    def enter(self, page: Page, name: str = OWNER) -> None:
        """Let a page go on in the session of someone who has signed up."""
        if name not in self.cookies:
            self.sign_up(name)
        page.context.add_cookies(self.cookies[name])

    def address(self, path: str) -> str:
        """Return the whole address of a root-relative one."""
        return self.server.url + path

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that writes to the server's database."""
        with self.database.writing() as session:
            yield session

    def add_article(self, source: str = SAMPLE, ending: str = ".md") -> Sample:
        """Load an article through the product's reader; in `source`, NUMBER becomes a new one."""
        number = next(self._numbers)
        file = self.folder / f"sample-{number}{ending}"
        file.write_text(source.replace("NUMBER", str(number)), encoding="utf-8")
        with self.writing() as session:
            project = session.scalars(select(Project).where(Project.slug == "first")).one()
            how = LoadOptions(DateOrder.MDY, Limits())
            (loaded,) = load_file(session, project_id=project.id, path=file, how=how)
            assert loaded.outcome is FileOutcome.LOADED, loaded.message
            session.commit()
            newest = select(Article).order_by(Article.id.desc()).limit(1)
            return sample_of(session, session.scalars(newest).one())

    def find_article(self, title: str) -> Sample:
        """Return an article that the server loaded at its start."""
        with self.database.session() as session:
            article = session.scalars(select(Article).where(Article.title == title)).one()
            return sample_of(session, article)

    def tag(
        self, sample: Sample, words: str, tag: str = "claim", *, name: str = OWNER, note: str = ""
    ) -> int:
        """Tag the words where they stand first, as someone else's browser would; return the id."""
        if name not in self.cookies:
            self.sign_up(name)
        with self.writing() as session:
            member = self.find_member(session, name)
            article = session.get_one(Article, sample.id)
            return add_annotation(session, member, article, words, tag=tag, note=note).id

    def find_member(self, session: Session, name: str) -> Member:
        """Return someone who has signed up, as a member of the first project."""
        who = select(Member).join(Member.account).join(Member.project)
        is_named = Account.name == name, Project.slug == "first"
        return session.scalars(who.where(*is_named)).one()

    def rows(self, sample: Sample) -> list[dict[str, str]]:
        """Return the article's CSV as the server gives it to Ines, a dictionary a row."""
        return read_csv(self.download(f"{sample.path}/annotations.csv").decode("utf-8-sig"))

    def download(self, path: str) -> bytes:
        """Return what Ines gets from an address."""
        cookies = "; ".join(f"{c['name']}={c['value']}" for c in self.cookies[OWNER])
        request = urllib.request.Request(self.address(path), headers={"Cookie": cookies})  # noqa: S310  (http, loopback)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (the same)
            content: bytes = answer.read()
        return content

    def note_of(self, annotation_id: int) -> str:
        """Return an annotation's note as it is stored."""
        with self.database.session() as session:
            return session.get_one(Annotation, annotation_id).note


def sample_of(session: Session, article: Article) -> Sample:
    """Describe an article to a test."""
    revision = current_revision(session, article.id)
    path = f"/projects/first/articles/{article.id}"
    return Sample(article.id, article.title, path, revision.text)


def fill_account(page: Page, name: str) -> None:
    """Fill in and send the form that creates an account."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()


def read_csv(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV, a dictionary a row."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def briefly(rows: Sequence[dict[str, str]]) -> list[tuple[str, str]]:
    """Return tag and quote of rows, in their order."""
    return [(row["tag"], row["quote"]) for row in rows]
