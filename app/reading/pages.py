"""What the pages of this room show: each a frozen dataclass, built from rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.accounts.current import CurrentAccount
from app.annotations import queries as annotations
from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT, Annotation
from app.annotations.queries import Card, Filter, TrashRow
from app.annotations.tags import Tag
from app.annotations.wording import shorten
from app.articles import queries as articles
from app.articles.models import Article, Revision
from app.articles.queries import ArticleRow
from app.core.pages import Pager
from app.events.queries import last_event_id
from app.projects.models import Member
from app.projects.roles import Act, may, may_change
from app.reading.drawing import DrawnBlock, draw_blocks
from app.reading.filters import filter_query

CONTEXT = 80  # code points shown on either side of a place to choose from


@dataclass(frozen=True, slots=True)
class Place:
    """The project and article that a page is about, for its masthead and links."""

    slug: str
    project: str
    article_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline: the number of a heading's block, its text and depth from 0."""

    number: int
    text: str
    depth: int


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
    total: int


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """An article as it is read. `drawn` is the last event that the drawing knows of."""

    place: Place
    language: str
    byline: list[str]
    source_url: str
    guessed: list[str]
    words: int
    revision: int
    begins_with_title: bool
    outline: list[Heading]
    filter: FilterForm
    query: str
    blocks: list[DrawnBlock]
    drawn: int
    can_tag: bool
    letter_keys: bool
    opened: "CardPage | None"
    form: "TagForm"


@dataclass(frozen=True, slots=True)
class Choice:
    """A place where words occur, in its context, to choose from."""

    start: int
    before: str
    quote: str
    after: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class TagForm:
    """The form that takes exact words and a tag, with what was typed and what to mend.

    `choices` are the places where the words occur, `nearest` the place most like them; `ticked`
    are the numbers of sentences, `twin_id` is the annotation that has the passage already.
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
    twin_id: int | None = None
    quote_limit: int = QUOTE_LIMIT
    note_limit: int = NOTE_LIMIT


@dataclass(frozen=True, slots=True)
class TagPage:
    """The form on a page of its own."""

    place: Place
    form: TagForm


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to tick: its number in the block from 0, and its text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class BlockPage:
    """One block with all that is tagged in it, and its sentences to tick."""

    place: Place
    language: str
    block: DrawnBlock
    last: int
    drawn: int
    cards: list[Card]
    pager: Pager
    query: str
    sentences: list[Sentence]
    can_tag: bool
    form: TagForm


@dataclass(frozen=True, slots=True)
class AtPage:
    """Every annotation at one place of the text."""

    place: Place
    offset: int
    before: str
    after: str
    cards: list[Card]
    query: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """One annotation in full, with the forms to change it for who may.

    `typed` is what was sent and not saved: note and tag, with the problem that it met; `nearest`
    is the place most like words that do not occur.
    """

    place: Place
    id: int
    tag: str
    quote: str
    note: str
    annotator: str
    is_own: bool
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
    problem: str = ""
    field: str = ""
    typed_note: str | None = None
    typed_quote: str | None = None
    typed_tag: str | None = None
    is_stale: bool = False
    twin_id: int | None = None
    nearest: Choice | None = None
    note_limit: int = NOTE_LIMIT
    quote_limit: int = QUOTE_LIMIT


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

    place: Place
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
    article: Place | None
    lines: list[TrashLine]
    pager: Pager


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an article's bar: a tag, its count, and where it lies on a scale of 100."""

    tag: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in the list."""

    id: int
    title: str
    byline: list[str]
    words: int
    total: int
    slices: list[Slice]
    summary: str
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class ArticlesPage:
    """The list of articles. `total` counts those of the project, `pager` those that match."""

    slug: str
    project: str
    lines: list[ArticleLine]
    search: str
    sort: str
    sorts: dict[str, str]
    pager: Pager
    total: int


def place_of(member: Member, article: Article) -> Place:
    """Say where a page stands."""
    return Place(member.project.slug, member.project.name, article.id, article.title)


def byline_of(author: str, publication: str, published_on: date | None) -> list[str]:
    """Return what is known of author, publication and date, in that order."""
    day = f"{published_on.day} {published_on:%B %Y}" if published_on else ""
    return [part for part in (author, publication, day) if part]


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
    drawn = last_event_id(session, article.id)
    revision = articles.current_revision(session, article.id)
    blocks = draw_blocks(session, revision, shown)
    if opened is not None:
        blocks = _with_card(session, blocks, opened, shown)
    first = blocks[0] if blocks else None
    return ReadingPage(
        place=place_of(member, article),
        language=article.language,
        byline=byline_of(article.author, article.publication, article.published_on),
        source_url=article.source_url,
        guessed=article.guessed,
        words=revision.words,
        revision=revision.number,
        begins_with_title=bool(first and first.element == "h2" and _plain(first) == article.title),
        outline=_outline(blocks),
        filter=filter_form(session, revision, shown),
        query=filter_query(shown),
        blocks=blocks,
        drawn=drawn,
        can_tag=may(member.role, Act.TAG),
        letter_keys=account.letter_keys,
        opened=card_page(member, article, opened, shown) if opened else None,
        form=form,
    )


def filter_form(session: Session, revision: Revision, shown: Filter) -> FilterForm:
    """Build the filter with the counts of everything that it could show."""
    by_tag: Counter[str] = Counter()
    by_annotator: Counter[tuple[str, int]] = Counter()
    for row in annotations.counts(session, revision.id):
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
        total=by_tag.total(),
    )


def _with_card(
    session: Session, blocks: list[DrawnBlock], opened: Annotation, shown: Filter
) -> list[DrawnBlock]:
    """Show the card that a permalink asks for, though it is not among the first of its block."""
    block = blocks[opened.first_block - 1]
    if all(card.id != opened.id for card in block.cards):
        cards = [*block.cards, annotations.card(session, opened.id)]
        is_counted = shown.shows(opened.tag_name, opened.account_id)
        blocks[opened.first_block - 1] = replace(block, cards=cards, more=block.more - is_counted)
    return blocks


def _plain(block: DrawnBlock) -> str:
    return Markup(block.html).striptags()


def _outline(blocks: Sequence[DrawnBlock]) -> list[Heading]:
    return [
        Heading(block.number, _plain(block), int(block.element[1]) - 2)
        for block in blocks
        if block.label == "Heading"
    ]


def choices_of(
    session: Session, revision: Revision, places: Sequence[tuple[int, int]]
) -> tuple[Choice, ...]:
    """Return places of a text in their context, each with the number of its block."""
    found = []
    for start, end in places:
        first, _last = articles.block_numbers(session, revision.id, start, end)
        found.append(
            Choice(
                start=start,
                before=revision.text[max(0, start - CONTEXT) : start],
                quote=revision.text[start:end],
                after=revision.text[end : end + CONTEXT],
                paragraph=first,
            )
        )
    return tuple(found)


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
    drawn = last_event_id(session, article.id)
    revision = articles.current_revision(session, article.id)
    blocks = draw_blocks(
        session, revision, shown, first=number, last=number, links_footnotes=False
    )
    if not blocks:
        return None
    block = blocks[0]
    pager = Pager.at(asked_page, size=page_size, total=len(block.cards) + block.more)
    text = revision.text[block.start :]
    bounds = [int(value) for value in block.sentences.split()]
    return BlockPage(
        place=place_of(member, article),
        language=article.language,
        block=block,
        last=articles.count_blocks(session, revision.id),
        drawn=drawn,
        cards=annotations.block_cards(
            session, revision.id, shown, block=number, offset=pager.offset, limit=pager.size
        ),
        pager=pager,
        query=filter_query(shown),
        sentences=[
            Sentence(place, text[start:end])
            for place, (start, end) in enumerate(zip(bounds[::2], bounds[1::2], strict=True))
        ],
        can_tag=may(member.role, Act.TAG),
        form=form,
    )


def at_page(
    session: Session, *, member: Member, article: Article, offset: int, shown: Filter
) -> AtPage | None:
    """Build the list of what lies at a place, or None where the text has no such place."""
    revision = articles.current_revision(session, article.id)
    if offset >= len(revision.text):
        return None
    return AtPage(
        place=place_of(member, article),
        offset=offset,
        before=revision.text[max(0, offset - CONTEXT) : offset],
        after=revision.text[offset : offset + CONTEXT],
        cards=annotations.cards_at(session, revision.id, offset, shown),
        query=filter_query(shown),
    )


def card_page(
    member: Member, article: Article, annotation: Annotation, shown: Filter
) -> CardPage:
    """Build one annotation in full, for who is asking."""
    is_own = annotation.account_id == member.account_id
    return CardPage(
        place=place_of(member, article),
        id=annotation.id,
        tag=annotation.tag_name,
        quote=annotation.quote,
        note=annotation.note,
        annotator=annotation.annotator.name,
        is_own=is_own,
        created_at=annotation.created_at,
        updated_at=annotation.updated_at,
        is_deleted=annotation.deleted_at is not None,
        version=annotation.version,
        paragraph=annotation.first_block,
        start=annotation.start,
        end=annotation.end,
        other_tags=[tag.value for tag in Tag if tag != annotation.tag],
        can_change=may_change(member.role, is_own=is_own),
        query=filter_query(shown),
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


def article_lines(session: Session, rows: Sequence[ArticleRow]) -> list[ArticleLine]:
    """Build the lines of the list of articles."""
    counts = annotations.tag_counts(session, [row.id for row in rows])
    return [
        ArticleLine(
            id=row.id,
            title=row.title,
            byline=byline_of(row.author, row.publication, row.published_on),
            words=row.words,
            total=sum(counts[row.id].values()),
            slices=_slices(counts[row.id]),
            summary=", ".join(f"{tag} {counts[row.id][tag]}" for tag in Tag),
            touched_at=row.touched_at,
        )
        for row in rows
    ]


def _slices(counts: dict[str, int]) -> list[Slice]:
    total = sum(counts.values())
    slices = []
    x = 0.0
    for tag in Tag:
        if counts[tag]:
            width = 100 * counts[tag] / total
            slices.append(Slice(tag.value, counts[tag], round(x, 2), round(width, 2)))
            x += width
    return slices
