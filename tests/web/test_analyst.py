"""Three articles coded as analysts would, and what the pages make of it, worked out by reading.

The articles are the given one and two of the samples. What is expected was read out of them and
counted by hand, from the passages below.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.service.loading import LoadOptions, load_file
from app.parties.models import Party
from app.parties.service.aliases import merge
from app.parties.service.names import change
from app.parties.state import Affiliated
from app.text.dates import DateOrder
from app.text.readers import Limits
from tests.harness.builders import (
    Room,
    add_annotation,
    add_party,
    add_position,
    sign_in,
)
from tests.harness.pages import PageClient
from tests.harness.server import ROOT
from tests.harness.shared import SHARED

pytestmark = pytest.mark.skipif(
    not (SHARED / "seeds").is_dir(), reason="the given article is not beside the checkout"
)

FINDINGS = "/projects/first/findings"
FOR, AGAINST = "for", "against"

# --- the positions -------------------------------------------------------------------------------
NATO = "Ukraine never joins NATO."
TALKS = "Talks settle the dispute."
OCCUPY = "Russia occupies Western Ukraine."
LAND = "Ukraine gives up the four oblasts."
DISARM = "Ukraine de-militarizes."
ARMS = "The West arms Ukraine."
WARS = "Every war ends with a negotiation."
AID = "A first-aider stands on every working berth."
LOSS = "The northern berths lose money."
PUBLIC = "The harbour stays public."
PRICES = "The transfer prices are shown."
PRIVATE = "The strike is a private dispute."
VILLAGE = "No village loses a service."
HUB = "The services stand in one hub."

# --- the parties ---------------------------------------------------------------------------------
SMITH, SLEBODA, FREEDMAN = "Yves Smith", "Mark Sleboda", "Lawrence Freedman"
PUTIN, RUSSIA, TRUMP, JOHNSON = "Vladimir Putin", "Russia", "Donald Trump", "Boris Johnson"
EU, US, ALLIANCE, UKRAINE = "The EU’s leaders", "The United States", "NATO", "Ukraine"
UNION, BRANCH = "Amalgamated Dock and Harbour Union", "Branch No. 4"
PELL, ANCHORLINE, ADEYARO = "Pell & Astor", "Anchorline Terminals", "Dr. Nkem Adeyaro"
FERREIRA = "Ms. Ferreira"
COUNCIL, ASKERBY = "Skerrowshire County Council", "Julian Askerby"
THISTLEWOOD, TEEL, BJORKSTAD = "Maeve Thistlewood", "Bronagh Teel", "Professor Linnea Bjørkstad"
SON = "The son-in-law"


class Said(NamedTuple):
    """Who says what in a passage; the tag, and what it is of, in a word."""

    party: str
    position: str
    side: str
    quote: str
    tag: str = "claim"
    by_jan: bool = False


GIVEN = (
    Said(SMITH, TALKS, AGAINST, "there is no overlap in bargaining positions"),
    Said(SMITH, TALKS, AGAINST, "That means no deal."),
    Said(SMITH, TALKS, AGAINST, "it’s very unlikely that “talks” will amount to more than"),
    Said(SLEBODA, OCCUPY, FOR, "leaving it as a Banderite territory on Russia’s borders"),
    Said(SMITH, OCCUPY, FOR, "We concur with Moscow-based analyst Mark Sleboda"),
    Said(SMITH, OCCUPY, AGAINST, "our preferred outcome, turning these strongly irredentist areas"),
    Said(PUTIN, NATO, FOR, "a firm commitment that Ukraine will never join NATO", "demand"),
    Said(PUTIN, NATO, FOR, "Ukraine will never join NATO nor engage", "demand", by_jan=True),
    Said(PUTIN, LAND, FOR, "will pull all forces out of the four oblasts", "demand"),
    Said(SMITH, LAND, "", "That means ceding territory not held by Russia."),
    Said(RUSSIA, DISARM, FOR, "Russia also insists that Ukraine de-militarize", "demand"),
    Said(PUTIN, DISARM, FOR, "returning to the haggling over weapons levels", "demand"),
    Said(SMITH, LAND, AGAINST, "Asking Ukraine to give up areas Russia has not already taken"),
    Said(TRUMP, TALKS, FOR, "Trump might try to engage Putin on a broad set of"),
    Said(SMITH, TALKS, AGAINST, "Trump cannot deliver anything of the kind."),
    Said(EU, TALKS, AGAINST, "were also implacably opposed to cooperating with Trump"),
    Said(TRUMP, ARMS, AGAINST, "Trump clearly inclined to cut Ukraine loose"),
    Said(ALLIANCE, ARMS, FOR, "to be funded and armed by NATO"),
    Said(US, ARMS, FOR, "when the US was lavishing support on Ukraine"),
    Said(SMITH, WARS, AGAINST, "conflicts regularly end without negotiations", "assumption"),
    Said(FREEDMAN, WARS, AGAINST, "this claim is simply not true"),
    Said(FREEDMAN, WARS, AGAINST, "Not all wars end with negotiations."),
    Said(FREEDMAN, TALKS, AGAINST, "negotiations intended to end a war they often fail"),
    Said(FREEDMAN, TALKS, AGAINST, "in even shorter supply than before", "assumption"),
    Said(FREEDMAN, WARS, AGAINST, "remarkably few wars end with negotiations", "citation"),
    Said(UKRAINE, NATO, FOR, "Ukraine had agreed to no NATO membership"),
    Said(JOHNSON, TALKS, AGAINST, "Boris Johnson kicked that table over"),
    Said(PUTIN, NATO, FOR, "no NATO forever for Ukraine", "demand"),
    Said(FREEDMAN, TALKS, FOR, "a durable settlement of a conflict via negotiations"),
)
HARBOUR = (
    Said(UNION, AID, FOR, "Until June there was one on every berth, every night."),
    Said(PELL, AID, AGAINST, "coloured it red"),
    Said(PELL, AID, AGAINST, "A night first-aider gets nought"),
    Said(ANCHORLINE, LOSS, FOR, "Kestrelmouth cannot compete"),
    Said(UNION, LOSS, AGAINST, "volumes are down here because Anchorline moved them"),
    Said(ADEYARO, PUBLIC, AGAINST, "she supported the sale in 2018 and still says so"),
    Said(ADEYARO, LOSS, AGAINST, "depends on charging them the full rent of the lease"),
    Said(ADEYARO, LOSS, AGAINST, "both berths have covered their costs in every year since 2018"),
    Said(ADEYARO, PRICES, FOR, "It would need only to ask for the internal transfer prices"),
    Said(ANCHORLINE, PUBLIC, AGAINST, "a port belongs to whoever holds the lease", "assumption"),
    Said(UNION, PUBLIC, FOR, "a harbour that four generations built"),
    Said(UNION, TALKS, AGAINST, "we will not call off the ballot for a meeting", "demand"),
    Said(UNION, AID, FOR, "must put a trained first-aider back on every working berth", "demand"),
    Said(UNION, PRICES, FOR, "to obtain the transfer prices, and must publish them", "demand"),
    Said(BRANCH, PRIVATE, AGAINST, "must stop telling the Assembly", "demand"),
    Said(FERREIRA, PRIVATE, FOR, "this is a private dispute between a company and its staff"),
)
VILLAGES = (
    Said(COUNCIL, HUB, FOR, "will close the post counter here, the Thursday clinic"),
    Said(ASKERBY, VILLAGE, AGAINST, "neither modern nor sustainable"),
    Said(ASKERBY, HUB, FOR, "broad support for the principle of co-location", "citation"),
    Said(ASKERBY, VILLAGE, FOR, "nobody is losing a service", by_jan=True),
    Said(THISTLEWOOD, VILLAGE, FOR, "Take out the counter, and all of that has to be found"),
    Said(TEEL, VILLAGE, FOR, "👩‍🌾 − 📮 = goodbye"),
    Said(BJORKSTAD, VILLAGE, FOR, "lost a fifth of their under-forties", "citation"),
    Said(THISTLEWOOD, HUB, AGAINST, "should withdraw Total Hub", "demand"),
    Said(THISTLEWOOD, VILLAGE, FOR, "Thursday should be left alone", "demand"),
    Said(SON, VILLAGE, AGAINST, "nobody made us live here"),
)
ARTICLES: Mapping[Path, Sequence[Said]] = {
    SHARED / "seeds" / "000_bb331ef4a46d670c.txt": GIVEN,
    ROOT / "seeds" / "the-harbour-is-not-a-spreadsheet.txt": HARBOUR,
    ROOT / "seeds" / "a-hub-is-a-place-you-cannot-get-to.md": VILLAGES,
}

# --- what one reads ------------------------------------------------------------------------------
Cells = Mapping[tuple[str, str], tuple[int, int]]
EACH: Cells = {
    (NATO, PUTIN): (2, 0),  # of three passages two overlap, tagged by two people
    (NATO, UKRAINE): (1, 0),
    (TALKS, SMITH): (0, 4),
    (TALKS, TRUMP): (1, 0),
    (TALKS, EU): (0, 1),
    (TALKS, FREEDMAN): (1, 2),
    (TALKS, JOHNSON): (0, 1),
    (TALKS, UNION): (0, 1),
    (OCCUPY, SLEBODA): (1, 0),
    (OCCUPY, SMITH): (1, 1),
    (LAND, PUTIN): (1, 0),
    (LAND, SMITH): (0, 1),  # another passage takes no side
    (DISARM, RUSSIA): (1, 0),
    (DISARM, PUTIN): (1, 0),
    (ARMS, TRUMP): (0, 1),
    (ARMS, ALLIANCE): (1, 0),
    (ARMS, US): (1, 0),
    (WARS, SMITH): (0, 1),
    (WARS, FREEDMAN): (0, 3),
    (AID, UNION): (2, 0),
    (AID, PELL): (0, 2),
    (LOSS, ANCHORLINE): (1, 0),
    (LOSS, UNION): (0, 1),
    (LOSS, ADEYARO): (0, 2),
    (PUBLIC, ADEYARO): (0, 1),
    (PUBLIC, ANCHORLINE): (0, 1),
    (PUBLIC, UNION): (1, 0),
    (PRICES, ADEYARO): (1, 0),
    (PRICES, UNION): (1, 0),
    (PRIVATE, UNION): (0, 1),  # by its other name
    (PRIVATE, FERREIRA): (1, 0),
    (HUB, COUNCIL): (1, 0),
    (HUB, ASKERBY): (1, 0),
    (HUB, THISTLEWOOD): (0, 1),
    (VILLAGE, ASKERBY): (1, 1),
    (VILLAGE, THISTLEWOOD): (2, 0),
    (VILLAGE, TEEL): (1, 0),
    (VILLAGE, BJORKSTAD): (1, 0),
    (VILLAGE, SON): (0, 1),
}
"""How often each party is for and against a position, each passage counted."""

# Each party takes a side in one article only, so that all counts in an article are 1 or 0.
LESS_CONFLICT = {
    (SMITH, EU): 1,
    (SMITH, JOHNSON): 1,
    (SMITH, FREEDMAN): 1,  # both against talks and the rule of wars; once he speaks for talks
    (SMITH, UNION): 1,
    (SMITH, TRUMP): -1,
    (SMITH, PUTIN): -1,
    (EU, JOHNSON): 1,
    (EU, UNION): 1,
    (JOHNSON, UNION): 1,
    (TRUMP, EU): -1,
    (TRUMP, JOHNSON): -1,
    (TRUMP, UNION): -1,
    (TRUMP, US): -1,
    (TRUMP, ALLIANCE): -1,
    (US, ALLIANCE): 1,
    (PUTIN, UKRAINE): 1,
    (PUTIN, RUSSIA): 1,
    (UNION, PELL): -1,
    (UNION, ANCHORLINE): -2,  # on the berths and on the harbour
    (UNION, ADEYARO): 1,  # agree on berths and prices, not on the harbour
    (UNION, FERREIRA): -1,
    (COUNCIL, ASKERBY): 1,
    (COUNCIL, THISTLEWOOD): -1,
    (ASKERBY, THISTLEWOOD): -1,  # on the hub; on the villages he says both
    (THISTLEWOOD, TEEL): 1,
    (THISTLEWOOD, BJORKSTAD): 1,
    (TEEL, BJORKSTAD): 1,
    (SON, THISTLEWOOD): -1,
    (SON, TEEL): -1,
    (SON, BJORKSTAD): -1,
}
"""Congruence less conflict of each two parties, where it is not 0."""
TOGETHER = {
    (TALKS, WARS): 2,  # Smith and Freedman
    (TALKS, OCCUPY): 1,
    (TALKS, LAND): 1,
    (OCCUPY, LAND): 1,
    (OCCUPY, WARS): 1,
    (LAND, WARS): 1,  # Smith
    (NATO, LAND): 1,
    (NATO, DISARM): 1,
    (LAND, DISARM): 1,  # Putin
    (AID, PUBLIC): 1,
    (AID, PRICES): 1,
    (PUBLIC, PRICES): 1,
    (LOSS, PRIVATE): 1,
    (LOSS, TALKS): 1,
    (PRIVATE, TALKS): 1,  # the union
    (LOSS, PUBLIC): 1,  # Adeyaro
    (VILLAGE, HUB): 1,  # Askerby
}
"""By how many parties two positions are taken on the same side."""


@pytest.fixture
def analyst(client: PageClient, session: Session, room: Room) -> PageClient:
    """Code the three articles, and give the pages to a reader of the project."""
    every = [said for some in ARTICLES.values() for said in some]
    curator = room.curator
    parties = {each: add_party(session, curator, each) for each in {one.party for one in every}}
    positions = {
        each: add_position(session, curator, each) for each in {one.position for one in every}
    }
    how = LoadOptions(DateOrder.MDY, Limits())
    for path, coded in ARTICLES.items():
        (loaded,) = load_file(session, project_id=curator.project_id, path=path, how=how)
        session.commit()
        article = session.scalars(select(Article).order_by(Article.id.desc())).first()
        assert article is not None, loaded
        for one in coded:
            add_annotation(
                session,
                curator if one.by_jan else room.annotator,
                article,
                one.quote,
                tag=one.tag,
                party=parties[one.party],
                position=positions[one.position],
                side=one.side,
            )
    merge(session, Party, actor=curator, row_id=parties[BRANCH].id, into_id=parties[UNION].id)
    for person, organization in ((PUTIN, RUSSIA), (ASKERBY, COUNCIL)):
        change(
            session,
            Party,
            actor=curator,
            row_id=parties[person].id,
            version=1,
            typed={"kind": "person"},
            affiliations=[Affiliated(parties[organization].id)],
        )
    session.commit()
    return sign_in(client, session, room.reader.account)


def rows_of(client: PageClient, address: str) -> list[list[str]]:
    text = client.get(f"{FINDINGS}/{address}").text
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def cells_of(client: PageClient, query: str) -> Cells:
    return {
        (position, party): (int(supporting), int(opposing))
        for position, party, _organization, supporting, opposing in rows_of(
            client, f"positions.csv?{query}"
        )[1:]
    }


def weights_of(client: PageClient, query: str) -> dict[frozenset[str], int]:
    """Return the weights of a network that are not 0, by the two names between which they are."""
    (_empty, *columns), *rows = rows_of(client, f"networks.csv?{query}")
    return {
        frozenset((row[0], column)): int(weight)
        for row in rows
        for column, weight in zip(columns, row[1:], strict=True)
        if weight != "0"
    }


def unordered(weights: Mapping[tuple[str, str], int]) -> dict[frozenset[str], int]:
    return {frozenset(names): weight for names, weight in weights.items()}


@pytest.mark.sqlite_only
def test_matrix_changes_and_networks_are_what_one_reads_in_the_articles(
    analyst: PageClient,
) -> None:
    assert sum(map(len, ARTICLES.values())) == 55
    # The matrix: each passage, once an article, and with people standing for their organisations.
    assert cells_of(analyst, "duplicates=all&by=person") == EACH
    once = {key: (min(cell[0], 1), min(cell[1], 1)) for key, cell in EACH.items()}
    assert cells_of(analyst, "by=person") == once
    folded = cells_of(analyst, "by=organization")
    assert {party for _position, party in folded} == {party for _position, party in EACH} - {
        PUTIN,
        ASKERBY,
    }
    assert folded[DISARM, RUSSIA] == (1, 0)
    assert folded[HUB, COUNCIL] == (1, 0)
    assert folded[VILLAGE, COUNCIL] == (1, 1)
    matrix = analyst.get(f"{FINDINGS}/positions").text
    assert "14 positions, 22 parties" in matrix
    assert "1 statement that has a position and no side." in matrix

    # The changes: three say both, each within an article, in the order of the text.
    header, *changes = rows_of(analyst, "changes.csv")
    shown = [dict(zip(header, row, strict=True)) for row in changes]
    assert [
        (row["party"], row["earlier_date"], row["earlier_side"], row["earlier_quote"][:20])
        for row in shown
    ] == [
        (ASKERBY, "2025-03-09", AGAINST, "neither modern nor s"),
        (FREEDMAN, "2025-01-13", AGAINST, "in even shorter supp"),
        (SMITH, "2025-01-13", FOR, "We concur with Mosco"),
    ]
    every = rows_of(analyst, "changes.csv?view=every")[1:]
    assert Counter(row[1] for row in every) == {ASKERBY: 1, FREEDMAN: 2, SMITH: 1}
    assert rows_of(analyst, "changes.csv?which=time")[1:] == []
    page = analyst.get(f"{FINDINGS}/changes").text
    assert page.count("same article") == 3
    assert "All 4 pairs" in page

    # The networks, of both kinds, and of parties by positions.
    less = weights_of(analyst, "kind=party-party&relation=subtract")
    assert less == unordered(LESS_CONFLICT)
    together = weights_of(analyst, "kind=position-position&relation=congruence")
    assert together == unordered(TOGETHER)
    less = weights_of(analyst, "kind=party-position&relation=subtract&duplicates=all")
    assert less == {
        frozenset(key): cell[0] - cell[1] for key, cell in EACH.items() if cell[0] != cell[1]
    }
