"""What the pages show with which curators keep the articles."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.annotations.pages.event_text import shorten
from app.articles.fields import GUESSED_LANGUAGE, NAME_LIMIT, TITLE_LIMIT
from app.articles.models import Draft
from app.articles.service.drafts import DraftLine
from app.frozen import frozen
from app.integrations.fetching import URL_LIMIT, FetchRules
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.blocks import DrawnBlock
from app.text.catalogue import ngettext
from app.text.direction import Direction
from app.text.left_out import LeftOut, blocks_put_back
from app.text.readers import Limits
from app.text.readers.encoding_names import CODECS
from app.web.filters import pluralise

SAID = 100  # percent: an encoding that a person has chosen
MOST_NAMED = 5  # articles in one sentence
PASSAGE_LENGTH = 240  # characters shown of what was left out
BEFORE, AMONG, AFTER = "Before the article", "Inside the article", "After the article"

LABELS = {
    "title": "Title",
    "author": "Author",
    "publication": "Publication",
    "published_on": "Published",
    "source_url": "Source URL",
    "language": "Language",
}
RULES = {
    "title": f"At most {TITLE_LIMIT} characters.",
    "author": f"At most {NAME_LIMIT} characters; may be empty.",
    "publication": f"At most {NAME_LIMIT} characters; may be empty.",
    "published_on": "Year, month and day, such as 2025-01-13; may be empty.",
    "source_url": f"Where it stands on the web; at most {URL_LIMIT:,} characters, or empty.",
    "language": "A code such as en, fr or pt-BR. It decides where sentences end.",
}

# Members may have the text open, and what they tick or select there are its sentences as they are.
RULES_ONCE_ADDED = RULES | {
    "language": (
        "A code such as en, fr or pt-BR. It decides which way lines run. Sentences stay as "
        "they are, since members tag them; the next correction of the text divides it by this one."
    )
}


@frozen
class FieldLine:
    """One field in a form: what stands in it, whether it was guessed, and what to correct.

    `origin` says where the value came from, "" where that is not known.
    """

    name: str
    label: str
    value: str
    rule: str
    is_guessed: bool
    origin: str
    error: str

    @property
    def origin_in_words(self) -> str:
        """Say where the value came from."""
        if self.origin == GUESSED_LANGUAGE:
            return "Guessed from the text."
        return f"From: {self.origin}."


@frozen
class AddPage:
    """Add articles: the three ways, what was typed, and the drafts that wait.

    `problems` are a source and a sentence for each file that could not be read.
    """

    slug: str
    project: str
    text: str
    url: str
    problems: Sequence[tuple[str, str]]
    drafts: Sequence[DraftLine]
    extensions: Sequence[str]
    limits: Limits
    request_limit: int
    fetch: FetchRules


@frozen
class Same:
    """An article that has the same content or address as a draft."""

    id: int
    title: str
    is_archived: bool


@frozen
class LeftOutPassage:
    """What was left out of a page: its words, shortened, and its index among all that was.

    `block` is the number of the block that it is in the text where it was put back, else None.
    """

    index: int
    words: str
    block: int | None


@frozen
class PassageList:
    """All that was left out of a page: how many passages still are, and how many were put back.

    `groups` are the passages with where they stand, first those among the article's own.
    """

    out: int
    back: int
    groups: Sequence[tuple[str, Sequence[LeftOutPassage]]]
    is_open: bool

    @property
    def in_words(self) -> str:
        """Say how many there are: "Left out: 2 passages. Put back: 1 passage."."""
        out = pluralise(self.out, "passage", "passages")
        back = pluralise(self.back, "passage", "passages")
        if not self.out:
            return f"Put back: {back}. Nothing is left out any more."
        return f"Left out: {out}. Put back: {back}." if self.back else f"Left out: {out}."


@frozen
class HowRead:
    """What to check of a draft against its file.

    `encoding` is "" where it is certain, else as guessed or chosen, with how sure that is in
    percent, those to choose from, and what is wrong with the one that was chosen; `kept` says what
    stays when another is. `unread` are sentences on what the reader could not read.
    """

    encoding: str
    confidence: int
    encodings: Sequence[str]
    kept: str
    problem: str
    unread: Sequence[str]


@frozen
class DraftPage:
    """A draft: the article as it will be read, beside what is said of it.

    `how_read` is None where nothing is to check against the file, `left_out` where nothing was
    left out.
    """

    slug: str
    id: int
    title: str
    source: str
    length: str
    language: str
    direction: Direction
    fields: Sequence[FieldLine]
    blocks: Sequence[DrawnBlock]
    same: Sequence[Same]
    problem: str
    how_read: HowRead | None
    left_out: PassageList | None


@frozen
class DetailsChange:
    """A line of an article's history: `before` and `after` are fields as a form shows them."""

    at: datetime
    name: str
    words: str
    fields: Sequence[tuple[str, str, str]]


@frozen
class DetailsPage:
    """What is said of an article, to change it. `meanwhile` is what someone else has put there."""

    article: ArticleRef
    version: int
    is_archived: bool
    fields: Sequence[FieldLine]
    meanwhile: Sequence[tuple[str, str]]
    problem: str
    changes: Sequence[DetailsChange]


def tell_added(added: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Say how many articles were added unread, and of which of them the date is a guess.

    `added` are their titles, each with the names of its fields that are guesses.
    """
    count = len(added)
    said = ngettext("One article was added.", "{count:,} articles were added.", count)
    said = said.format(count=count)
    dated = [f"“{title}”" for title, guessed in added if "published_on" in guessed]
    if not dated:
        return said
    if len(dated) == 1:
        return f"{said} The date of {dated[0]} is a guess: check it in its details."
    named = ", ".join(dated[:MOST_NAMED])
    more = len(dated) - MOST_NAMED
    if more > 0:
        named = f"{named}, and {more:,} more"
    return f"{said} Check these in their details, since their dates are guesses: {named}."


def how_read(draft: Draft, kept: str, *, problem: str = "", chosen: str = "") -> HowRead | None:
    """Build what to check of a draft against its file, None where that is nothing.

    `problem` is why it was not read in the encoding that was `chosen`.
    """
    if not draft.encoding and not draft.unread:
        return None
    is_known = bool(problem) and chosen in CODECS
    return HowRead(
        encoding=chosen if is_known else draft.encoding,
        confidence=SAID if is_known else draft.confidence,
        encodings=list(CODECS),
        kept=kept,
        problem=problem,
        unread=draft.unread,
    )


def passages_of(left_out: Sequence[LeftOut], blocks: int, *, is_open: bool) -> PassageList | None:
    """Build the list of what was left out of a page whose draft has so many blocks now."""
    if not left_out:
        return None
    back = blocks_put_back(left_out)
    groups: dict[str, list[LeftOutPassage]] = {AMONG: [], BEFORE: [], AFTER: []}
    for index, one in enumerate(left_out):
        block = back[index] + 1 if index in back else None
        where = BEFORE if one.place == 0 else AFTER if one.place == blocks - len(back) else AMONG
        groups[where].append(LeftOutPassage(index, shorten(one.piece.text, PASSAGE_LENGTH), block))
    return PassageList(
        out=len(left_out) - len(back),
        back=len(back),
        groups=[(where, passages) for where, passages in groups.items() if passages],
        is_open=is_open,
    )


def field_lines(
    values: Mapping[str, str],
    guessed: Sequence[str],
    origins: Mapping[str, str],
    field: str = "",
    error: str = "",
    *,
    rules: Mapping[str, str] = RULES,
) -> list[FieldLine]:
    """Build the form of an article's fields; `error` is about the field named `field`."""
    return [
        FieldLine(
            name,
            label,
            values[name],
            rules[name],
            is_guessed=name in guessed,
            origin=origins.get(name, ""),
            error=error if name == field else "",
        )
        for name, label in LABELS.items()
    ]
