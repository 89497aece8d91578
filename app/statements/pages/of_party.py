"""The page of a party: what it claims, demands, assumes and cites, and with whom it stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from app.annotations.tags import TAGS
from app.parties.models import Party
from app.parties.state import Affiliated
from app.projects.models import Member
from app.statements.pages.around import Around, SectionPart, build_page
from app.statements.pages.drawn import Rows, draw
from app.statements.pages.one import ItemList, ListItem, OnePage
from app.statements.pages.passage_links import few, passages_of
from app.statements.pages.words import PARTIES, POSITIONS
from app.statements.queries.listing import list_affiliations
from app.statements.queries.uses import (
    list_demanded,
    list_said,
    list_sides,
)
from app.statements.standing import Shared, compare, sides_taken
from app.statements.timeline import Dated
from app.web.filters import day, number

_TITLES: Mapping[str, str] = {
    "claim": "Claims",
    "demand": "Demands",
    "assumption": "Assumes",
    "citation": "Cites",
}
DEMANDED = "demanded"


def party_page(
    session: Session, member: Member, party: Party, *, show: str, asked_page: str | None
) -> OnePage:
    """Build the page of a main party."""
    said, demanded = list_said(session, member, party), list_demanded(session, member, party)
    spoken_for = list_affiliations(session, member.project_id)
    own = {one.position for one in said if one.position is not None and one.side}
    sides = list(list_sides(session, member, own)) if own else []
    around = Around.of(session, member, PARTIES, party)
    parts = [
        SectionPart(
            tag,
            _TITLES[tag],
            [one for one in said if one.tag == tag],
            {"party": party.id, "tag": tag},
        )
        for tag in TAGS
    ]
    parts.append(SectionPart(DEMANDED, "Demanded of it", demanded, {}, is_of_it=True))
    timeline = draw(
        [
            Dated(around.positions[one.position].main, one.side, one.article, one.day)
            for one in said
            if one.position is not None and one.side
        ],
        Rows(
            name=lambda position: around.name(POSITIONS, position),
            address=lambda position: around.address(POSITIONS, position),
            passages=lambda position, side, articles: passages_of(
                around.slug, *few("article", articles), party=party.id, position=position, side=side
            ),
        ),
    )
    return build_page(
        around,
        parts,
        said=said,
        show=show,
        asked_page=asked_page,
        empty="No passage says anything by this party, or none that you may see.",
        timeline=timeline,
        lists=[
            around.names(one.party for one in said),
            _counted(around, "Demands of", (each for one in said for each in one.addressees)),
            _counted(around, "Asked by", (one.party for one in demanded if one.party)),
            ItemList.of("Speaks for", _organizations(around, spoken_for.get(party.id, ()))),
            ItemList.of("People who speak for it", _people(around, party.id, spoken_for)),
            *_standing(around, party.id, sides),
        ],
    )


def _counted(around: Around, title: str, ids: Iterable[int]) -> ItemList:
    """Return parties with how many demands there are, those with the most first."""
    counts = Counter(around.parties[each].main for each in ids)
    order = sorted(counts, key=lambda party: (-counts[party], around.parties[party].folded))
    items = [ListItem(*_named(around, party), said=number(counts[party])) for party in order]
    return ItemList.of(title, items)


def _organizations(around: Around, affiliated: Sequence[Affiliated]) -> list[ListItem]:
    return [ListItem(*_named(around, each.organization), said=_days(each)) for each in affiliated]


def _people(
    around: Around, organization: int, spoken_for: Mapping[int, Sequence[Affiliated]]
) -> list[ListItem]:
    """Return who speaks or spoke for an organisation, by name."""
    people = [
        (around.name(PARTIES, party), party, each)
        for party, some in spoken_for.items()
        for each in some
        if each.organization == organization
    ]
    return [
        ListItem(name, around.address(PARTIES, party), said=_days(each))
        for name, party, each in sorted(people, key=lambda one: (one[0], one[1], str(one[2].since)))
    ]


def _days(affiliated: Affiliated) -> str:
    """Say from when to when somebody speaks for an organisation, "" for always."""
    since, until = affiliated.since, affiliated.until
    if since and until:
        return f"{day(since)} to {day(until)}"
    if since:
        return f"since {day(since)}"
    return f"until {day(until)}" if until else ""


def _standing(around: Around, party: int, said: Iterable[tuple[int, int, str]]) -> list[ItemList]:
    """Return with whom a party stands, and against whom: where as many, both.

    Each thing said is a party, a position and a side, as annotations have them.
    """
    sides = sides_taken(
        (around.parties[other].main, around.positions[position].main, side)
        for other, position, side in said
    )
    own, others = sides.get(party, {}), {one: of for one, of in sides.items() if one != party}
    shared = compare(own, others)
    with_it = [one for one in shared if one.same and one.same >= one.opposite]
    against_it = [one for one in shared if one.opposite and one.opposite >= one.same]
    return [
        _shared(around, "Stands with", with_it, lambda one: one.same),
        _shared(around, "Stands against", against_it, lambda one: one.opposite),
    ]


def _shared(
    around: Around, title: str, shared: Sequence[Shared], count: Callable[[Shared], int]
) -> ItemList:
    items = [
        ListItem(
            *_named(around, one.party),
            said=f"{number(count(one))} of {number(one.shared)}",
        )
        for one in sorted(
            shared, key=lambda one: (-count(one), one.shared, around.parties[one.party].folded)
        )
    ]
    return ItemList.of(title, items)


def _named(around: Around, party: int) -> tuple[str, str]:
    return around.name(PARTIES, party), around.address(PARTIES, party)
