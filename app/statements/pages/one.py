"""What the page of a party and that of a position are made of, each a `@frozen` object."""

from collections.abc import Mapping, Sequence

from app.findings.queries.hits import PassageHit
from app.frozen import frozen
from app.statements.pages.drawn import Drawn
from app.statements.pages.words import PARTIES, POSITIONS, SubjectWords
from app.web.responses import Pager

QUOTES_SHOWN = 5  # of a section
QUOTES_A_PAGE = 25  # where a section is shown alone
ITEMS_SHOWN = 12  # of a list beside the quotes

_EXPLAINED: Mapping[str, str] = {
    "Stands with": "On how many of the positions that both take a side of they take the same.",
    "Stands against": "On how many of these they take opposite ones.",
}


@frozen
class Link:
    """A party, position or page by its name, and where it is."""

    name: str
    address: str


@frozen
class QuoteShown:
    """A passage in its sentence: by whom, of whom, and what it is for or against."""

    hit: PassageHit
    by: Link | None
    of: Sequence[Link]
    position: Link | None
    side: str


@frozen
class QuoteSection:
    """Quotes under a head: the first of them, or those of a page where it is shown alone.

    `alone` is the address where it is, "" where all stand here; `passages` that of the same on the
    page of passages, "" where no filter asks for these.
    """

    key: str
    title: str
    count: int
    quotes: Sequence[QuoteShown]
    alone: str
    passages: str


@frozen
class ListItem:
    """A line of a list beside the quotes: a name with what is said of it, or how many."""

    name: str
    address: str = ""
    said: str = ""
    supporting: int = 0
    opposing: int = 0


@frozen
class ItemList:
    """A list beside the quotes: the first of its lines, and the others, which are folded."""

    title: str
    items: Sequence[ListItem]
    more: Sequence[ListItem] = ()

    @classmethod
    def of(cls, title: str, items: Sequence[ListItem]) -> "ItemList":
        """Make a list that shows so many of its lines at first as there is room for."""
        return cls(title, items[:ITEMS_SHOWN], items[ITEMS_SHOWN:])


@frozen
class OnePage:
    """The page of a party or of a position. `shown` is the one section that is asked for, or None.

    `about` says what it is; `passages` is their number, where they all stand, and `articles` in how
    many they do; `change` is where it is changed, "" for who may not.
    """

    slug: str
    words: SubjectWords
    id: int
    called: str
    about: Sequence[str]
    note: str
    passages: Link
    articles: int
    sections: Sequence[QuoteSection]
    empty: str
    shown: QuoteSection | None
    pager: Pager
    timeline: Drawn
    lists: Sequence[ItemList]
    leaves_out: bool
    change: str

    @property
    def shows_tags(self) -> bool:
        """Say whether sections are by side, so that each quote says its tag."""
        return self.words is POSITIONS

    @property
    def row_word(self) -> str:
        """Return what a row of the timeline is."""
        return "Position" if self.words is PARTIES else "Party"

    @property
    def explained(self) -> Mapping[str, str]:
        """Return what the lists say, by their titles, where that is not plain."""
        return _EXPLAINED

    @property
    def arguments(self) -> Mapping[str, object]:
        """Return what the address of the section says that is shown alone, its page left out."""
        shown = self.shown.key if self.shown else ""
        return {
            "slug": self.slug,
            "what": self.words.what,
            "row_id": self.id,
            "show": shown,
        }
