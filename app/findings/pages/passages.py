"""What the page of passages shows: a `@frozen` object, and the functions that build it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.service.bulk import last_seen
from app.core.arguments import shorten
from app.findings.asked import FACETS, NONE, Asked, ContextSort, Grouping, PassageSort, PassagesView
from app.findings.models import NAME_LIMIT
from app.findings.pages.bulk import ALL, BulkBar, bulk_bar
from app.findings.pages.facet_lists import (
    Chip,
    FacetList,
    FacetNames,
    chips_of,
    facet_lists,
    number_of,
)
from app.findings.pages.found_pieces import FoundPiece, pieces_of
from app.findings.pages.in_context import ContextShown, context_shown
from app.findings.pages.occurrences import occurrences_address
from app.findings.pages.replies import DisputesShown, FoundReply, found_replies, shown_disputes
from app.findings.pages.searches import SaveForm, SearchesShown, searches_of
from app.findings.queries.facet_counts import Facets
from app.findings.queries.hits import PassageHit, list_hits
from app.findings.queries.in_context import LinePlace, list_lines, read_line_place
from app.findings.queries.limited_counts import Count
from app.findings.queries.matching import with_mains
from app.findings.queries.passages import Place, list_places, read_place
from app.findings.sentences import InSentence
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may
from app.reading.pages.article_ref import byline_of
from app.search.query import LONGEST_QUERY, Query, read_query

PASSAGES_A_PAGE = 50
SORTS: Mapping[PassageSort, str] = {
    PassageSort.PLACE: "place",
    PassageSort.PUBLISHED: "newest published",
    PassageSort.TAGGED: "newest tagged",
    PassageSort.AUTHOR: "author",
    PassageSort.PARTY: "party",
    PassageSort.POSITION: "position",
}
PLACES_IN_WORDS: Mapping[str, str] = {"text": "text", "note": "notes", "thread": "replies"}
VIEWS: Mapping[PassagesView, str] = {PassagesView.LIST: "List", PassagesView.CONTEXT: "In context"}
GROUPINGS: Mapping[Grouping, str] = {
    Grouping.ARTICLE: "article",
    Grouping.NOTHING: "nothing",
    Grouping.TAG: "tag",
    Grouping.AUTHOR: "author",
    Grouping.ANNOTATOR: "annotator",
    Grouping.THEME: "theme",
    Grouping.PARTY: "party",
    Grouping.POSITION: "position",
}


@frozen
class PassageLine:
    """A passage in the list: the hit, what it carries by names, and whether it is one's own.

    `key` is its own on the page: in groups of themes a passage may stand more than once.
    The words around it, its own and those of its note are in pieces: with whether a search found
    them. `reply` is None where it found none, and `disputes` where nobody disputes what it is now.
    """

    key: str
    hit: PassageHit
    before: Sequence[FoundPiece]
    passage: Sequence[FoundPiece]
    after: Sequence[FoundPiece]
    note: Sequence[FoundPiece]
    reply: FoundReply | None
    disputes: DisputesShown | None
    themes: Sequence[str]
    party: str
    addressees: Sequence[str]
    position: str
    is_own: bool

    @property
    def has_more(self) -> bool:
        """Say whether there is a line of states, replies and themes."""
        hit = self.hit
        states = (hit.is_disputed, hit.has_question, hit.is_resolved, hit.in_revision)
        return any(states) or bool(hit.replies or self.themes)


@frozen
class PassageGroup:
    """A group and the passages that stand in it; without a name where nothing is grouped.

    `address` is that of the article, or of these passages alone; `count` says how many there are.
    `csv` is the address of a file of exactly these, "" where no filter asks for them alone.
    """

    name: str
    address: str
    csv: str
    about: Sequence[str]
    count: str
    lines: Sequence[PassageLine]


@frozen
class PassagesPage:
    """The passages that an address asks for, with the facets that narrow them down.

    `everything` counts all that the member sees, `total` says how many are asked for; `ignored` is
    what of the address nobody knows. `next_address` is "" on the last page. `context` is what
    stands in context, in place of `groups`, where that is asked for; of searched words `total` says
    how many hits there are. `bulk` is None where nothing can be ticked. `imports` is where
    annotations are brought in, "" for who may not. `tag_every` is the address at which each of the
    searched words is tagged, "" where that cannot be.
    """

    slug: str
    project: str
    address: str
    asked: Asked
    ignored: Sequence[str]
    everything: int
    total: str
    is_exact: bool
    groups: Sequence[PassageGroup]
    facets: Sequence[FacetList]
    chips: Sequence[Chip]
    is_first: bool
    next_address: str
    leaves_out: bool
    sorts: Mapping[PassageSort, str]
    groupings: Mapping[Grouping, str]
    searches: SearchesShown
    save: SaveForm
    bulk: BulkBar | None
    notice: str
    name_limit: int = NAME_LIMIT
    search_limit: int = LONGEST_QUERY
    places: Sequence[tuple[str, str]] = tuple(PLACES_IN_WORDS.items())
    context: ContextShown | None = None
    tag_every: str = ""
    imports: str = ""

    @property
    def here(self) -> str:
        """Return the address of these passages, from their first page on."""
        return self.address + self.asked.query

    @property
    def exact_address(self) -> str:
        """Return the address of the same with every number counted to its end."""
        return f"{self.here}{'&' if self.asked.query else '?'}count=exact"

    @property
    def said(self) -> str:
        """Return the sentence that says how many there are."""
        if self.asked.is_of_words:
            return "1 hit." if self.total == "1" else f"{self.total} hits."
        return f"{self.total} of {self.everything:,} passages."

    @property
    def context_address(self) -> str:
        """Return the address of the same in context."""
        return self.address + replace(self.asked, view=PassagesView.CONTEXT).query

    @property
    def views(self) -> Sequence[tuple[str, str, bool]]:
        """Return each way to show what is asked for: its words, address, and whether it is on."""
        return [
            (words, self.address + replace(self.asked, view=view).query, view is self.asked.view)
            for view, words in VIEWS.items()
        ]

    @property
    def next_words(self) -> str:
        """Return what the link to the next page says."""
        ended_early = self.context is not None and bool(self.context.looked_to)
        return "Look further" if ended_early and self.asked.by is ContextSort.PLACE else "Next page"

    @property
    def filters(self) -> int:
        """Return how many values are asked for."""
        return sum(map(len, self.asked.filters.values()))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the parameters that a form of the facets sends along unseen."""
        shown = {"q", *(facet.name for facet in self.facets)}
        shown |= {"in", "sort", "group"} if self.context is None else {"by"}
        if self.asked.is_of_words:
            shown.add("hits")
        return [(name, value) for name, value in self.asked.pairs if name not in shown]


def passages_page(
    session: Session,
    member: Member,
    asked: Asked,
    *,
    ignored: Sequence[str],
    after: str | None,
    is_exact: bool,
    leaves_out: bool,
    save: SaveForm,
    ticked: str = "",
) -> PassagesPage:
    """Build the page of what is asked for, from after a place on, as an address has it."""
    # Read before all that is shown.
    as_of = last_seen(session, member) if ticked == ALL else 0
    asked = with_mains(session, member, asked)
    facets = Facets(session, member, asked, is_exact=is_exact)
    names = FacetNames(session, member, facets.articles)
    slug = member.project.slug
    address = url_for("findings.passages", slug=slug)
    groups: Sequence[PassageGroup] = ()
    context: ContextShown | None = None
    following: Place | LinePlace | None
    begins: Place | LinePlace | None
    counted: Count | None = None
    if asked.view is PassagesView.CONTEXT:
        begins = read_line_place(after)
        lines = list_lines(session, member, asked, after=begins, limit=PASSAGES_A_PAGE)
        following, counted = lines.next, lines.total
        context = context_shown(slug, asked, lines, names)
    else:
        begins = read_place(after)
        places = list_places(session, member, asked, after=begins, limit=PASSAGES_A_PAGE + 1)
        shown = places[:PASSAGES_A_PAGE]
        following = shown[-1] if len(places) > PASSAGES_A_PAGE else None
        groups = _groups(session, member, shown, facets, names)
    if after and begins is None:
        ignored = [*ignored, f"after={shorten(after)}"]
    total = facets.total if counted is None else counted
    next_address = ""
    if following is not None:
        query = asked.query
        next_address = f"{address}{query}{'&' if query else '?'}after={following.written}"
    return PassagesPage(
        slug=slug,
        project=member.project.name,
        address=address,
        asked=asked,
        ignored=ignored,
        everything=facets.everything,
        total=number_of(total),
        is_exact=total.is_exact,
        groups=groups,
        facets=facet_lists(asked, facets, names),
        chips=chips_of(asked, names, address),
        is_first=begins is None,
        next_address=next_address,
        leaves_out=leaves_out,
        sorts=SORTS,
        groupings=GROUPINGS,
        searches=searches_of(session, member),
        save=save,
        bulk=bulk_bar(
            session,
            member,
            asked,
            ticked=ticked,
            after=after or "",
            count=facets.total,
            as_of=as_of,
            every_theme=names.every_theme,
        ),
        notice=read_query(asked.q).notice,
        context=context,
        tag_every=occurrences_address(slug, asked)
        if asked.is_of_words and may(member, Act.TAG)
        else "",
        imports=url_for("imports.choose_file", slug=slug) if may(member, Act.IMPORT) else "",
    )


def _groups(
    session: Session,
    member: Member,
    places: Sequence[Place],
    facets: Facets,
    names: FacetNames,
) -> list[PassageGroup]:
    asked = facets.asked
    hits = list_hits(session, [place.id for place in places])
    there = [place for place in places if place.id in hits]
    by_group = [
        (value, [hits[place.id] for place in some])
        for value, some in groupby(there, key=lambda place: _value(asked, place, hits[place.id]))
    ]
    counts: Mapping[str, Count] = {}
    if asked.group is not Grouping.NOTHING:
        values = {value for value, _hits in by_group}
        counts = facets.in_groups(asked.group.value, values)
    slug = member.project.slug
    query = read_query(asked.q)
    replies = found_replies(session, asked, hits)
    disputes = shown_disputes(session, hits.values(), replies)
    times = Counter[int]()

    def line(hit: PassageHit) -> PassageLine:
        times[hit.id] += 1
        key = f"{hit.id}-{times[hit.id]}" if times[hit.id] > 1 else str(hit.id)
        reply, disputed = replies.get(hit.id), disputes.get(hit.id)
        return _line(key, hit, member, names, query=query, reply=reply, disputes=disputed)

    return [
        PassageGroup(
            name="" if asked.group is Grouping.NOTHING else names.label(asked.group.value, value),
            address=_address(slug, asked, value),
            csv=_csv(slug, asked, value),
            about=_about(asked, value, some[0], names),
            count=number_of(counts[value]) if value in counts else "",
            lines=list(map(line, some)),
        )
        for value, some in by_group
    ]


def _value(asked: Asked, place: Place, hit: PassageHit) -> str:
    """Return the group in which a passage stands, as a value of the facet."""
    if asked.group is Grouping.ARTICLE:
        return str(hit.article_id)
    return (hit.author or NONE) if asked.group is Grouping.AUTHOR else place.group


def _address(slug: str, asked: Asked, value: str) -> str:
    if asked.group is Grouping.ARTICLE:
        return url_for("reading.article", slug=slug, article_id=int(value))
    only = _asked_in_group(asked, value)
    return url_for("findings.passages", slug=slug) + only.query if only else ""


def _csv(slug: str, asked: Asked, value: str) -> str:
    only = _asked_in_group(asked, value)
    return url_for("exports.passages_file", extension="csv", slug=slug) + only.query if only else ""


def _asked_in_group(asked: Asked, value: str) -> Asked | None:
    """Return what asks for the passages of a group alone, None where nothing is grouped."""
    facet = asked.group.value
    if asked.group is Grouping.NOTHING or not value or not FACETS[facet](value):
        return None
    return replace(asked.only(facet, value), group=Grouping.ARTICLE)


def _about(asked: Asked, value: str, hit: PassageHit, names: FacetNames) -> Sequence[str]:
    if asked.group is Grouping.THEME and (above := names.above.get(value)):
        return [f"under {above}"]
    if asked.group is not Grouping.ARTICLE:
        return []
    return byline_of(hit.author, hit.publication, hit.published_on, hit.guessed)


def _line(
    key: str,
    hit: PassageHit,
    member: Member,
    names: FacetNames,
    *,
    query: Query,
    reply: FoundReply | None,
    disputes: DisputesShown | None,
) -> PassageLine:
    shown = hit.shown
    before, passage, after = pieces_of(query, shown.before, _passage_of(shown), shown.after)
    (note,) = pieces_of(query, hit.note)
    return PassageLine(
        key=key,
        hit=hit,
        before=before,
        passage=passage,
        after=after,
        note=note,
        reply=reply,
        disputes=disputes,
        themes=[names.label("theme", str(theme_id)) for theme_id in hit.themes],
        party=names.label("party", str(hit.party)) if hit.party else "",
        addressees=list(dict.fromkeys(names.label("party", str(one)) for one in hit.addressees)),
        position=names.label("position", str(hit.position)) if hit.position else "",
        is_own=hit.annotator_id == member.account_id,
    )


def _passage_of(shown: InSentence) -> str:
    return f"{shown.passage} {shown.rest}" if shown.rest else shown.passage
