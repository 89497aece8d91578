"""The facets beside the passages, and the chips above them: what is asked for, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.tags import TAGS
from app.codebook.queries import merged_themes
from app.findings.asked import FACETS, ME, NONE, TREE, Asked
from app.findings.queries.article_facts import ProjectArticles
from app.findings.queries.facet_counts import Facets
from app.findings.queries.groups import list_annotators
from app.findings.queries.limited_counts import Count
from app.findings.queries.matching import ARTICLE_FACETS, NAMED, OF_STATEMENTS, with_mains
from app.frozen import frozen
from app.parties import queries as parties
from app.projects.models import Member
from app.text.sorting import fold, sort_key
from app.themes import queries as themes
from app.themes.models import Theme
from app.themes.tree import names_above, tree_of

SHOWN = 6  # values of a facet; the others are a link away
MOST_SHOWN = 200  # values on the page of one facet
TITLES: Mapping[str, str] = {
    "tag": "Tag",
    "state": "State",
    "theme": "Theme",
    "party": "Party",
    "position": "Position",
    "side": "Side",
    "annotator": "Annotator",
    "published": "Published",
    "article": "Article",
    "author": "Author",
    "publication": "Publication",
    "tagged": "Tagged",
    "note": "Note",
}
"""The facets in the order of the page."""
OPEN = ("tag", "state", "annotator", "theme", "published")
BY_DATE = ("published", "tagged")
WORDS: Mapping[tuple[str, str], str] = {
    ("state", "disputed"): "disputed",
    ("state", "question"): "open question",
    ("state", "resolved"): "resolved",
    ("state", "unplaced"): "without a place",
    ("note", "yes"): "with a note",
    ("note", "no"): "without a note",
    ("annotator", ME): "mine",
    ("author", NONE): "no author known",
    ("publication", NONE): "no publication known",
    ("published", NONE): "no date known",
    ("theme", NONE): "none",
    ("party", NONE): "none",
    ("position", NONE): "none",
    ("side", NONE): "neither",
    ("side", "for"): "+ for",
    ("side", "against"): "− against",
}
_GONE = {
    "annotator": "someone who tagged nothing here",
    "article": "an article that is not here",
    "theme": "a theme that is not here",
    "party": "a party that is not here",
    "position": "a position that is not here",
}
"""What stands for an id that is none of those that are seen."""
BENEATH = "{theme} and below"
ORDER = ("for", "against", NONE, *(v for facet, v in WORDS if facet in {"state", "note"}))
_MAY_LACK = {"theme", "author", "publication", *OF_STATEMENTS}
"""The facets that are not shown where nothing has any value of them."""


@frozen
class FacetValue:
    """A value of a facet, with its words and how many passages one would get with it.

    The count is "" where nobody knows it.
    """

    value: str
    label: str
    count: str
    is_on: bool


@frozen
class FacetList:
    """A facet with the values that are shown; so many `more` are on a page of their own."""

    name: str
    title: str
    values: Sequence[FacetValue]
    on: int
    more: int
    is_open: bool


@frozen
class Chip:
    """A value that is asked for, and the address of the same passages without it."""

    words: str
    address: str


def tell_apart(titles: Mapping[int, str]) -> Mapping[int, str]:
    """Return the titles of articles by their ids, with the number of each that is not the only one.

    It is the number that stands in its address and in files.
    """
    if len(set(titles.values())) == len(titles):
        return titles
    times = Counter(titles.values())
    return {
        number: title if times[title] == 1 else f"{title} · article {number}"
        for number, title in titles.items()
    }


class FacetNames:
    """What the values of facets are called, for one member; each name is read when it is needed.

    `articles` are those of the member's project, where somebody has them already.
    """

    def __init__(
        self, session: Session, member: Member, articles: ProjectArticles | None = None
    ) -> None:
        self._session, self._member = session, member
        self._articles = articles or ProjectArticles(session, member.project_id)

    @cached_property
    def annotators(self) -> Mapping[int, str]:
        """Return the names of those whose annotations are seen, with a word at one's own."""
        names = dict(list_annotators(self._session, self._member))
        own = self._member.account_id
        return {**names, own: f"{names[own]}, me"} if own in names else names

    @cached_property
    def articles(self) -> Mapping[int, str]:
        """Return the titles of the project's articles."""
        facts = self._articles.facts
        return tell_apart({number: facts[number].title for number in facts})

    @cached_property
    def every_theme(self) -> Sequence[Theme]:
        """Return the project's themes, in use and archived."""
        return themes.list_themes(self._session, self._member.project_id)

    @cached_property
    def themes(self) -> Mapping[int, str]:
        """Return the names of the themes, in their order; a merged one has that of the other."""
        called = {theme.id: theme.name for theme in self.every_theme}
        if all(theme.archived_at is None for theme in self.every_theme):
            return called
        merged = merged_themes(self._session, self._member.project_id)
        return {number: called[merged.get(number, number)] for number in called}

    @cached_property
    def above(self) -> Mapping[str, str]:
        """Return the name of the theme under which each stands, by its value, "" at the top."""
        above = names_above(tree_of(self.every_theme))
        return {str(theme_id): above[theme_id] for theme_id in above}

    @cached_property
    def parties(self) -> Mapping[int, str]:
        """Return the main name of each of the project's parties, aliases too, by name."""
        return parties.main_names(self._session, NAMED["party"], self._member.project_id)

    @cached_property
    def positions(self) -> Mapping[int, str]:
        """Return the main wording of each of the project's positions, likewise."""
        return parties.main_names(self._session, NAMED["position"], self._member.project_id)

    def label(self, facet: str, value: str) -> str:
        """Return a value of a facet in words."""
        if words := WORDS.get((facet, value)):
            return words
        if facet in BY_DATE:
            year, _, month = value.partition("-")
            return f"{date(1, int(month), 1):%B} {int(year)}"
        if facet in _GONE:
            name = self._by_id(facet).get(int(value.removesuffix(TREE)), _GONE[facet])
            return BENEATH.format(theme=name) if value.endswith(TREE) else name
        return value.capitalize() if facet == "tag" else value

    def _by_id(self, facet: str) -> Mapping[int, str]:
        if facet == "annotator":
            return self.annotators
        if facet == "article":
            return self.articles
        if facet == "theme":
            return self.themes
        return self.parties if facet == "party" else self.positions


@frozen
class FacetPage:
    """All values of a facet, or those that hold part of a name, to choose from.

    `kept` are the parameters that the choice leaves as they are.
    """

    slug: str
    asked: Asked
    facet: FacetList
    named: str
    address: str
    passages: str

    @property
    def about(self) -> str:
        """Return what the page says of its values."""
        if self.asked.is_of_words:
            return "What the articles have. Searched words are shown in those that you choose."
        return "How many passages one would get with each, with everything else that is asked for."

    @property
    def back(self) -> str:
        """Return the address of the passages that were asked for."""
        return self.passages + self.asked.query

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the parameters of the address but those of the facet."""
        hidden = {one.value for one in self.facet.values}
        return [
            (name, value)
            for name, value in self.asked.pairs
            if name != self.facet.name or value not in hidden
        ]


def facet_page(session: Session, member: Member, asked: Asked, facet: str, named: str) -> FacetPage:
    """Build the page of one facet."""
    asked = with_mains(session, member, asked)
    facets = Facets(session, member, asked)
    names = FacetNames(session, member, facets.articles)
    words = fold(named)
    values = [one for one in values_of(facet, asked, facets, names) if words in fold(one.label)]
    slug = member.project.slug
    shown = values[:MOST_SHOWN]
    on = len(asked.filters.get(facet, ()))
    return FacetPage(
        slug=slug,
        asked=asked,
        facet=FacetList(facet, TITLES[facet], shown, on, len(values) - len(shown), is_open=True),
        named=named,
        address=url_for("findings.facet", slug=slug, facet=facet),
        passages=url_for("findings.passages", slug=slug),
    )


def number_of(count: Count) -> str:
    """Write how many there are: "1,204", or "1,000+"."""
    return f"{count.number:,}" + ("" if count.is_exact else "+")


def facet_lists(asked: Asked, facets: Facets, names: FacetNames) -> list[FacetList]:
    """Return every facet with the values beside the list, those that are on among them."""
    facets_shown = [name for name in TITLES if not asked.is_of_words or name in ARTICLE_FACETS]
    return [_facet_list(facet, asked, facets, names) for facet in facets_shown]


def _facet_list(facet: str, asked: Asked, facets: Facets, names: FacetNames) -> FacetList:
    values = values_of(facet, asked, facets, names)
    shown = [one for place, one in enumerate(values) if one.is_on or place < SHOWN]
    on = len(asked.filters.get(facet, ()))
    return FacetList(
        name=facet,
        title=TITLES[facet],
        values=shown,
        on=on,
        more=len(values) - len(shown),
        is_open=bool(on) or facet in OPEN,
    )


def values_of(facet: str, asked: Asked, facets: Facets, names: FacetNames) -> list[FacetValue]:
    """Return the values of a facet that would give anything, or are on, in their order.

    Of searched words nobody knows how many one would get: they are all that articles have.
    """
    on = asked.filters.get(facet, ())
    if asked.is_of_words:
        return _of_articles(facet, on, facets, names)
    counts, others = facets.counts(facet)
    if facet in _MAY_LACK and not on and counts.keys() <= {NONE}:
        return []  # none has any
    counts = {
        value: counts[value] for value in counts if value in on or not _adds_nothing(value, counts)
    }
    kept = [*on, *(TAGS if facet == "tag" else ())]
    counts |= {value: others for value in kept if value not in counts}
    if facet == "annotator" and ((own := facets.own()).number or ME in counts):
        counts[ME] = own
    labels = {value: names.label(facet, value) for value in counts}
    if facet in BY_DATE:
        order = _newest_first(counts)
    elif facet in {"tag", "state", "note", "side"}:
        order = [value for value in (*TAGS, *ORDER) if value in counts]
    else:  # ME stands before all others
        order = sorted(
            counts,
            key=lambda value: (value != ME, -counts[value].number, sort_key(labels[value])),
        )
    return [
        FacetValue(value, labels[value], number_of(counts[value]), value in on) for value in order
    ]


def _adds_nothing(value: str, counts: Mapping[str, Count]) -> bool:
    """Say whether nothing that stands beneath a theme finds more than the theme alone."""
    count = counts[value]
    alone = counts.get(value.removesuffix(TREE))
    return value.endswith(TREE) and count.is_exact and count == alone


def _of_articles(
    facet: str, on: Sequence[str], facets: Facets, names: FacetNames
) -> list[FacetValue]:
    if facet not in ARTICLE_FACETS:
        return []
    values = {one.value(facet) for one in facets.articles.facts.values()} | set(on)
    if facet in _MAY_LACK and not on and values <= {NONE}:
        return []
    labels = {value: names.label(facet, value) for value in values}
    order = sorted(values, key=lambda value: (sort_key(labels[value]), value))
    if facet in BY_DATE:
        order = _newest_first(values)
    return [FacetValue(value, labels[value], "", value in on) for value in order]


def _newest_first(months: Iterable[str]) -> list[str]:
    """Return months as they are asked for most: the newest first, and none after them."""
    return sorted(months, key=lambda month: (month != NONE, month), reverse=True)


def chips_of(asked: Asked, names: FacetNames, address: str) -> list[Chip]:
    """Return a chip for each value that is asked for, and one for the words that are searched."""
    found = []
    if asked.q:
        found.append(Chip(f"Search: {asked.q}", address + replace(asked, q="", within=()).query))
    return found + [
        Chip(
            f"{TITLES[facet]}: {names.label(facet, value)}",
            address + asked.without(facet, value).query,
        )
        for facet in FACETS
        for value in asked.filters.get(facet, ())
    ]
