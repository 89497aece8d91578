"""What the pages of one annotation show, and the trash: each a frozen dataclass."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT, Annotation
from app.annotations.pages.event_text import shorten
from app.annotations.queries import orphans
from app.annotations.queries.lists import TrashRow
from app.annotations.queries.marks import Filter
from app.annotations.tags import Tag
from app.articles.models import Article
from app.events.queries import last_event_of
from app.projects.models import Member
from app.projects.roles import may_change
from app.reading.forms import filter_query
from app.reading.pages.article_ref import ArticleRef, Choice, article_ref
from app.reading.pages.discussion import DiscussionPage, discussion_page
from app.web.responses import FormPage, Pager


@dataclass(frozen=True, slots=True)
class CardPage(FormPage):
    """One annotation in full, with the forms to change it for who may.

    `orphaned_in` is the number of the last revision that had its words, None where they stand in
    the text. `last_event` is the last one of it, with what was said. `typed` is what was sent and
    not saved: note and tag, with the problem that it met;
    `nearest` is the place most like words that do not occur.
    """

    place: ArticleRef
    id: int
    tag: str
    quote: str
    note: str
    annotator: str
    created_at: datetime
    updated_at: datetime
    is_deleted: bool
    version: int
    paragraph: int
    start: int
    end: int
    other_tags: list[str]
    can_change: bool
    query: str
    orphaned_in: int | None
    last_event: int
    discussion: DiscussionPage
    problem: str = ""
    field: str = ""
    typed_note: str | None = None
    typed_quote: str | None = None
    typed_tag: str | None = None
    is_conflict: bool = False
    duplicate_id: int | None = None
    choices: tuple[Choice, ...] = ()
    nearest: Choice | None = None
    note_limit: int = NOTE_LIMIT
    quote_limit: int = QUOTE_LIMIT

    @property
    def tag_in_form(self) -> str:
        """Return the tag that was sent, or else the one that it has."""
        return self.typed_tag or self.tag

    @property
    def note_in_form(self) -> str:
        """Return the note that was sent, or else the one that it has."""
        return self.note if self.typed_note is None else self.typed_note

    @property
    def quote_in_form(self) -> str:
        """Return the words that were sent, or else those that it has."""
        return self.quote if self.typed_quote is None else self.typed_quote

    def error_in_comment(self, comment_id: int | None) -> str:
        """Return what is wrong with a comment's text, or with that of a new one, "" for nothing."""
        return self.error_in("text") if self.discussion.typed.comment_id == comment_id else ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an annotation's history."""

    at: datetime
    name: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Who did what with an annotation, and when; oldest first."""

    place: ArticleRef
    id: int
    quote: str
    is_deleted: bool
    lines: list[HistoryLine]


@dataclass(frozen=True, slots=True)
class TrashLine:
    """An annotation in the trash."""

    id: int
    tag: str
    quote: str
    note: str
    annotator: str
    article_id: int
    article_title: str
    deleted_at: datetime | None
    deleted_by: str


@dataclass(frozen=True, slots=True)
class TrashPage:
    """What waits in the trash: of the project, or of one article."""

    slug: str
    project: str
    article: ArticleRef | None
    lines: list[TrashLine]
    pager: Pager

    @property
    def arguments(self) -> dict[str, object]:
        """Return the arguments of the page's own address."""
        if self.article is None:
            return {"slug": self.slug}
        return {"slug": self.slug, "article": self.article.article_id}


@dataclass(frozen=True, slots=True)
class OrphanLine:
    """An annotation whose words are not in the text, and the last revision that had them."""

    id: int
    tag: str
    quote: str
    note: str
    annotator: str
    revision: int
    paragraph: int
    can_change: bool


@dataclass(frozen=True, slots=True)
class OrphansPage:
    """What has no place in an article's text."""

    place: ArticleRef
    lines: list[OrphanLine]
    pager: Pager


def card_page(
    session: Session, member: Member, article: Article, annotation: Annotation, shown: Filter
) -> CardPage:
    """Build one annotation in full, for who is asking."""
    is_own = annotation.account_id == member.account_id
    return CardPage(
        place=article_ref(member, article),
        id=annotation.id,
        tag=annotation.tag_name,
        quote=annotation.quote,
        note=annotation.note,
        annotator=annotation.annotator.name,
        created_at=annotation.created_at,
        updated_at=annotation.updated_at,
        is_deleted=annotation.deleted_at is not None,
        version=annotation.version,
        paragraph=annotation.first_block,
        start=annotation.start,
        end=annotation.end,
        other_tags=[tag.value for tag in Tag if tag != annotation.tag],
        can_change=may_change(member, is_own=is_own),
        query=filter_query(shown),
        orphaned_in=orphans.orphaned_in(session, annotation),
        last_event=last_event_of(session, annotation.id),
        discussion=discussion_page(session, member, article, annotation),
    )


def orphan_line(member: Member, annotation: Annotation, revision: int) -> OrphanLine:
    """Build a line of the list of orphans."""
    return OrphanLine(
        id=annotation.id,
        tag=annotation.tag_name,
        quote=shorten(annotation.quote),
        note=annotation.note,
        annotator=annotation.annotator.name,
        revision=revision,
        paragraph=annotation.first_block,
        can_change=may_change(member, is_own=annotation.account_id == member.account_id),
    )


def trash_line(row: TrashRow) -> TrashLine:
    """Build a line of the trash."""
    annotation = row.annotation
    return TrashLine(
        id=annotation.id,
        tag=annotation.tag_name,
        quote=shorten(annotation.quote),
        note=annotation.note,
        annotator=annotation.annotator.name,
        article_id=annotation.article_id,
        article_title=row.article_title,
        deleted_at=annotation.deleted_at,
        deleted_by=row.deleted_by,
    )
