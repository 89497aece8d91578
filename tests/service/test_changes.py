"""Which pairs someone is shown, compared with plain SQL; and what becomes of verdicts on them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.articles.service.articles import archive, set_mode
from app.assignments.service import assignments
from app.core.errors import Conflict, Forbidden, GlossError, Invalid, NotFound
from app.discussion.models import REASON_LIMIT, Verdict
from app.discussion.queries.verdicts import list_verdicts
from app.discussion.queries.verify import verify
from app.discussion.service import verdicts
from app.events.models import Event
from app.parties.models import Party, Position
from app.parties.service.aliases import merge
from app.projects.models import Member
from app.projects.roles import Role
from app.statements.asked_changes import AskedChanges, ChangesView, Verdicts, read_rank, write_rank
from app.statements.changes import Which
from app.statements.queries.changes import list_changes
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_member,
    add_party,
    add_position,
)
from tests.harness.findings import Reference
from tests.harness.world import add_world

EXAMPLES = 15
PAIRS = text("""
SELECT s.id AS supporting, o.id AS opposing, coalesce(sp.alias_of_id, sp.id) AS party,
    coalesce(sq.alias_of_id, sq.id) AS position, coalesce(v.value, '') AS value,
    s.article_id AS s_article, o.article_id AS o_article, s.start AS s_start, o.start AS o_start,
    sa.published_on AS s_day, oa.published_on AS o_day
FROM annotations s
JOIN parties sp ON sp.id = s.party_id
JOIN positions sq ON sq.id = s.position_id
JOIN articles sa ON sa.id = s.article_id
JOIN annotations o ON o.project_id = s.project_id AND o.deleted_at IS NULL AND o.side = 'against'
JOIN parties op ON op.id = o.party_id
    AND coalesce(op.alias_of_id, op.id) = coalesce(sp.alias_of_id, sp.id)
JOIN positions oq ON oq.id = o.position_id
    AND coalesce(oq.alias_of_id, oq.id) = coalesce(sq.alias_of_id, sq.id)
JOIN articles oa ON oa.id = o.article_id
LEFT JOIN verdicts v ON v.supporting_id = s.id AND v.opposing_id = o.id
    AND v.supporting_party_id = s.party_id AND v.opposing_party_id = o.party_id
    AND v.supporting_position_id = s.position_id AND v.opposing_position_id = o.position_id
WHERE s.project_id = :project_id AND s.deleted_at IS NULL AND s.side = 'for'
""")
SAID = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(["for", "against", ""])),
    min_size=12,
    max_size=12,
)
ASKED = st.builds(
    AskedChanges,
    party=st.none() | st.integers(1, 3),
    position=st.none() | st.integers(1, 3),
    article=st.none() | st.integers(1, 5),
    which=st.none() | st.sampled_from(Which),
    verdict=st.sampled_from(Verdicts),
    view=st.sampled_from(ChangesView),
)


def test_every_pair_is_shown_that_plain_sql_finds_and_no_other(session: Session) -> None:
    world = add_world(session)
    curator = world.room.curator
    parties = [add_party(session, curator, f"Party {number}") for number in range(3)]
    positions = [add_position(session, curator, f"Position {number}.") for number in range(3)]
    parties[1].alias_of_id, positions[1].alias_of_id = parties[0].id, positions[0].id
    session.commit()
    references = [Reference(session, member) for member in world.members]
    own = select(Annotation).where(Annotation.project_id == curator.project_id)
    rows = session.scalars(own.order_by(Annotation.id)).all()

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(references), SAID, ASKED, st.integers(2, 6), st.integers(0, 5))
    def check(
        reference: Reference,
        said: list[tuple[int, int, str]],
        asked: AskedChanges,
        size: int,
        judged: int,
    ) -> None:
        state = session.begin_nested()
        for number, row in enumerate(rows):
            party, position, side = said[number % len(said)]
            row.party_id, row.position_id = parties[party].id, positions[position].id
            row.side = side
        session.flush()
        add_verdicts(session, curator, judged)
        compare(session, reference, asked, size)
        state.rollback()

    check()


def add_verdicts(session: Session, member: Member, number: int) -> None:
    """Give some of the pairs a verdict, one of them about another party."""
    found = session.execute(PAIRS, {"project_id": member.project_id}).all()
    for place, row in enumerate(sorted(found)[:number]):
        supporting = session.get_one(Annotation, row.supporting)
        opposing = session.get_one(Annotation, row.opposing)
        lapsed, party_id = place == 1, supporting.party_id or 0
        value = (*verdicts.VALUES, "")[place % 4]
        session.add(
            Verdict(
                project_id=member.project_id,
                supporting_id=supporting.id,
                opposing_id=opposing.id,
                value=value,
                reason="why" if value == verdicts.NEITHER else "",
                account_id=member.account_id,
                supporting_party_id=party_id % 3 + 1 if lapsed else party_id,
                supporting_position_id=supporting.position_id,
                opposing_party_id=opposing.party_id,
                opposing_position_id=opposing.position_id,
                version=1,
            )
        )
    session.flush()


def compare(session: Session, reference: Reference, asked: AskedChanges, size: int) -> None:
    member = reference.member
    seen = {one.id for one in reference.all}
    found = [
        row
        for row in session.execute(PAIRS, {"project_id": member.project_id})
        if {row.supporting, row.opposing} <= seen and is_wanted(session, row, asked)
    ]
    found.sort(key=rank_of, reverse=True)
    shown = found
    if asked.view is ChangesView.LATEST:
        firsts: dict[tuple[int, int], Row[Any]] = {}
        for row in found:
            firsts.setdefault((row.party, row.position), row)
        shown = list(firsts.values())
    shown = [row for row in shown if asked.verdict.includes(row.value)]
    changes = list_changes(session, member, asked)
    assert changes.in_all == len(found)
    assert changes.count == len(shown)
    pages = [(*each.pair.key, each.said.value) for page in pages_of(changes, size) for each in page]
    assert pages == [(row.supporting, row.opposing, row.value) for row in shown]


def pages_of(changes: Any, size: int) -> Iterator[Any]:  # noqa: ANN401  (of either view)
    after, has_more = None, True
    while has_more:
        page, has_more = changes.page(after, size)
        yield page
        if page:
            after = read_rank(write_rank(page[-1].pair.rank))
            assert after == page[-1].pair.rank


def is_wanted(session: Session, row: Row[Any], asked: AskedChanges) -> bool:
    mains: Mapping[str, tuple[int | None, type[Party | Position]]] = {
        "party": (asked.party, Party),
        "position": (asked.position, Position),
    }
    for name, (row_id, model) in mains.items():
        if row_id and session.get_one(model, row_id).main_id != getattr(row, name):
            return False
    if asked.article not in {None, row.s_article, row.o_article}:
        return False
    is_in_one = row.s_article == row.o_article
    return asked.which is None or is_in_one == (asked.which is Which.ARTICLE)


def rank_of(row: Row[Any]) -> tuple[Any, ...]:
    """Return by what pairs stand, the last first: dated ones, then the later passage's place."""
    places = [
        (str(day or ""), article, start, number)
        for day, article, start, number in (
            (row.s_day, row.s_article, row.s_start, row.supporting),
            (row.o_day, row.o_article, row.o_start, row.opposing),
        )
    ]
    is_dated = row.s_day is not None and row.o_day is not None
    return (is_dated, max(places), min(places))


@pytest.fixture
def pair(session: Session, room: Room) -> tuple[Annotation, Annotation]:
    """Give what a party says for a position in one article, and against it in another."""
    party, position = add_party(session, room.curator), add_position(session, room.curator)
    other = add_article(session, "It floods every spring, and nobody cares.", title="Floods")
    return (
        add_annotation(
            session, room.annotator, room.article, party=party, position=position, side="for"
        ),
        add_annotation(
            session,
            room.annotator,
            other,
            "nobody cares",
            party=party,
            position=position,
            side="against",
        ),
    )


Both = tuple[Annotation, Annotation]


def judge(
    session: Session, actor: Member, pair: Both, value: str, *, version: int = 0, reason: str = ""
) -> verdicts.VerdictGiven:
    given = verdicts.give(
        session,
        actor=actor,
        supporting_id=pair[0].id,
        opposing_id=pair[1].id,
        version=version,
        value=value,
        reason=reason,
    )
    session.commit()
    return given


def said(session: Session, member: Member) -> list[tuple[str, str, str]]:
    """Return what a member reads of every verdict: its value, its reason, and who gave it."""
    return [(one.value, one.reason, one.by) for one in list_verdicts(session, member).values()]


def test_a_verdict_is_given_changed_and_taken_back_each_as_an_event(
    session: Session, room: Room, pair: Both
) -> None:
    first = judge(session, room.annotator, pair, verdicts.CHANGE)
    assert judge(session, room.annotator, pair, verdicts.CHANGE).event_id is None
    assert said(session, room.reader) == [("change", "", room.annotator.account.name)]
    second = judge(
        session, room.curator, pair, verdicts.NEITHER, version=1, reason=" Two boards.\r\n"
    )
    assert second.event_id
    assert said(session, room.reader) == [("neither", "Two boards.", room.curator.account.name)]
    with pytest.raises(Conflict, match="changed or taken back since"):
        verdicts.undo(session, actor=room.annotator, event_id=first.event_id or 0)
    events = session.scalars(select(Event).where(Event.kind.in_(verdicts.KINDS))).all()
    assert verdicts.undoable(session, room.annotator, events) == {second.event_id}
    assert verdicts.undoable(session, room.reader, events) == set()
    verdicts.undo(session, actor=room.annotator, event_id=second.event_id)
    session.commit()
    assert said(session, room.reader) == [("change", "", room.annotator.account.name)]
    judge(session, room.curator, pair, verdicts.NONE, version=3)
    assert said(session, room.reader) == [("", "", "")]
    query = select(Event.kind).where(Event.kind.in_(verdicts.KINDS))
    kinds = session.scalars(query.order_by(Event.id)).all()
    assert kinds == [verdicts.GIVEN, verdicts.GIVEN, verdicts.UNDONE, verdicts.GIVEN]
    assert list(verify(session)) == []
    session.get_one(Verdict, first.verdict.id).reason = "x"
    session.get_one(Verdict, first.verdict.id).value = "neither"
    assert list(verify(session)) == ["verdict 1: it is not what its last event says"]


def test_a_verdict_that_nobody_may_give_is_refused(
    session: Session, room: Room, pair: Both
) -> None:
    refused: list[tuple[Member, str, str, int, type[GlossError], str]] = [
        (room.reader, "change", "", 0, Forbidden, "You may not discuss annotations"),
        (room.annotator, "sometimes", "", 0, Invalid, "Choose: a change"),
        (room.annotator, "neither", " ", 0, Invalid, "Say why it is neither"),
        (room.annotator, "neither", "x" * (REASON_LIMIT + 1), 0, Invalid, "at most 1,000"),
        (room.annotator, "", "", 0, NotFound, "no such verdict"),
    ]
    for actor, value, reason, version, error, words in refused:
        with pytest.raises(error, match=words):
            judge(session, actor, pair, value, reason=reason, version=version)
    with pytest.raises(Conflict, match="no longer for and against"):
        judge(session, room.annotator, pair[::-1], "change")
    judge(session, room.annotator, pair, "change")
    with pytest.raises(Conflict, match="Someone gave another verdict"):
        judge(session, room.curator, pair, "contradiction")
    article = session.get_one(Annotation, pair[1].id).article_id
    archive(session, actor=room.curator, article=session.get_one(type(room.article), article))
    session.commit()
    with pytest.raises(Conflict, match="One of the articles is archived"):
        judge(session, room.curator, pair, "contradiction", version=1)


def test_a_verdict_lapses_where_a_passage_says_something_else_and_a_merge_lets_it_be(
    session: Session, room: Room, pair: Both
) -> None:
    judge(session, room.annotator, pair, "change")
    kept = [("change", "", room.annotator.account.name)]
    other = add_party(session, room.curator, "Bo")
    main = add_party(session, room.curator, "The port")
    position = add_position(session, room.curator, "The port is sold.")
    merge(session, Party, actor=room.curator, row_id=pair[0].party_id or 0, into_id=main.id)
    session.commit()
    assert said(session, room.reader) == kept
    own = (pair[0].party_id, pair[0].position_id, "for")
    otherwise = ((other.id, *own[1:]), (own[0], position.id, "for"), (*own[:2], "against"))
    for each in otherwise:
        for (party, about, side), expected in ((each, [("", "", "")]), (own, kept)):
            session.refresh(pair[0])
            annotations.change(
                session,
                actor=room.annotator,
                annotation_id=pair[0].id,
                version=pair[0].version,
                party=str(party),
                position=str(about),
                side=side,
            )
            session.commit()
            assert said(session, room.reader) == expected, each
    annotations.change(
        session,
        actor=room.annotator,
        annotation_id=pair[0].id,
        version=pair[0].version,
        tag="demand",
        note="Still so.",
    )
    assert said(session, room.reader) == kept
    annotations.delete(session, actor=room.curator, annotation_id=pair[1].id, version=1)
    assert said(session, room.reader) == [("", "", "")]
    annotations.restore(session, actor=room.curator, annotation_id=pair[1].id)
    assert said(session, room.reader) == kept


def test_nobody_judges_what_they_may_not_see_or_discuss_yet(
    session: Session, room: Room, pair: Both
) -> None:
    set_mode(session, actor=room.curator, article=room.article, mode="independent")
    zeno = add_member(session, Role.ANNOTATOR, "Zeno")
    session.commit()
    with pytest.raises(NotFound):
        judge(session, zeno, pair, "change")
    given = judge(session, room.curator, pair, "change")
    assert said(session, zeno) == []
    with pytest.raises(NotFound):
        verdicts.undo(session, actor=zeno, event_id=given.event_id or 0)
    assignments.set_progress(session, actor=zeno, article=room.article, state="done")
    session.commit()
    assert said(session, zeno) == [("change", "", room.curator.account.name)]
    with pytest.raises(Conflict, match="tagged independently"):
        judge(session, zeno, pair, "contradiction", version=1)
