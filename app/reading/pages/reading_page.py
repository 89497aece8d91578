"""What the pages of this room show: each a frozen dataclass, built from rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.accounts.views.current_account import CurrentAccount
from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT, Annotation
from app.annotations.queries import annotations, orphans
from app.annotations.queries.annotations import Count
from app.annotations.queries.cards import Card, block_cards, cards_at
from app.annotations.queries.marks import Filter
from app.annotations.tags import Tag
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.queries.content import content_of
from app.discussion.queries.discussion import (
    DISPUTED,
    QUESTION,
    ThreadBadges,
    count_states,
    thread_badges,
)
from app.projects.models import Member
from app.projects.roles import Act, may
from app.reading.forms import filter_query
from app.reading.pages.annotation_card import card_page
from app.reading.pages.article_ref import CONTEXT, ArticleRef, Choice, article_ref, byline_of
from app.reading.pages.progress import ProgressPanel, progress_panel
from app.reading.pages.rendering.blocks import DrawnBlock, render_blocks
from app.reading.pages.rendering.cache import Heading, draw_article, draw_with_card
from app.web.responses import FormPage, Pager

GUESSED_WORDS = {"published_on": "date"}
SAID_WORDS = {QUESTION: "Open question", DISPUTED: "Disputed"}


@dataclass(frozen=True, slots=True)
class Toggle:
    """A box to tick in the filter: a tag or an annotator, and how many annotations."""

    value: str
    label: str
    count: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class FilterForm:
    """What of an article's annotations can be shown, and how many there are."""

    tags: list[Toggle]
    annotators: list[Toggle]
    threads: list[Toggle]
    total: int


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """An article as it is read; `sections` is the HTML of all its blocks.

    `drawn` is the last event that they know of.
    """

    place: ArticleRef
    language: str
    byline: list[str]
    source_url: str
    guessed: list[str]
    words: int
    revision: int
    orphans: int
    begins_with_title: bool
    is_long: bool
    outline: Sequence[Heading]
    filter: FilterForm
    query: str
    sections: Markup
    drawn: int
    can_tag: bool
    can_keep: bool
    is_archived: bool
    letter_keys: bool
    part: ProgressPanel
    form: "TagForm"


@dataclass(frozen=True, slots=True)
class TagForm(FormPage):
    """The form that takes exact words and a tag, with what was typed and what to mend.

    `choices` are the places where the words occur, `nearest` the place most like them; `ticked`
    are the numbers of sentences in the revision with the number `revision`, `duplicate_id` is the
    annotation that has the passage already.
    """

    client_key: str
    quote: str = ""
    tag: str = ""
    note: str = ""
    problem: str = ""
    field: str = ""
    choices: tuple[Choice, ...] = ()
    nearest: Choice | None = None
    ticked: frozenset[int] = frozenset()
    duplicate_id: int | None = None
    revision: int = 0
    tags: Sequence[str] = tuple(Tag)
    quote_limit: int = QUOTE_LIMIT
    note_limit: int = NOTE_LIMIT


@dataclass(frozen=True, slots=True)
class TagPage:
    """The form on a page of its own."""

    place: ArticleRef
    form: TagForm


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to tick: its number in the block from 0, and its text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class BlockPage:
    """One block with all that is tagged in it, and its sentences to tick.

    `signs` are what is said of its annotations, by id.
    """

    place: ArticleRef
    language: str
    block: DrawnBlock
    last: int
    drawn: int
    cards: list[Card]
    signs: Mapping[int, ThreadBadges]
    pager: Pager
    query: str
    sentences: list[Sentence]
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


@dataclass(frozen=True, slots=True)
class AtPage:
    """Every annotation at one place of the text."""

    place: ArticleRef
    offset: int
    before: str
    after: str
    cards: list[Card]
    query: str


def reading_page(
    session: Session,
    *,
    member: Member,
    account: CurrentAccount,
    article: Article,
    shown: Filter,
    opened: Annotation | None,
    form: TagForm,
) -> ReadingPage:
    """Build the reading page of an article's current revision."""
    revision, drawn = annotations.latest(session, article.id, shown.visibility)
    counts = annotations.counts(session, revision, shown.visibility)
    place = article_ref(member, article)
    if opened is None:
        drawing = draw_article(session, revision, shown, place=place, drawn=drawn, counts=counts)
    else:
        page = card_page(session, member, article, opened, shown)
        drawing = draw_with_card(
            session, revision, shown, place=place, drawn=drawn, opened=opened, page=page
        )
    return ReadingPage(
        place=place,
        language=article.language,
        byline=byline_of(article.author, article.publication, article.published_on),
        source_url=article.source_url,
        guessed=[GUESSED_WORDS.get(name, name) for name in article.guessed],
        words=revision.words,
        revision=revision.number,
        orphans=orphans.count(session, revision, shown.visibility),
        begins_with_title=drawing.title == article.title,
        is_long=drawing.is_long,
        outline=drawing.outline,
        filter=filter_form(session, revision, counts, shown),
        query=filter_query(shown),
        sections=drawing.sections,
        drawn=drawn,
        can_tag=may(member, Act.TAG) and article.archived_at is None,
        can_keep=may(member, Act.KEEP_ARTICLES),
        is_archived=article.archived_at is not None,
        letter_keys=account.letter_keys,
        part=progress_panel(session, member, article, shown.visibility),
        form=form,
    )


def filter_form(
    session: Session, revision: Revision, counts: Sequence[Count], shown: Filter
) -> FilterForm:
    """Build the filter with the counts of everything that it could show."""
    by_tag: Counter[str] = Counter()
    by_annotator: Counter[tuple[str, int]] = Counter()
    for row in counts:
        by_tag[row.tag] += row.count
        by_annotator[row.annotator, row.annotator_id] += row.count
    return FilterForm(
        tags=[
            Toggle(tag, tag.capitalize(), by_tag[tag], shown.tags is None or tag in shown.tags)
            for tag in Tag
        ],
        annotators=[
            Toggle(
                str(account_id),
                name,
                count,
                shown.annotators is None or account_id in shown.annotators,
            )
            for (name, account_id), count in sorted(by_annotator.items())
        ],
        threads=_threads(session, revision, shown),
        total=by_tag.total(),
    )


def _threads(session: Session, revision: Revision, shown: Filter) -> list[Toggle]:
    """Return what can be asked for of what is said; nothing where nothing is open nor asked for."""
    states = count_states(
        session,
        article_id=revision.article_id,
        revision_id=revision.id,
        visibility=shown.visibility,
    )
    if shown.threads is None and not any(states.values()):
        return []
    asked = shown.threads or frozenset()
    return [
        Toggle(state, SAID_WORDS[state], count, state in asked) for state, count in states.items()
    ]


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
    pager = Pager.at(asked_page, size=page_size, total=len(block.cards) + block.more)
    content = content_of(session, revision.id)
    text = content.text[block.start :]
    bounds = [int(value) for value in block.sentences.split()]
    cards = block_cards(
        session, revision, shown, block=number, offset=pager.offset, limit=pager.size
    )
    return BlockPage(
        place=article_ref(member, article),
        language=article.language,
        block=block,
        last=len(content.blocks),
        drawn=drawn,
        cards=cards,
        signs=thread_badges(
            session, article_id=article.id, annotation_ids=[card.id for card in cards]
        ),
        pager=pager,
        query=filter_query(shown),
        sentences=[
            Sentence(place, text[start:end])
            for place, (start, end) in enumerate(zip(bounds[::2], bounds[1::2], strict=True))
        ],
        can_tag=may(member, Act.TAG),
        form=replace(form, revision=revision.number),
    )


def at_page(
    session: Session, *, member: Member, article: Article, offset: int, shown: Filter
) -> AtPage | None:
    """Build the list of what lies at a place, or None where the text has no such place."""
    revision = articles.current_revision(session, article.id)
    if offset >= len(revision.text):
        return None
    return AtPage(
        place=article_ref(member, article),
        offset=offset,
        before=revision.text[max(0, offset - CONTEXT) : offset],
        after=revision.text[offset : offset + CONTEXT],
        cards=cards_at(session, revision, offset, shown),
        query=filter_query(shown),
    )
