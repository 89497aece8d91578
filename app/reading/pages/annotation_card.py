"""What the pages of one annotation show, and the trash: each a `@frozen` object."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.forms import CHOOSING
from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT, Annotation
from app.annotations.pages.event_text import shorten
from app.annotations.queries import orphans
from app.annotations.queries.lists import TrashRow
from app.annotations.queries.marks import Filter
from app.annotations.queries.names import NOTHING_SAID, Says, in_words, names_in
from app.annotations.queries.proposals import Proposal, propose
from app.annotations.service.bulk import MOST_AT_ONCE
from app.annotations.state import AnnotationState
from app.annotations.tags import Tag
from app.articles.models import Article
from app.core.choosing import Unknown
from app.discussion.thread_states import DISPUTED, QUESTION
from app.events.queries import last_event_of
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import may_change
from app.reading.forms import NOTE, filter_query
from app.reading.pages.article_ref import ArticleRef, PlaceChoice, article_ref
from app.reading.pages.discussion import DiscussionPage, discussion_page
from app.reading.pages.fields import (
    NAME_FIELDS,
    NO_OPTIONS,
    FieldsTyped,
    FieldValues,
    NameOptions,
    fields_of,
)
from app.web.responses import FormPage, Pager

FIELDS = frozenset({*content.BESIDE_TAG, *NAME_FIELDS, "quote", "reason", "text"})
"""Those that say themselves what is wrong in them."""


@frozen
class CardPage(FormPage):
    """One annotation in full, with the forms to change it for who may.

    `said` is what it says and `typed` what was sent and not saved, both by the names of
    app/annotations/content.py; `typed` may hold a `quote` as well. `orphaned_in` is the number of
    the last revision that had its words, None where they stand in the text. `last_event` is the
    last one of it, with what was said in its thread. `nearest` is the place most like words that
    do not occur. A card that `is_alone` on its page has nothing folded, and `options` to choose
    from. `fields` are what stands in the form; `unknown` are names that are none yet, by the same
    names. `words` are what it says, `yours` what was sent, `proposal` who may say it.
    """

    article: ArticleRef
    id: int
    quote: str
    said: Mapping[str, str]
    annotator: str
    colour: str
    created_at: datetime
    updated_at: datetime
    is_deleted: bool
    version: int
    paragraph: int
    start: int
    end: int
    can_change: bool
    query: str
    orphaned_in: int | None
    last_event: int
    discussion: DiscussionPage
    fields: FieldValues
    words: Says
    proposal: Proposal | None = None
    yours: Says = NOTHING_SAID
    unknown: Mapping[str, Sequence[Unknown]] = dataclasses.field(default_factory=dict)
    options: NameOptions = NO_OPTIONS
    problem: str = ""
    field: str = ""
    typed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    is_alone: bool = False
    is_conflict: bool = False
    duplicate_id: int | None = None
    choices: tuple[PlaceChoice, ...] = ()
    nearest: PlaceChoice | None = None
    tags: Sequence[str] = tuple(Tag)
    note_limit: int = NOTE_LIMIT
    quote_limit: int = QUOTE_LIMIT

    @property
    def tag(self) -> str:
        """Return the tag that it has."""
        return self.said["tag"]

    @property
    def says(self) -> str:
        """Return what there is on it that can be asked for: "note disputed 3", with its themes."""
        thread = self.discussion
        is_disputed = thread.resolved_at is None and thread.disputing > 0
        said = {NOTE: self.said["note"], DISPUTED: is_disputed, QUESTION: thread.has_question}
        return " ".join(
            [
                *(name for name, is_there in said.items() if is_there),
                *map(str, content.read_ids(self.said["themes"])),
            ]
        )

    @property
    def has_addressees(self) -> bool:
        """Say whether it has a field for those of whom something is demanded."""
        return content.has_field(Tag(self.tag), "addressees")

    @property
    def can_edit(self) -> bool:
        """Say whether it is there to be changed by who is asking."""
        return self.can_change and not self.is_deleted

    @property
    def can_move(self) -> bool:
        """Say whether its boundaries may be chosen in the text."""
        return self.can_edit and self.orphaned_in is None

    @property
    def is_said_at_its_field(self) -> bool:
        """Say whether what is wrong stands beside the field that it is about, once."""
        return self.field in FIELDS

    @property
    def quote_in_form(self) -> str:
        """Return the words that were sent, or else those that it has."""
        return self.typed.get("quote", self.quote)

    def in_form(self, name: str) -> str:
        """Return what was sent in a field, or else what it says there."""
        return self.typed.get(name, self.said[name])

    def error_in_names(self, name: str) -> str:
        """Return what is wrong with names, by their name in app/annotations/content.py."""
        return self.error_in(name) or self.error_in(CHOOSING[name].names)

    def error_in_comment(self, comment_id: int | None) -> str:
        """Return what is wrong with a comment's text, or with that of a new one, "" for nothing."""
        return self.error_in("text") if self.discussion.typed.comment_id == comment_id else ""


@frozen
class HistoryLine:
    """One line of an annotation's history."""

    at: datetime
    name: str
    text: str
    note: str


@frozen
class HistoryPage:
    """Who did what with an annotation, and when; oldest first."""

    article: ArticleRef
    id: int
    quote: str
    is_deleted: bool
    lines: list[HistoryLine]


@frozen
class TrashLine:
    """An annotation in the trash, with the version that is seen here."""

    id: int
    version: int
    quote: str
    tag: str
    says: Says
    annotator: str
    article_id: int
    article_title: str
    deleted_at: datetime | None
    deleted_by: str


@frozen
class TrashPage:
    """What waits in the trash: of the project, or of one article.

    `ticked` is "page" or "all" where the address ticks them, else ""; `as_of` is the last event
    before all were taken, else 0, and `listed` their ids then, else "".
    """

    slug: str
    project: str
    article: ArticleRef | None
    lines: list[TrashLine]
    pager: Pager
    can_restore: bool
    ticked: str
    as_of: int
    listed: str
    most: int = MOST_AT_ONCE

    @property
    def arguments(self) -> dict[str, object]:
        """Return the arguments of the page's own address."""
        if self.article is None:
            return {"slug": self.slug}
        return {"slug": self.slug, "article": self.article.article_id}


@frozen
class OrphanLine:
    """An annotation whose words are not in the text, and the last revision that had them."""

    id: int
    quote: str
    tag: str
    says: Says
    annotator: str
    revision: int
    paragraph: int
    can_change: bool


@frozen
class OrphansPage:
    """What has no place in an article's text."""

    article: ArticleRef
    lines: list[OrphanLine]
    pager: Pager


def card_page(
    session: Session, member: Member, article: Article, annotation: Annotation, shown: Filter
) -> CardPage:
    """Build one annotation in full, for who is asking."""
    is_own = annotation.account_id == member.account_id
    said = content.said_of(annotation)
    shown_fields = {name: said[name] for name in said if content.has_field(annotation.tag, name)}
    fields = fields_of(session, member.project_id, said)
    can_change = may_change(member, is_own=is_own)
    can_name = can_change and annotation.deleted_at is None and annotation.party_id is None
    return CardPage(
        article=article_ref(member, article),
        id=annotation.id,
        quote=annotation.quote,
        said=said,
        annotator=annotation.annotator.name,
        colour=annotation.annotator.colour,
        created_at=annotation.created_at,
        updated_at=annotation.updated_at,
        is_deleted=annotation.deleted_at is not None,
        version=annotation.version,
        paragraph=annotation.first_block,
        start=annotation.start,
        end=annotation.end,
        can_change=can_change,
        query=filter_query(shown),
        orphaned_in=orphans.orphaned_in(session, annotation),
        last_event=last_event_of(session, annotation.id),
        discussion=discussion_page(session, member, article, annotation),
        fields=fields,
        words=fields.sent(FieldsTyped(shown_fields)),
        proposal=propose(session, member, article, annotation, shown.visibility)
        if can_name
        else None,
    )


def with_typed(
    session: Session, page: CardPage, typed: FieldsTyped, quote: str | None, *, project_id: int
) -> CardPage:
    """Return a card with what a form sent, and did not save, in place of what it says."""
    fields = fields_of(session, project_id, page.said, typed)
    return replace(
        page,
        typed=typed.said if quote is None else {**typed.said, "quote": quote},
        fields=fields,
        yours=fields.sent(typed),
        unknown=typed.unknown,
    )


def orphan_lines(
    session: Session, member: Member, rows: Iterable[tuple[Annotation, int]]
) -> list[OrphanLine]:
    """Build the list of orphans, each with the number of the last revision that had its words."""
    found = list(rows)
    states = [AnnotationState.of(annotation) for annotation, _revision in found]
    names = names_in(session, states)
    return [
        OrphanLine(
            id=annotation.id,
            quote=shorten(annotation.quote),
            tag=annotation.tag,
            says=in_words(state, names),
            annotator=annotation.annotator.name,
            revision=revision,
            paragraph=annotation.first_block,
            can_change=may_change(member, is_own=annotation.account_id == member.account_id),
        )
        for (annotation, revision), state in zip(found, states, strict=True)
    ]


def trash_lines(session: Session, rows: Sequence[TrashRow]) -> list[TrashLine]:
    """Build the list of the trash."""
    states = [AnnotationState.of(row.annotation) for row in rows]
    names = names_in(session, states)
    return [
        TrashLine(
            id=row.annotation.id,
            version=row.annotation.version,
            quote=shorten(row.annotation.quote),
            tag=row.annotation.tag,
            says=in_words(state, names),
            annotator=row.annotation.annotator.name,
            article_id=row.annotation.article_id,
            article_title=row.article_title,
            deleted_at=row.annotation.deleted_at,
            deleted_by=row.deleted_by,
        )
        for row, state in zip(rows, states, strict=True)
    ]
