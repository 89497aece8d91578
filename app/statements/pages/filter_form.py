"""The form above the matrix: from what one chooses, and what is kept of the address unseen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from app.annotations.tags import TAGS
from app.findings.pages.facet_lists import TITLES, FacetNames
from app.findings.queries.article_facts import ProjectArticles
from app.frozen import frozen
from app.projects.models import Member
from app.statements.asked import AskedPositions
from app.statements.bounds import PARAMETERS
from app.statements.duplicates import CountAs, Duplicates
from app.statements.matrix import Order
from app.statements.queries.listing import count_used
from app.statements.queries.positions import MOST_COLUMNS
from app.text.sorting import sort_key

MOST_CHOICES = 300  # values of one list; those with the most statements are offered
COUNTS: Mapping[Duplicates, str] = {
    Duplicates.DOCUMENT: "once an article",
    Duplicates.DAY: "once a day",
    Duplicates.ALL: "each passage",
}
SORTS: Mapping[Order, str] = {
    Order.BLOCS: "who agrees",
    Order.MOST: "most statements",
    Order.NAME: "name",
}
PEOPLE: Mapping[CountAs | None, str] = {
    None: f"everyone, up to {MOST_COLUMNS}",
    CountAs.PERSON: "everyone",
    CountAs.ORGANIZATION: "organisations with their people",
}
_T = TypeVar("_T")
_FACETS = ("article", "publication", "annotator", "tag")


@frozen
class ValueChoice:
    """A value that one may choose, in words."""

    value: str
    words: str
    is_on: bool


@frozen
class Select:
    """A list from which one value is chosen: the parameter, its words, and the values."""

    name: str
    words: str
    choices: Sequence[ValueChoice]


@frozen
class FilterForm:
    """The form: its lists, the days as they were typed, and what it sends along unseen."""

    selects: Sequence[Select]
    since: str
    until: str
    kept: Sequence[tuple[str, str]]


def filter_form(
    session: Session,
    member: Member,
    asked: AskedPositions,
    articles: ProjectArticles,
    names: FacetNames,
) -> FilterForm:
    """Build the form. A facet of which several values are asked for is kept as it is, unseen."""
    values: Mapping[str, Counter[str]] = {facet: Counter() for facet in _FACETS}
    for article_id, account_id, count in count_used(session, member):
        values["article"][str(article_id)] += count
        values["publication"][articles.facts[article_id].value("publication")] += count
        values["annotator"][str(account_id)] += count
    on = asked.filters.filters
    chosen = [facet for facet in _FACETS if len(on.get(facet, ())) <= 1]
    selects = [_facet_select(facet, values[facet], on.get(facet, ()), names) for facet in chosen]
    selects += [
        _select("duplicates", "Count", COUNTS, asked.duplicates, Duplicates.DOCUMENT),
        _select("by", "People", PEOPLE, asked.by, None),
        _select("sort", "Sort by", SORTS, asked.sort, Order.BLOCS),
    ]
    shown = {*chosen, *(select.name for select in selects), *PARAMETERS.values()}
    kept = [pair for pair in asked.filters.pairs + asked.own_pairs if pair[0] not in shown]
    return FilterForm(selects, asked.since, asked.until, kept)


def _facet_select(facet: str, values: Counter[str], on: Sequence[str], names: FacetNames) -> Select:
    offered = {value for value, _times in values.most_common(MOST_CHOICES)} | set(on)
    labels = {value: names.label(facet, value) for value in offered}
    order = sorted(offered, key=lambda value: (sort_key(labels[value]), value))
    if facet == "tag":
        labels, order = {tag: tag.capitalize() for tag in TAGS}, list(TAGS)
    are_all = len(values) <= MOST_CHOICES
    anything = "any" if are_all else f"any; the {MOST_CHOICES} with most statements follow"
    return Select(
        facet,
        TITLES[facet],
        [
            ValueChoice("", anything, is_on=not on),
            *(ValueChoice(value, labels[value], value in on) for value in order),
        ],
    )


def _select(name: str, words: str, choices: Mapping[_T, str], on: _T, by_itself: _T) -> Select:
    """Return a list of our own; what goes by itself needs no value in the address."""
    return Select(
        name,
        words,
        [
            ValueChoice("" if value == by_itself else str(value), said, value == on)
            for value, said in choices.items()
        ],
    )
