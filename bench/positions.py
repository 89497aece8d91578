"""How long the matrix of positions takes, folded and not, beside table, file, changes and passages.

    python -m bench.positions [--statements N] [--json FILE]

800 statements of 450 parties on 100 positions where nothing else is asked for: people of 40
organisations, each with a few positions that are asked about most.
"""

import argparse
import random
import sys
import tempfile
from functools import partial
from pathlib import Path

from sqlalchemy import bindparam, insert, select, update

from app.annotations.models import Annotation
from app.core.db import Database
from app.parties.models import Affiliation, Party, Position
from bench.rows import Shape, fill
from bench.timing import Figure, milliseconds, processor_ms, show
from bench.visitor import Visitor
from tests.harness.server import RunningServer

PEOPLE = ("Ines", "Jan", "Kofi")
USUAL = 800
IN_ARTICLE = 20  # statements
PARTIES, ORGANIZATIONS, POSITIONS = 450, 40, 100
FINDINGS = "/projects/first/findings"
REPEATS = 7
PAGES = (
    ("the matrix, folded", "positions", 150),
    ("the matrix, folded, each passage", "positions?duplicates=all", 150),
    ("the matrix, unfolded", "positions?by=person", 1_000),
    ("the matrix, unfolded, each passage", "positions?by=person&duplicates=all", 1_000),
    ("the table", "positions?view=table", None),
    ("the file", "positions.csv", None),
    ("the parties", "parties", 300),
    ("the parties that have a word", "parties?q=7", 300),
    ("a party", "parties/1", 300),
    ("changing a party", "parties/1/change", 300),
    ("all positions", "positions/list", 300),
    ("a position", "positions/1", 300),
    ("the changes", "changes", 300),
    ("every pair of them", "changes?view=every", 300),
    ("passages", "passages", None),
    ("a network, parties by positions", "networks", 1_000),
    ("parties by parties, subtracted", "networks?kind=party-party&relation=subtract", 1_000),
    (
        "positions by positions, by average",
        "networks?kind=position-position&normalise=average",
        1_000,
    ),
    ("its CSV, parties by parties", "networks.csv?kind=party-party", 1_000),
    ("its GraphML, parties by parties", "networks.graphml?kind=party-party", 1_000),
)


def main() -> None:
    """Fill a database, start the server, ask for the pages, and show the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--statements", type=int, default=USUAL)
    asked, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    with tempfile.TemporaryDirectory() as name:
        title = f"Positions with {asked.statements:,} statements, over loopback"
        show(title, _measure(Path(name), asked.statements))


def _measure(folder: Path, statements: int) -> list[Figure]:
    data, seeds = folder / "data", folder / "no-seeds"
    data.mkdir()
    seeds.mkdir()
    url = f"sqlite:///{data / 'gloss.sqlite3'}"
    shape = Shape(words=500, blocks=10, annotations=IN_ARTICLE)
    fill(url, people=PEOPLE, shapes=[shape] * (statements // IN_ARTICLE))
    give_statements(url)
    with RunningServer(data, {"SEED_DIRS": str(seeds)}) as server:
        visitor = Visitor.signed_in(server.port, PEOPLE[0])
        figures = []
        for name, address, aim in PAGES:
            ask = partial(visitor.get, f"{FINDINGS}/{address}")
            clock = milliseconds(ask, REPEATS)
            began = processor_ms(server.pid)
            for _ in range(REPEATS):
                ask()
            taken = (processor_ms(server.pid) - began) / REPEATS
            figures += [
                Figure.of(name, clock, aim=aim if statements == USUAL else None),
                Figure("  of the processor", taken, "ms"),
            ]
        return figures


def give_statements(url: str) -> None:
    """Give every annotation of a database a party, a position and a side; the same each time."""
    dice = random.Random(7)
    database = Database(url)
    with database.writing() as session:
        named = {"project_id": 1, "note": "", "version": 1}
        parties = [
            {**named, "id": one, "name": f"Party {one}", "folded": f"party {one}", "kind": "person"}
            for one in range(1, PARTIES + 1)
        ]
        for party in parties[:ORGANIZATIONS]:
            party["kind"] = "organization"
        session.execute(insert(Party), parties)
        session.execute(
            insert(Affiliation),
            [
                {"party_id": one, "organization_id": 1 + one % ORGANIZATIONS}
                for one in range(ORGANIZATIONS + 1, PARTIES + 1)
            ],
        )
        sentences = [f"The harbour is better off by measure {one}." for one in range(POSITIONS)]
        session.execute(
            insert(Position),
            [
                {**named, "id": one, "sentence": words, "folded": words.casefold().rstrip(".")}
                for one, words in enumerate(sentences, start=1)
            ],
        )
        ids = session.scalars(select(Annotation.id).order_by(Annotation.id)).all()
        said = [
            {
                "annotation": one,
                "party_id": dice.randint(1, PARTIES),
                "position_id": min(dice.randint(1, POSITIONS), dice.randint(1, POSITIONS)),
                "side": dice.choice(("for", "against")),
            }
            for one in ids
        ]
        change = update(Annotation).where(Annotation.id == bindparam("annotation"))
        session.connection().execute(change, said)
        session.commit()
    database.dispose()


if __name__ == "__main__":
    main()
