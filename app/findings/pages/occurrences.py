"""What the page shows that tags every place where words occur, and what it says beforehand."""

from collections.abc import Collection, Sequence
from dataclasses import field, replace
from typing import NamedTuple

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.models import NOTE_LIMIT
from app.annotations.service.bulk import MOST_AT_ONCE
from app.annotations.service.occurrences import SeenPlace, TagPlan, made_since
from app.annotations.tags import TAGS
from app.findings.asked import Asked, ContextSort, Hits, PassagesView
from app.findings.pages.bulk import theme_choices
from app.findings.pages.bulk_text import rest_of_places
from app.findings.pages.facet_lists import Chip, FacetNames, chips_of
from app.findings.pages.in_context import LineShown, context_shown
from app.findings.pages.left import Left, left_of_places
from app.findings.queries.in_context import LinePlace, Lines, draw_hits, find_hits
from app.findings.queries.matching import of_words
from app.frozen import frozen
from app.projects.models import Member
from app.search.query import LONGEST_QUERY, read_query
from app.web.filters import pluralise
from app.web.responses import FormPage, Pager

PLACES_A_PAGE = 100

At = tuple[int, ...]
"""A place as a form names it: the id of a revision, and the start in it."""


def occurrences_address(slug: str, asked: Asked, *, is_all: bool = True) -> str:
    """Return the address where every place of words is tagged: at first all are ticked, or none."""
    address = url_for("occurrences.occurrences", slug=slug) + of_words(asked).query
    return address if is_all else address + ("&" if asked.query else "?") + "tick=none"


class OccurrencesTyped(NamedTuple):
    """What a form says of the places: a tag, a line for the note, and the id of a theme."""

    tag: str = ""
    note: str = ""
    theme: str = ""


@frozen
class Ticks:
    """Which places are ticked: all at first, or none, but for those that someone `flipped`.

    `as_of` is the last event that somebody knew of when they first saw the places.
    """

    as_of: int
    is_all: bool = True
    flipped: Collection[At] = field(default_factory=frozenset)

    def has(self, hit: LinePlace) -> bool:
        """Say whether a place is ticked."""
        return ((hit.revision_id, hit.start) in self.flipped) != self.is_all

    def after(self, shown: Collection[At], ticked: Collection[At]) -> "Ticks":
        """Return them with those of some that were shown as a form sends them."""
        flipped = {at for at in shown if (at in ticked) != self.is_all}
        return replace(self, flipped=(set(self.flipped) - set(shown)) | flipped)

    @property
    def written(self) -> str:
        """Return those that were flipped as a form has them: "3.118,3.240"."""
        return write_places(sorted(self.flipped))


def write_places(places: Collection[tuple[int, ...]]) -> str:
    """Return places as a form has them."""
    return ",".join(".".join(map(str, place)) for place in places)


@frozen
class Occurrence:
    """A line with a box to tick; `value` is its place as the form sends it."""

    value: str
    is_ticked: bool
    line: LineShown


@frozen
class OccurrencesPage(FormPage):
    """The places where words occur, to be ticked, and what they can be tagged with.

    `total` counts them; where `is_too_many`, at least. `phrase` is the address of the same words as
    one phrase, "" where they are one. `here` is the address of the first page, and `other_ticks`
    that on which none are ticked at first, or all.
    """

    slug: str
    address: str
    back: str
    asked: Asked
    notice: str
    total: int
    is_too_many: bool
    articles: int
    lines: Sequence[Occurrence]
    pager: Pager
    ticks: Ticks
    chips: Sequence[Chip]
    phrase: str
    here: str
    other_ticks: str
    themes: Sequence[tuple[str, str]]
    typed: OccurrencesTyped
    problem: str = ""
    field: str = ""
    tags: Sequence[str] = TAGS
    note_limit: int = NOTE_LIMIT
    search_limit: int = LONGEST_QUERY
    most: int = MOST_AT_ONCE

    @property
    def is_at_field(self) -> bool:
        """Say whether what stands in the way is said at a field, and so not above."""
        shown = {"tag", "note", "themes"} if self.themes else {"tag", "note"}
        return bool(self.lines) and self.field in shown

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the parameters that the search sends along unseen."""
        return [pair for pair in self.asked.pairs if pair[0] not in {"q", "hits"}]

    @property
    def shown(self) -> str:
        """Return the places of this page, as the form sends them."""
        return ",".join(each.value for each in self.lines)


@frozen
class TagPreviewPage:
    """What would be tagged, to be confirmed: `spots` as the form sends them.

    `will` is "" where nothing would be; `counted` says where the list had another number than
    there are.
    """

    slug: str
    address: str
    query: str
    chosen: int
    ticks: Ticks
    spots: str
    typed: OccurrencesTyped
    theme: str
    rest: Sequence[str]
    left: Sequence[Left]
    number: str = ""
    client_key: str = ""
    counted: str = ""
    will: str = ""


def read_hits(session: Session, member: Member, asked: Asked) -> list[LinePlace]:
    """Return the places of the words, and one more than can be tagged where there are more.

    Without words there are none: passages in context are not what is to be tagged.
    """
    if not asked.q:
        return []
    return find_hits(session, member, _in_context(asked), most=MOST_AT_ONCE + 1)


def tagged_since(session: Session, member: Member, asked: Asked, ticks: Ticks) -> list[int]:
    """Return the annotations that were made since at ticked places where nothing was tagged."""
    made = made_since(session, member, ticks.as_of) if asked.hits is Hits.UNTAGGED else ()
    articles = {str(one.article_id) for one in made}
    if asked.article:
        articles &= set(asked.article)
    if not articles:
        return []
    everywhere = replace(asked, hits=Hits.ALL, article=tuple(sorted(articles)))
    hits = [hit for hit in read_hits(session, member, everywhere) if ticks.has(hit)]
    return [
        one.id
        for one in made
        if any(
            hit.revision_id == one.revision_id and hit.start < one.end and hit.end > one.start
            for hit in hits
        )
    ]


def _in_context(asked: Asked) -> Asked:
    return replace(asked, view=PassagesView.CONTEXT, by=ContextSort.PLACE)


def occurrences_page(
    session: Session,
    member: Member,
    asked: Asked,
    hits: Sequence[LinePlace],
    *,
    ticks: Ticks,
    number: str | None,
    typed: OccurrencesTyped,
) -> OccurrencesPage:
    """Build a page of the places that were found, the one of a number."""
    slug = member.project.slug
    names = FacetNames(session, member)
    total = min(len(hits), MOST_AT_ONCE)
    pager = Pager.at(number, size=PLACES_A_PAGE, total=total)
    some = hits[pager.offset :][:PLACES_A_PAGE]
    drawn = draw_hits(session, member, _in_context(asked), some)
    lines = Lines(drawn, total=None, is_all=True, looked_to=None, next=None)
    shown = context_shown(slug, _in_context(asked), lines, names)
    address = url_for("occurrences.occurrences", slug=slug)
    query = read_query(asked.q)
    return OccurrencesPage(
        slug=slug,
        address=address,
        back=url_for("findings.passages", slug=slug)
        + replace(asked, view=PassagesView.CONTEXT).query,
        asked=asked,
        notice=query.notice,
        total=total,
        is_too_many=len(hits) > MOST_AT_ONCE,
        articles=len({hit.article_id for hit in hits}),
        lines=[
            Occurrence(f"{hit.revision_id}.{hit.start}", ticks.has(hit), line)
            for hit, line in zip(some, shown.lines, strict=True)
        ],
        pager=pager,
        ticks=ticks,
        chips=chips_of(asked, names, address)[1 if asked.q else 0 :],
        phrase=address + replace(asked, q=f'"{asked.q}"').query if _is_words(asked) else "",
        here=occurrences_address(slug, asked, is_all=ticks.is_all),
        other_ticks=occurrences_address(slug, asked, is_all=not ticks.is_all),
        themes=theme_choices(session, member),
        typed=typed,
    )


def _is_words(asked: Asked) -> bool:
    """Say whether several plain words are asked for, each of which is a place by itself."""
    query = read_query(asked.q)
    plain = asked.q.replace(" ", "").isalnum() and " OR " not in asked.q
    return len(query.groups) > 1 and plain


def spot_of(hit: LinePlace) -> SeenPlace:
    """Return the place of a hit."""
    return SeenPlace(hit.article_id, hit.revision_id, hit.start, hit.end)


def will_tag(plan: TagPlan, tag: str) -> str:
    """Return what the button of the preview says, "" where nothing would be done."""
    if not plan.count:
        return ""
    places = pluralise(plan.count, "place", "places")
    return f"Tag {places} as {tag}"


def preview_page(
    session: Session,
    member: Member,
    *,
    asked: Asked,
    ticks: Ticks,
    typed: OccurrencesTyped,
    spots: Sequence[SeenPlace],
    plan: TagPlan,
) -> TagPreviewPage:
    """Build the page that says which of some places are left, and why."""
    return TagPreviewPage(
        slug=member.project.slug,
        address=occurrences_address(member.project.slug, asked, is_all=ticks.is_all),
        query=asked.query,
        chosen=len(spots),
        ticks=ticks,
        spots=write_places(spots),
        typed=typed,
        theme=dict(theme_choices(session, member)).get(typed.theme, ""),
        rest=rest_of_places(plan.same, plan.unfit),
        left=left_of_places(session, member, plan),
    )
