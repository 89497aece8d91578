"""A file that leaves a project and comes into another one leaves that as the same file."""

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.service import accounts
from app.annotations.models import Annotation, month_number
from app.annotations.service.duplicates import DuplicateAnnotation
from app.articles.models import Article
from app.core.db import Database
from app.core.names import clean_line
from app.exports.queries.csv_file import csv_chunks
from app.exports.queries.rows import Selection
from app.imports.outcomes import ADDED, RowOutcome
from app.imports.queries.planning import ImportPlan
from app.imports.readers import read
from app.imports.service import adding
from app.parties.models import Affiliation, Party, Position
from app.projects.models import Member
from app.projects.roles import Role
from app.text.sorting import fold
from tests.harness.builders import (
    add_annotation,
    add_article,
    add_member,
    add_party,
    add_position,
    add_theme,
    correct,
)

OWN = {"annotation_id", "article_id", "project", "permalink", "agreements", "disputes", "thread"}
"""The columns of which the archive of a project says more, or which are another's there."""

Model = TypeVar("Model", Party, Position)

_numbers = itertools.count(1)
_hostile = st.text(
    st.sampled_from("ab =+-@'\"“,;\t\n\\0é\u0301\u200b\u00ad👩🏽‍🦰\u202eשלנ"),
    min_size=1,
    max_size=8,
)
_words = st.sampled_from(
    (
        "money",
        "=1+1",
        "'quoted'",
        "été",
        "e\u0301te\u0301",
        "👩🏽‍🦰👩🏽‍🦰",
        "שלום",
        '"so"',
        "a;b,c",
        "no\u00adbody",
    )
)
_texts = st.lists(
    st.lists(_words, min_size=2, max_size=6).map(" ".join), min_size=1, max_size=3
).map("\n\n".join)


@dataclass(frozen=True, slots=True)
class Tagged:
    """An annotation to be made: of which article, on which words, by whom, and what it says."""

    article: int
    word: int
    words: int
    annotator: int
    tag: str
    note: str
    themes: frozenset[int]
    party: int | None
    addressees: frozenset[int]
    position: int | None
    side: str
    is_blind: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Case:
    """Articles, each with a text, another one after a correction or None, a title and an author."""

    articles: Sequence[tuple[str, str | None, str, str]]
    annotators: Sequence[str]
    themes: Sequence[str]
    parties: Sequence[str]
    positions: Sequence[str]
    tagged: Sequence[Tagged]


def _key(name: str) -> str:
    """Return what no two names of a project share: spaces at their ends make no other name."""
    return fold(clean_line(name))


CASES = st.builds(
    Case,
    articles=st.lists(
        st.tuples(
            _texts,
            st.none() | _texts,
            st.sampled_from(("=Road", "“Road”", "'=Road", "Road; or not")),
            st.sampled_from(("", "Bo", "@bo")),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda each: each[2:],
    ),
    annotators=st.lists(
        _hostile.map(lambda words: f"{words} Z"), min_size=1, max_size=3,
        unique_by=lambda words: clean_line(words).casefold(),
    ),
    themes=st.lists(
        _hostile.map(lambda words: f"{words.replace(';', '')}z"), max_size=3, unique_by=_key
    ),
    parties=st.lists(
        _hostile.map(lambda words: f"{words.replace(';', '')}p"), max_size=3, unique_by=_key
    ),
    positions=st.lists(
        _hostile.map(lambda words: f"{words};q."), max_size=2,
        unique_by=lambda words: Position.key_of(clean_line(words)),
    ),
    tagged=st.lists(
        st.builds(
            Tagged,
            st.integers(0, 2),
            st.integers(0, 12),
            st.integers(1, 4),
            st.integers(0, 2),
            st.sampled_from(("claim", "demand", "assumption", "citation")),
            st.just("") | _hostile,
            st.frozensets(st.integers(0, 2), max_size=2),
            st.none() | st.integers(0, 2),
            st.frozensets(st.integers(0, 2), max_size=2),
            st.none() | st.integers(0, 1),
            st.sampled_from(("", "for", "against")),
            st.booleans(),
            st.integers(0, 8 * 10**8),  # none of which has yet to come
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda each: (each.article, each.word, each.words, each.annotator, each.tag),
    ),
)  # fmt: skip


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("sound")
@given(CASES)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_and_imported_is_exported_as_it_was(
    session: Session, database: Database, case: Case
) -> None:
    slug, other = (f"p{next(_numbers)}" for _ in range(2))
    curator = add_member(session, Role.CURATOR, "Cato", slug)
    importer = add_member(session, Role.CURATOR, "Carla", other)
    there = [add_all(session, case, member) for member in (importer, curator)][1]
    tag_all(session, case, curator, slug, there)
    for (_first, corrected, *_about), article in zip(case.articles, there, strict=True):
        if corrected is not None:
            correct(session, curator, article, corrected)
    session.commit()
    before = export(database, curator)
    plan = ImportPlan(session, importer.project, importer.account_id)
    planned = plan.make(read(before, "csv"))
    assert {each.outcome for each in planned} <= {RowOutcome.NEW, RowOutcome.PLACELESS}
    ready = adding.prepare(
        session, [(each.wanted, each.place) for each in planned if each.wanted and each.place]
    )
    done = adding.add(session, actor=importer, ready=ready, default_id=1, file_name="x.csv")
    session.commit()
    placed = [row for row in rows_of(before) if row["start"]]
    after = rows_of(export(database, importer))
    assert [without_own(row) for row in after] == [without_own(row) for row in placed]
    assert done.added == plan.summary.of(*ADDED) == len(placed)
    again = ImportPlan(session, importer.project, importer.account_id)
    assert {each.outcome for each in again.make(read(before, "csv"))} <= {
        RowOutcome.SAME,
        RowOutcome.PLACELESS,
    }


def add_all(session: Session, case: Case, member: Member) -> list[Article]:
    """Add the articles to a project; the importer's are corrected at once."""
    made = []
    for text, corrected, title, author in case.articles:
        article = add_article(session, text, title=title, author=author, slug=member.project.slug)
        if corrected is not None and member.account.name == "Carla":
            correct(session, member, article, corrected)
        made.append(article)
    return made


def tag_all(
    session: Session, case: Case, curator: Member, slug: str, there: Sequence[Article]
) -> None:
    """Tag what the case says, wherever there are such words."""
    themes = [add_theme(session, curator, name) for name in case.themes]
    parties = [add_party(session, curator, name) for name in case.parties]
    positions = [add_position(session, curator, words) for words in case.positions]
    if len(parties) > 1:  # the first speaks for the second
        parties[0].kind, parties[1].kind = "person", "organization"
        parties[0].affiliations = [
            Affiliation(organization_id=parties[1].id, since=None, until=None)
        ]
    people = [add_member(session, Role.ANNOTATOR, "Ines", slug) for _name in case.annotators]
    for member, name in zip(people, case.annotators, strict=True):
        accounts.change_name(session, account_id=member.account_id, name=name)
    for one in case.tagged:
        article = there[one.article % len(there)]
        words = case.articles[one.article % len(there)][0].split("\n\n")[0].split(" ")
        first = one.word % len(words)
        try:
            made = add_annotation(
                session,
                people[one.annotator % len(people)],
                article,
                " ".join(words[first : first + one.words]),
                tag=one.tag,
                note=one.note,
                themes=[themes[number] for number in one.themes if number < len(themes)],
                party=_at(parties, one.party),
                addressees=[parties[number] for number in one.addressees if number < len(parties)],
                position=_at(positions, one.position),
                side=one.side,
            )
        except DuplicateAnnotation:
            session.rollback()
            continue
        moment = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(seconds=one.seconds)
        values = {
            "created_at": moment,
            "updated_at": moment + timedelta(days=1),
            "tagged_month": month_number(moment),
            "made_blind": one.is_blind,
        }
        session.execute(update(Annotation).where(Annotation.id == made.id).values(values))
        session.commit()


def _at(rows: Sequence[Model], number: int | None) -> Model | None:
    return rows[number] if number is not None and number < len(rows) else None


def export(database: Database, member: Member) -> bytes:
    return b"".join(csv_chunks(database, Selection(member.project_id, "http://gloss.example")))


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Return the cells of a file as they are written there."""
    file = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(file, strict=True))


def without_own(row: dict[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name not in OWN}
