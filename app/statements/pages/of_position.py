"""The page of a position: what is said for it and against it, and by whom."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.parties.models import Position
from app.projects.models import Member
from app.statements.pages.around import Around, SectionPart, build_page
from app.statements.pages.drawn import Rows, draw
from app.statements.pages.one import ItemList, ListItem, OnePage
from app.statements.pages.passage_links import few, passages_of
from app.statements.pages.words import PARTIES, POSITIONS
from app.statements.queries.uses import UsingAnnotation, list_said
from app.statements.timeline import Dated
from app.web.filters import number

_TITLES: Mapping[str, str] = {"for": "For it", "against": "Against it", "": "Without a side"}


def position_page(
    session: Session, member: Member, position: Position, *, show: str, asked_page: str | None
) -> OnePage:
    """Build the page of a main position."""
    said = list_said(session, member, position)
    around = Around.of(session, member, POSITIONS, position)
    parts = [
        SectionPart(
            side or "none",
            title,
            [one for one in said if one.side == side],
            {"position": position.id, "side": side or "none"},
        )
        for side, title in _TITLES.items()
    ]
    timeline = draw(
        [
            Dated(around.parties[one.party].main, one.side, one.article, one.day)
            for one in said
            if one.party is not None and one.side
        ],
        Rows(
            name=lambda party: around.name(PARTIES, party),
            address=lambda party: around.address(PARTIES, party),
            passages=lambda party, side, articles: passages_of(
                around.slug, *few("article", articles), party=party, position=position.id, side=side
            ),
        ),
    )
    return build_page(
        around,
        parts,
        said=said,
        show=show,
        asked_page=asked_page,
        empty="No passage is for or against this position, or none that you may see.",
        timeline=timeline,
        lists=[
            around.names(one.position for one in said),
            ItemList.of("Who says it", _by_whom(around, said)),
        ],
    )


def _by_whom(around: Around, said: Sequence[UsingAnnotation]) -> list[ListItem]:
    """Return the parties that are for or against it, those with the most passages first."""
    counts = Counter(
        (around.parties[one.party].main, one.side) for one in said if one.party is not None
    )
    parties = {party for party, _side in counts}
    order = sorted(
        parties,
        key=lambda party: (
            -counts[party, "for"] - counts[party, "against"],
            around.parties[party].folded,
        ),
    )
    items = [
        ListItem(
            around.name(PARTIES, party),
            around.address(PARTIES, party),
            supporting=counts[party, "for"],
            opposing=counts[party, "against"],
        )
        for party in order
    ]
    nobody = sum(one.party is None for one in said)
    return [*items, *([ListItem("Nobody is named", said=number(nobody))] if nobody else [])]
