"""Which article and which annotator of a project a row of a file means."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.models import NAME_LIMIT, Account
from app.annotations.models import AnnotationCount
from app.articles.models import Article, Revision
from app.articles.queries.content import content_of
from app.core.names import clean_line
from app.imports.rows import FileRow, RowRefused, article_id_of
from app.integrations.email_addresses import address_key
from app.parties import queries as parties
from app.parties.models import Named
from app.parties.service.names import MOST, PLURALS
from app.projects.models import Member, Project
from app.text.normalise import normalise
from app.text.sorting import fold
from app.themes import queries as themes
from app.themes.service.themes import MOST_THEMES

MOST_NEW_ANNOTATORS = 1_000  # that one file brings


_ABOUT = {
    "article_author": "author",
    "publication": "publication",
    "published_on": "published_on",
    "source_url": "source_url",
}
"""By column: what tells articles of one title apart."""


class Target(NamedTuple):
    """An article, and the text of it that is read now."""

    id: int
    title: str
    author: str
    publication: str
    published_on: str
    source_url: str
    revision_id: int
    revision: int
    is_archived: bool


class Articles:
    """The articles of a project, to be found by what a file says of them."""

    def __init__(self, session: Session, project: Project) -> None:
        self._session = session
        self._project = project
        query = (
            select(Article, Revision.id, Revision.number)
            .join(Revision, Revision.id == Article.current_revision_id)
            .where(Article.project_id == project.id)
            .order_by(Article.id)
        )
        self._by_id: dict[int, Target] = {}
        self._by_title: dict[str, list[Target]] = defaultdict(list)
        self._by_url: dict[str, list[Target]] = defaultdict(list)
        for article, revision_id, number in session.execute(query):
            day = article.published_on.isoformat() if article.published_on else ""
            target = Target(
                article.id,
                article.title,
                article.author,
                article.publication,
                day,
                article.source_url,
                revision_id,
                number,
                article.archived_at is not None,
            )
            self._by_id[target.id] = target
            self._by_title[_key(target.title)].append(target)
            self._by_url[target.source_url].append(target)
        self._by_text: dict[str, list[Target]] = {}

    def find(self, row: FileRow) -> Target:
        """Return the article that a row means: by its id here, its title, its source or its text.

        An id is taken for one of another project where the article here has another title.

        Raises: RowRefused (there is none, or there are several, or it is archived).
        """
        found = self._find(row)
        if found.is_archived:
            message = f"The article “{found.title}” is archived. Restore it first."
            raise RowRefused(message)
        return found

    def _find(self, row: FileRow) -> Target:
        article_id, title = article_id_of(row), clean_line(row["article_title"])
        by_id = self._by_id.get(article_id) if article_id is not None else None
        project, url = row["project"].strip(), row["source_url"].strip()
        is_title = by_id is not None and bool(title) and _key(by_id.title) == _key(title)
        is_sure = is_title or (not title and project in {"", self._project.slug})
        if by_id is not None and is_sure:
            return by_id
        if title and (named := self._by_title.get(_key(title))):
            return self._only(row, named)
        if by_id is not None and project == self._project.slug:
            return by_id  # its title was changed since
        if url and (there := self._by_url.get(url)):
            return self._only(row, there)
        if row.text and (same := self._with_text(row.text)):
            return self._only(row, same)
        raise RowRefused(_say_none(row, by_id))

    def _with_text(self, text: str) -> Sequence[Target]:
        """Return the articles with a text, whatever white space is in it."""
        if not self._by_text:
            for target in self._by_id.values():
                known = content_of(self._session, target.revision_id).text
                self._by_text.setdefault(_squeezed(known), []).append(target)
        return self._by_text.get(_squeezed(normalise(text)), ())

    def _only(self, row: FileRow, found: Sequence[Target]) -> Target:
        """Return the one of some articles of which all is true that a row says.

        Raises: RowRefused (there are several).
        """
        for column, name in _ABOUT.items():
            if len(found) > 1 and column in row.cells:
                found = [each for each in found if getattr(each, name) == row[column]] or found
        if len(found) > 1 and row.text:
            same = {target.id for target in self._with_text(row.text)}
            found = [each for each in found if each.id in same] or found
        if len(found) > 1:
            message = (
                f"{len(found):,} articles have the title “{found[0].title}”: give the article_id "
                "of one of them."
            )
            raise RowRefused(message)
        return found[0]


def _say_none(row: FileRow, by_id: Target | None) -> str:
    """Return why a row has no article."""
    title, number = row["article_title"].strip()[:80], row["article_id"].strip()
    project, url = row["project"].strip()[:80], row["source_url"].strip()[:80]
    if by_id is not None and title:
        return (
            f"Article {by_id.id} has another title here, “{by_id.title}”, and none has the title "
            f"“{title}”. Correct the title, or leave it out."
        )
    wheres = (
        (title, f"There is no article with the title “{title}” in this project."),
        (number and project, f"There is no article {number} of the project “{project}” here."),
        (number, f"There is no article {number} in this project."),
        (url, f"There is no article from {url} in this project."),
        (row.text, "No article here has this text. Give an article_id, or an article_title."),
    )
    nowhere = "It names no article: give an article_id, or an article_title."
    return next((words for is_said, words in wheres if is_said), nowhere)


def _key(title: str) -> str:
    return clean_line(normalise(title)).casefold()


def _squeezed(text: str) -> str:
    return "".join(text.split())


class Annotators:
    """Who can be meant by a name or an address: the members, and others who tagged here before."""

    def __init__(self, session: Session, project_id: int, default_id: int) -> None:
        self._default_id = default_id
        self._members: dict[str, set[int]] = defaultdict(set)
        self._others: dict[str, set[int]] = defaultdict(set)
        self.new: dict[str, str] = {}
        """The names of the outsiders that are to be made, by what they are compared by."""
        self.by_id: dict[int, str] = {}
        columns = select(Account.id, Account.name, Account.email_address)
        members = columns.join(Member, Member.account_id == Account.id)
        tagged = select(AnnotationCount.account_id).where(AnnotationCount.project_id == project_id)
        self._add(session, members.where(Member.project_id == project_id), self._members)
        self._add(session, columns.where(Account.id.in_(tagged)), self._others)

    def _add(
        self, session: Session, query: Select[int, str, str | None], known: dict[str, set[int]]
    ) -> None:
        for account_id, name, email in session.execute(query):
            if account_id not in self.by_id:
                known[clean_line(name).casefold()].add(account_id)
                self.by_id[account_id] = name
            if email:
                known[email].add(account_id)

    def find(self, said: str) -> int | str:
        """Return the account that a name or an address means, or the name of a new outsider.

        Raises: RowRefused (several have the name; it is too long; there are too many new ones).
        """
        if not said:
            return self._default_id
        key = address_key(said) if "@" in said else said.casefold()
        found = self._members.get(key) or self._others.get(key) or set()
        if len(found) == 1:
            return next(iter(found))
        if found:
            message = f"{len(found)} people are called “{said}”: give the email address of one."
            raise RowRefused(message)
        key = said.casefold()
        if key in self.new:
            return self.new[key]
        if len(said) > NAME_LIMIT:
            message = f"The annotator’s name has more than {NAME_LIMIT} characters."
            raise RowRefused(message)
        if len(self.new) >= MOST_NEW_ANNOTATORS:
            message = f"The file names more than {MOST_NEW_ANNOTATORS:,} people who are not here."
            raise RowRefused(message)
        self.new[key] = said
        return said


class ImportNames:
    """What a project has names for, such as themes, and those names that are to be made one.

    `known` are what the names of all are found by, `most` is how many a project has, and `plural`
    what they are called.
    """

    def __init__(
        self, known: Collection[str], key_of: Callable[[str], str], most: int, plural: str
    ) -> None:
        self._known, self._key_of = known, key_of
        self._most, self._plural = most, plural
        self.new: dict[str, str] = {}
        """The names that are none yet, by what they will be found by."""

    @classmethod
    def of_themes(cls, session: Session, project_id: int) -> "ImportNames":
        """Return the names of themes."""
        known = {theme.folded for theme in themes.list_themes(session, project_id)}
        return cls(known, fold, MOST_THEMES, "themes")

    @classmethod
    def of(cls, session: Session, model: type[Named], project_id: int) -> "ImportNames":
        """Return the names of parties, or of positions, other names too."""
        known = {row.folded for row in parties.list_all(session, model, project_id)}
        return cls(known, model.key_of, MOST[model.SUBJECT], PLURALS[model.SUBJECT])

    def find(self, names: Sequence[str]) -> None:
        """Note those of some names that are none yet.

        Raises: RowRefused (there would be too many).
        """
        keys = {self._key_of(name): name for name in names}
        missing = {key: name for key, name in keys.items() if key not in self._known}
        if len(self._known) + len(self.new.keys() | missing.keys()) > self._most:
            message = f"A project has at most {self._most:,} {self._plural}, archived ones too."
            raise RowRefused(message)
        self.new = {**missing, **self.new}

    def made_for(self, names: Iterable[str]) -> list[str]:
        """Return what is made of some names, as they are written first, in order."""
        given = {self._key_of(name) for name in set(names)}
        return sorted(name for key, name in self.new.items() if key in given)
