"""Tagging every place where words occur, by one act: what holds on both databases."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.pages.event_text import describe, names_in
from app.activity.queries import acts_to_undo
from app.annotations.models import Annotation
from app.annotations.service import annotations, bulk, occurrences
from app.annotations.service.occurrences import SeenPlace
from app.articles.models import Article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.queries.progress import find_progress
from app.assignments.service import assignments
from app.core.errors import Conflict, Forbidden, Invalid
from app.events.models import Event
from app.findings.asked import Asked
from app.findings.pages.occurrences import read_hits, spot_of
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.tagging_modes import Mode
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_member,
    add_theme,
    correct,
)


def spots_of(session: Session, member: Member, q: str) -> list[SeenPlace]:
    return [spot_of(hit) for hit in read_hits(session, member, Asked(q=q))]


def tag(
    session: Session, member: Member, spots: list[SeenPlace], key: str = "", **typed: str
) -> tuple[occurrences.TagPlan, int | None]:
    done = occurrences.carry_out(
        session,
        actor=member,
        spots=spots,
        client_key=key or uuid.uuid4().hex,
        as_of=occurrences.last_seen(session, member),
        **{"tag": "claim", **typed},
    )
    session.commit()
    return done


def living(session: Session) -> list[tuple[str, str, int]]:
    query = select(Annotation.quote, Annotation.tag_name, Annotation.account_id)
    rows = session.execute(query.where(Annotation.deleted_at.is_(None)).order_by(Annotation.id))
    return [(row[0], row[1], row[2]) for row in rows]


@pytest.mark.usefixtures("sound")
def test_each_place_gets_the_exact_words_that_stand_there_and_one_undo_takes_all_back(
    session: Session, room: Room
) -> None:
    other = add_article(session, "L’Élan floods.\n\nSix élans. An «ÉLAN».", title="Another")
    theme = add_theme(session, room.curator, "floods")
    spots = spots_of(session, room.annotator, "elan OR floods")
    done, event_id = tag(
        session, room.annotator, spots, tag="demand", note="Look!", themes=str(theme.id)
    )
    assert event_id is not None
    assert done.count == len(spots) == 6
    made = session.scalars(select(Annotation).order_by(Annotation.id)).all()
    assert [one.quote for one in made] == ["floods"] * 3 + ["Élan", "floods", "ÉLAN"]
    assert {(one.tag_name, one.note, one.themes) for one in made} == {
        ("demand", "Look!", (theme.id,))
    }
    assert {one.article_id for one in made} == {room.article.id, other.id}
    event = session.get_one(Event, event_id)
    assert describe(event, names_in(session, [event])) == "tagged places as demand, as one act"
    assert acts_to_undo(session, room.annotator, [event]) == {event_id}
    undone = session.get_one(Event, bulk.undo(session, actor=room.annotator, event_id=event_id))
    session.commit()
    assert living(session) == []
    words = describe(undone, names_in(session, [undone]))
    assert words == "took back the tag demand that was given to places"
    assert acts_to_undo(session, room.annotator, [event]) == set()
    with pytest.raises(Conflict, match="taken back already"):
        bulk.undo(session, actor=room.annotator, event_id=event_id)


@pytest.mark.usefixtures("sound")
def test_what_is_tagged_so_is_skipped_and_what_someone_changed_since_stays(
    session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "The road floods.", tag="claim")
    own = add_annotation(session, room.annotator, room.article, "nobody", tag="claim")
    spots = spots_of(session, room.annotator, "nobody OR road")
    planned = occurrences.plan(session, actor=room.annotator, spots=spots, as_of=0, tag="claim")
    assert (planned.count, planned.tagged) == (3, [own.id])  # a longer passage is another one
    done, event_id = tag(session, room.annotator, spots)
    assert (done.count, done.same, done.moved) == (3, 1, [])
    assert event_id is not None
    # Another member sees that they have that tag, and tags them otherwise.
    assert tag(session, room.curator, spots)[1] is None
    assert tag(session, room.curator, spots, tag="demand")[0].count == 4
    roads = select(Annotation).where(Annotation.quote == "road", Annotation.tag_name == "claim")
    first = session.scalars(roads.order_by(Annotation.id)).all()[0]
    annotations.change(session, actor=room.curator, annotation_id=first.id, version=1, note="Mine!")
    session.commit()
    bulk.undo(session, actor=room.annotator, event_id=event_id)
    session.commit()
    claims = [quote for quote, tag_name, _by in living(session) if tag_name == "claim"]
    assert claims == ["The road floods.", own.quote, "road"]


@pytest.mark.usefixtures("sound")
def test_an_article_that_changed_meanwhile_is_left_and_named(session: Session, room: Room) -> None:
    corrected = add_article(session, f"{TEXT} Another road.")
    archived = add_article(session, f"{TEXT} A third road.")
    before = occurrences.last_seen(session, room.annotator)
    spots = spots_of(session, room.annotator, "road")
    correct(session, room.curator, corrected, "Another road.")
    articles.archive(session, actor=room.curator, article=archived)
    session.commit()
    since = occurrences.texts_since(session, room.article.project_id, before)
    assert since == {corrected.id}
    done, event_id = tag(session, room.annotator, spots)
    assert done.count == 3
    assert {spot.article_id for spot in done.moved} == {corrected.id, archived.id}
    assert len(done.moved) == 8
    event = session.get_one(Event, event_id)
    assert event.after is not None
    assert event.after["moved_count"] == 8


@pytest.mark.usefixtures("sound")
def test_in_an_independent_article_others_tags_are_as_if_they_were_not_there(
    session: Session, room: Room
) -> None:
    zeno = add_member(session, Role.ANNOTATOR, "Zeno")
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    session.commit()
    spots = spots_of(session, zeno, "road")
    assert tag(session, zeno, spots)[0].count == 3
    done, _event_id = tag(session, room.annotator, spots)
    assert (done.count, done.same) == (3, 0)
    made = session.scalars(select(Annotation)).all()
    assert all(one.made_blind for one in made)
    progress = find_progress(session, article_id=room.article.id, account_id=zeno.account_id)
    assert progress is not None
    assert progress.state.value == "in progress"
    # Who sees all is told that there is nothing left to tag.
    as_of = occurrences.last_seen(session, room.curator)
    planned = occurrences.plan(session, actor=room.curator, spots=spots, as_of=as_of, tag="claim")
    assert (planned.count, planned.same, planned.tagged) == (0, 3, [])


def test_it_is_done_once_whoever_asks_twice(session: Session, room: Room) -> None:
    spots = spots_of(session, room.annotator, "road")
    _done, event_id = tag(session, room.annotator, spots, "a key")
    assert tag(session, room.annotator, spots, "a key")[1] == event_id
    assert len(living(session)) == 3


def test_who_only_reads_tags_nothing_and_places_of_others_projects_are_nobodys(
    session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    spots = spots_of(session, room.annotator, "road")
    with pytest.raises(Forbidden):
        tag(session, room.reader, spots)
    stranger = add_member(session, Role.OWNER, slug="second")
    done, event_id = tag(session, stranger, spots)
    assert (done.moved, event_id) == ([], None)
    far = [SeenPlace(spots[0].article_id, spots[0].revision_id, 10_000, 10_001)]
    assert tag(session, room.annotator, far)[0].unfit == 1
    with pytest.raises(Invalid, match="four tags"):
        tag(session, room.annotator, spots, tag="praise")
    theme = add_theme(session, room.curator, "ports")
    theme.archived_at = room.article.created_at
    session.commit()
    with pytest.raises(Invalid, match="archived"):
        tag(session, room.annotator, spots, themes=str(theme.id))
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    with pytest.raises(Conflict, match="At most 2"):
        tag(session, room.annotator, spots)
    session.rollback()
    assert living(session) == []


def test_articles_that_were_assigned_are_in_progress_then(session: Session, room: Room) -> None:
    other = add_article(session, "A road.", title="Another")
    both: list[Article] = [room.article, other]
    assignments.assign(
        session,
        actor=room.owner,
        articles=both,
        account_ids=[room.annotator.account_id],
        due_on=None,
    )
    session.commit()
    tag(session, room.annotator, spots_of(session, room.annotator, "road"))
    for article in both:
        progress = find_progress(
            session, article_id=article.id, account_id=room.annotator.account_id
        )
        assert progress is not None
        assert progress.state.value == "in progress"
