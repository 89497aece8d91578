"""What the pages of this room show: each a `@frozen` object, built from rows."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.accounts.views.current_account import CurrentAccount
from app.annotations import content
from app.annotations.forms import CHOOSING
from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT, Annotation
from app.annotations.queries import annotations, orphans
from app.annotations.queries.marks import Filter
from app.annotations.tags import Tag
from app.articles.models import Article
from app.articles.queries import articles
from app.articles.queries.content import content_of
from app.core.choosing import Unknown
from app.discussion.queries.cards import Card, block_cards, cards_at
from app.frozen import frozen
from app.parties.models import NAME_LIMIT, SENTENCE_LIMIT
from app.projects.models import Member
from app.projects.roles import Act, may
from app.reading.forms import filter_query
from app.reading.pages.annotation_card import card_page
from app.reading.pages.article_rail import Rail, rail_of
from app.reading.pages.article_ref import (
    ArticleRef,
    PlaceChoice,
    article_ref,
    byline_of,
    words_around,
)
from app.reading.pages.fields import NAME_FIELDS, WHO
from app.reading.pages.find_page import FindPage, find_page
from app.reading.pages.progress import ProgressPanel, progress_panel
from app.reading.pages.rendering.blocks import DrawnBlock, render_blocks
from app.reading.pages.rendering.cache import OutlineLine, draw_article, draw_with_card
from app.text.direction import Direction
from app.themes.queries import usable_names
from app.web.responses import FormPage, Pager

# What was guessed that a reader may take for a fact: the language is told in the details alone.
GUESSED_WORDS = {
    "title": "title",
    "author": "author",
    "publication": "publication",
    "published_on": "date",
}
BESIDE = (*content.BESIDE_TAG, *NAME_FIELDS)  # fields that say themselves what is wrong


@frozen
class ReadingPage:
    """An article as it is read; `heading` and `sections` are the HTML of all its blocks.

    `guide` are the steps of a first visit that the account has yet to do, by their names.

    `heading` is the first where it is a title; `drawn` the last event that they know of.
    """

    article: ArticleRef
    language: str
    direction: Direction
    byline: list[str]
    source_url: str
    guessed: list[str]
    length: str
    revision: int
    orphans: int
    begins_with_title: bool
    is_long: bool
    outline: Sequence[OutlineLine]
    rail: Rail
    query: str
    heading: Markup
    sections: Markup
    drawn: int
    can_tag: bool
    can_keep: bool
    is_archived: bool
    letter_keys: bool
    steps_on: bool
    guide: Sequence[str]
    part: ProgressPanel
    find: FindPage
    form: "TagForm"

    @property
    def in_files(self) -> int:
        """Count what the files of the article hold: what has no place in the text, too."""
        return self.rail.total + self.orphans


@frozen
class RailPage:
    """The rail of an article that is open, and its blocks where what is shown of them changes."""

    article: ArticleRef
    revision: int
    rail: Rail
    query: str
    sections: Markup


@frozen
class TagForm(FormPage):
    """The form that takes exact words and a tag, with what was typed and what to correct.

    `typed` are the fields of app/annotations/content.py as they were typed, and `names` what was
    typed in those where names are, by the same; `unknown` are those that are none yet, and
    `theme_options` the themes that may be given. `choices` are
    the places where the words occur, `nearest` the place most like them; `ticked`
    are the numbers of sentences in the revision with the number `revision`, `is_ticked` where the
    form has them in place of words, `duplicate_id` is the annotation that has the passage already.
    """

    client_key: str
    quote: str = ""
    typed: Mapping[str, str] = dataclasses.field(default_factory=lambda: content.EMPTY)
    problem: str = ""
    field: str = ""
    choices: tuple[PlaceChoice, ...] = ()
    nearest: PlaceChoice | None = None
    ticked: frozenset[int] = frozenset()
    is_ticked: bool = False
    duplicate_id: int | None = None
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    unknown: Mapping[str, Sequence[Unknown]] = dataclasses.field(default_factory=dict)
    theme_options: Sequence[str] = ()
    revision: int = 0
    tags: Sequence[str] = tuple(Tag)
    quote_limit: int = QUOTE_LIMIT
    note_limit: int = NOTE_LIMIT

    @property
    def error_in_quote(self) -> str:
        """Return what is wrong with the words; "" where sentences are ticked, or places offered."""
        return "" if self.nearest or self.choices or self.is_ticked else self.error_in("quote")

    @property
    def problem_above(self) -> str:
        """Return what no field says."""
        is_said = self.error_in_quote or any(map(self.error_in, BESIDE))
        return "" if is_said else self.problem

    @property
    def party_rule(self) -> str:
        """Return what a name of a party may be."""
        return f"At most {NAME_LIMIT} characters a name."

    @property
    def addressees_rule(self) -> str:
        """Return what the names of addressees may be."""
        return f"Several have a semicolon between. {self.party_rule}"

    @property
    def position_rule(self) -> str:
        """Return what a position may be."""
        return (
            f"One sentence of at most {SENTENCE_LIMIT} characters, with + before it for, "
            "with - against."
        )

    @property
    def says_who(self) -> bool:
        """Say whether anything was typed of who says it."""
        return any(self.names.get(each) or self.typed.get(each) for each in WHO)

    @property
    def sent_again(self) -> Mapping[str, str]:
        """Return what was typed, by the names of the form's fields."""
        return {**self.typed, **{CHOOSING[each].names: typed for each, typed in self.names.items()}}


@frozen
class TagPage:
    """The form on a page of its own."""

    article: ArticleRef
    form: TagForm


@frozen
class SentenceTick:
    """A sentence to tick: its number in the block from 0, and its text."""

    number: int
    text: str


@frozen
class BlockPage:
    """One block with all that is tagged in it, and its sentences to tick."""

    article: ArticleRef
    language: str
    block: DrawnBlock
    last: int
    drawn: int
    cards: list[Card]
    pager: Pager
    query: str
    sentences: list[SentenceTick]
    can_tag: bool
    form: TagForm

    @property
    def element(self) -> str:
        """Return the element of the block: a heading is none of this page's."""
        return "p" if self.block.element.startswith("h") else self.block.element

    @property
    def more_arguments(self) -> str:
        """Return the filter as the further arguments of an address, "" where nothing is hidden."""
        return self.query.replace("?", "&", 1)


@frozen
class AtPage:
    """Every annotation at one place of the text."""

    article: ArticleRef
    offset: int
    before: str
    after: str
    cards: list[Card]
    query: str


def with_theme_options(session: Session, member: Member, form: TagForm) -> TagForm:
    """Return a form with the names of the themes of the project that may be given."""
    return replace(form, theme_options=usable_names(session, member.project_id))


def reading_page(
    session: Session,
    *,
    member: Member,
    account: CurrentAccount,
    article: Article,
    shown: Filter,
    view: str,
    opened: Annotation | None,
    form: TagForm,
    find: str | None = None,
) -> ReadingPage:
    """Build the reading page of an article's current revision.

    `find` are the words to find in it, None where none are asked for.
    """
    revision, drawn = annotations.latest(session, article.id, shown.visibility)
    counts = annotations.counts(session, revision, shown.visibility)
    ref = article_ref(member, article)
    if opened is None:
        drawing = draw_article(session, revision, shown, article=ref, drawn=drawn, counts=counts)
    else:
        page = card_page(session, member, article, opened, shown)
        drawing = draw_with_card(
            session, revision, shown, article=ref, drawn=drawn, opened=opened, page=page
        )
    can_tag = may(member, Act.TAG) and article.archived_at is None
    rail = rail_of(
        session,
        revision,
        shown,
        drawn=drawn,
        counts=counts,
        view=view,
        member=member,
    )
    return ReadingPage(
        article=ref,
        language=article.language,
        direction=drawing.direction(article.language),
        byline=byline_of(article.author, article.publication, article.published_on),
        source_url=article.source_url,
        guessed=[GUESSED_WORDS[name] for name in article.guessed if name in GUESSED_WORDS],
        length=str(revision.length),
        revision=revision.number,
        orphans=orphans.count(session, revision, shown.visibility),
        begins_with_title=drawing.title == article.title,
        is_long=drawing.is_long,
        outline=drawing.outline_below(article.title),
        rail=rail,
        query=filter_query(shown),
        heading=drawing.heading,
        sections=drawing.sections,
        drawn=drawn,
        can_tag=can_tag,
        can_keep=may(member, Act.KEEP_ARTICLES),
        is_archived=article.archived_at is not None,
        letter_keys=account.letter_keys,
        steps_on=account.steps_on,
        guide=[
            each for each in account.guide.split() if can_tag and not (each == "tag" and rail.mine)
        ],
        part=progress_panel(session, member, article, shown.visibility),
        find=find_page(session, member, article, find),
        form=with_theme_options(session, member, form) if can_tag else form,
    )


def rail_page(
    session: Session, *, member: Member, article: Article, shown: Filter, view: str, is_whole: bool
) -> RailPage:
    """Build the rail of an article, with all blocks as the filter shows them if `is_whole`."""
    revision, drawn = annotations.latest(session, article.id, shown.visibility)
    counts = annotations.counts(session, revision, shown.visibility)
    ref = article_ref(member, article)
    sections = Markup()
    if is_whole:
        drawing = draw_article(session, revision, shown, article=ref, drawn=drawn, counts=counts)
        sections = drawing.heading + drawing.sections
    rail = rail_of(
        session,
        revision,
        shown,
        drawn=drawn,
        counts=counts,
        view=view,
        member=member,
    )
    return RailPage(ref, revision.number, rail, filter_query(shown), sections)


def block_page(
    session: Session,
    *,
    member: Member,
    article: Article,
    number: int,
    shown: Filter,
    asked_page: str | None,
    page_size: int,
    form: TagForm,
) -> BlockPage | None:
    """Build the page of one block, or None where there is no block of this number."""
    revision, drawn = annotations.latest(session, article.id, shown.visibility)
    blocks = render_blocks(
        session, revision, shown, first=number, last=number, links_footnotes=False
    )
    if not blocks:
        return None
    block = blocks[0]
    pager = Pager.at(asked_page, size=page_size, total=block.total)
    content = content_of(session, revision.id)
    text = content.text[block.start :]
    bounds = [int(value) for value in block.sentences.split()]
    cards = block_cards(
        session, revision, shown, block=number, offset=pager.offset, limit=pager.size
    )
    return BlockPage(
        article=article_ref(member, article),
        language=article.language,
        block=block,
        last=len(content.blocks),
        drawn=drawn,
        cards=cards,
        pager=pager,
        query=filter_query(shown),
        sentences=[
            SentenceTick(place, text[start:end])
            for place, (start, end) in enumerate(zip(bounds[::2], bounds[1::2], strict=True))
        ],
        can_tag=may(member, Act.TAG),
        form=replace(with_theme_options(session, member, form), revision=revision.number),
    )


def at_page(
    session: Session, *, member: Member, article: Article, offset: int, shown: Filter
) -> AtPage | None:
    """Build the list of what lies at a place, or None where the text has no such place."""
    revision = articles.current_revision(session, article.id)
    if offset >= len(revision.text):
        return None
    before, after = words_around(revision.text, offset, offset)
    return AtPage(
        article=article_ref(member, article),
        offset=offset,
        before=before,
        after=after,
        cards=cards_at(session, revision, offset, shown),
        query=filter_query(shown),
    )
