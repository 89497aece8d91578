"""Themes: what a project calls them, and what annotations carry, through every way of changing."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.pages.event_text import describe, names_in
from app.activity.queries import ActivityFilter, ActivityScope, list_events
from app.annotations.models import Annotation, AnnotationTheme
from app.annotations.pages.event_text import tell_undone
from app.annotations.queries.anchors import PassageQuery
from app.annotations.queries.lists import list_history
from app.annotations.queries.past_revisions import list_earlier
from app.annotations.queries.verify import verify
from app.annotations.service import annotations
from app.annotations.service.duplicates import DuplicateAnnotation
from app.annotations.service.undo import redo, undo
from app.articles.queries.articles import current_revision
from app.assignments.queries.visibility import EVERYONE
from app.codebook.service import merge, undo_merge
from app.core.db import Database
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.events.models import Event
from app.projects.models import Member
from app.themes import queries
from app.themes.fields import join_names, split_names
from app.themes.models import NAME_LIMIT, TEXT_LIMIT, Theme
from app.themes.service import themes as service
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_room,
    add_theme,
    correct,
    give_themes,
)

QUOTE = "It floods every spring"
QUOTES = (QUOTE, "nobody repairs it", "We have no money", "said the mayor")


def carried(session: Session, annotation: Annotation) -> tuple[set[int], set[int]]:
    """Return the themes of an annotation as it says them, and as it is found by them."""
    session.refresh(annotation)
    rows = select(AnnotationTheme.theme_id).where(AnnotationTheme.annotation_id == annotation.id)
    return set(annotation.themes), set(session.scalars(rows))


def said(session: Session) -> list[str]:
    """Return what happened with themes, in words."""
    kinds = Event.kind.in_(service.KINDS)
    events = session.scalars(select(Event).where(kinds).order_by(Event.id)).all()
    return [describe(event, names_in(session, events)) for event in events]


def change(session: Session, actor: Member, theme: Theme, **typed: str) -> Theme:
    """Change what a theme says, where it stands."""
    changed = service.change(
        session,
        actor=actor,
        theme_id=theme.id,
        version=theme.version,
        parent_id=theme.parent_id,
        typed=typed,
    )
    session.commit()
    return changed


def test_names_that_differ_by_case_accents_or_marks_are_the_same(
    session: Session, room: Room
) -> None:
    made = add_theme(session, room.annotator, "  Élan\tof\u2019ports ")
    assert made.name == "Élan of’ports"
    for name in ("elan of'ports", "ÉLAN OF’PORTS", "élan  of’ports"):
        with pytest.raises(service.ThemeNameTaken, match="Élan of’ports") as caught:
            add_theme(session, room.curator, name)
        assert caught.value.theme.id == made.id
        session.rollback()
    other = add_theme(session, add_room(session, "second").annotator, "Élan of’ports")
    assert other.project_id != made.project_id


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": " \t"}, "name", "Give the theme a name"),
        ({"name": "“”"}, "name", "Give the theme a name"),
        ({"name": "ports; fishing"}, "name", "no semicolon"),
        ({"name": "x" * (NAME_LIMIT + 1)}, "name", "at most 80 characters; this has 81"),
        ({"name": "x", "definition": "x" * (TEXT_LIMIT + 1)}, "definition", "at most 2,000"),
        ({"name": "x", "example": "x" * (TEXT_LIMIT + 1)}, "example", "at most 2,000"),
        ({"name": "x", "colour": "red"}, "colour", "blue, teal, green"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(
    session: Session, room: Room, typed: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        service.create(session, actor=room.annotator, typed=typed)
    assert caught.value.field == field
    assert queries.list_themes(session, room.article.project_id) == []


def test_annotators_make_themes_and_curators_keep_them(session: Session, room: Room) -> None:
    with pytest.raises(Forbidden, match="make themes"):
        add_theme(session, room.reader, "ports")
    made = add_theme(session, room.annotator, "ports")
    for actor in (room.reader, room.annotator):
        with pytest.raises(Forbidden, match="change, merge and archive themes"):
            change(session, actor, made, name="harbours")
        for act in (service.archive, service.restore):
            with pytest.raises(Forbidden):
                act(session, actor=actor, theme_id=made.id)
    change(session, room.curator, made, name="harbours", definition="Where ships land.")
    change(session, room.curator, made, definition="Where ships land and leave.")
    service.archive(session, actor=room.curator, theme_id=made.id)
    service.archive(session, actor=room.curator, theme_id=made.id)
    service.restore(session, actor=room.owner, theme_id=made.id)
    assert said(session) == [
        "made the theme “ports”",
        "renamed the theme “ports” to “harbours”",
        "changed what the theme “harbours” says",
        "archived the theme “harbours”",
        "restored the theme “harbours”",
    ]
    session.commit()
    assert list(queries.verify(session)) == []
    with pytest.raises(NotFound):
        queries.find(session, project_id=add_room(session, "second").article.project_id, theme_id=1)


def test_of_two_who_change_a_theme_at_once_the_second_sees_the_first(
    session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "ports")
    other = add_theme(session, room.curator, "fishing")
    change(session, room.curator, theme, name="harbours")
    with pytest.raises(service.ThemeConflict, match="Someone changed this theme"):
        service.change(
            session,
            actor=room.owner,
            theme_id=theme.id,
            version=1,
            parent_id=None,
            typed={"name": "quays"},
        )
    # What is there already is no conflict.
    again = service.change(
        session,
        actor=room.owner,
        theme_id=theme.id,
        version=1,
        parent_id=None,
        typed={"name": "harbours"},
    )
    assert again.version == 2
    with pytest.raises(service.ThemeNameTaken):
        change(session, room.curator, other, name="Harbours")
    session.rollback()
    assert other.name == "fishing"
    change(session, room.curator, other, name="Fishing")  # its own name is not in its way


def test_a_theme_stands_under_another_but_in_no_circle_and_not_too_deep(
    session: Session, room: Room
) -> None:
    chain = [add_theme(session, room.curator, "level 1")]
    for level in range(2, service.MOST_LEVELS + 1):
        chain.append(add_theme(session, room.curator, f"level {level}", parent=chain[-1]))

    def put(theme: Theme, parent: Theme | None) -> Theme:
        return service.change(
            session,
            actor=room.curator,
            theme_id=theme.id,
            version=theme.version,
            parent_id=parent.id if parent else None,
            typed={},
        )

    for below in chain:
        with pytest.raises(Invalid, match="under itself"):
            put(chain[0], below)
    with pytest.raises(Invalid, match="at most 5 levels"):
        add_theme(session, room.curator, "too deep", parent=chain[-1])
    session.rollback()
    above = add_theme(session, room.curator, "above")
    with pytest.raises(Invalid, match="at most 5 levels"):
        put(chain[0], above)
    put(chain[2], above)
    put(chain[0], chain[3])
    assert said(session)[-2:] == ["moved the theme “level 3”", "moved the theme “level 1”"]
    elsewhere = add_theme(session, add_room(session, "second").curator, "elsewhere")
    with pytest.raises(Invalid, match="no such theme"):
        put(above, elsewhere)


def test_an_annotation_carries_themes_through_undo_redo_and_the_trash(
    session: Session, room: Room
) -> None:
    ports, fishing = (add_theme(session, room.annotator, name) for name in ("ports", "fishing"))
    made = add_annotation(session, room.annotator, room.article, QUOTE)
    assert carried(session, made) == (set(), set())
    give_themes(session, room.annotator, made, ports, fishing)
    give_themes(session, room.annotator, made, fishing)
    assert carried(session, made) == ({fishing.id}, {fishing.id})
    article_id = room.article.id
    wanted = [{ports.id, fishing.id}, set(), {ports.id, fishing.id}, {fishing.id}]
    for act, ids in zip((undo, undo, redo, redo), wanted, strict=True):
        done = act(
            session, actor=room.annotator, article_id=article_id, client_key=uuid.uuid4().hex
        )
        session.commit()
        assert carried(session, made) == (ids, ids)
        if act is undo:
            assert tell_undone(done.act) == f"The themes are as they were before: “{QUOTE}”"
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=made.version)
    assert carried(session, made)[1] == {fishing.id}
    annotations.restore(session, actor=room.annotator, annotation_id=made.id)
    session.commit()
    assert carried(session, made) == ({fishing.id}, {fishing.id})
    change(session, room.curator, fishing, name="fisheries")  # history says what it is called now
    names = {ports.id: "ports", fishing.id: "fisheries"}
    events = [row.event for row in list_history(session, made.id)]
    assert [describe(event, names_in(session, events)) for event in events[:4]] == [
        "tagged as claim",
        "added the themes “fisheries”, “ports”",
        "took the theme “ports” away",
        "added the theme “ports”, by undo",
    ]
    assert names_in(session, events).called.themes == names
    assert list(verify(session)) == []


def test_who_changes_themes_of_an_old_version_sees_both(session: Session, room: Room) -> None:
    ports, fishing = (add_theme(session, room.annotator, name) for name in ("ports", "fishing"))
    made = add_annotation(session, room.annotator, room.article, QUOTE)
    give_themes(session, room.curator, made, ports)
    with pytest.raises(annotations.EditConflict):
        annotations.change(
            session,
            actor=room.annotator,
            annotation_id=made.id,
            version=1,
            themes=str(fishing.id),
        )
    same = annotations.change(
        session, actor=room.annotator, annotation_id=made.id, version=1, themes=str(ports.id)
    )
    assert same.version == 2


def test_one_person_passage_and_tag_is_one_annotation_whatever_its_themes(
    session: Session, room: Room
) -> None:
    ports, fishing = (add_theme(session, room.annotator, name) for name in ("ports", "fishing"))
    made = add_annotation(session, room.annotator, room.article, QUOTE, themes=(ports, fishing))
    assert carried(session, made) == ({ports.id, fishing.id}, {ports.id, fishing.id})
    for themes in ((), (ports,), (fishing, ports)):
        again = add_annotation(session, room.annotator, room.article, QUOTE, themes=themes)
        assert again.id == made.id
    other = add_theme(session, room.annotator, "weather")
    with pytest.raises(DuplicateAnnotation):
        add_annotation(session, room.annotator, room.article, QUOTE, themes=(other,))
    assert add_annotation(session, room.curator, room.article, QUOTE).id != made.id


def test_renaming_and_archiving_leave_annotations_as_they_are(session: Session, room: Room) -> None:
    theme = add_theme(session, room.curator, "ports")
    made = add_annotation(session, room.annotator, room.article, QUOTE, themes=(theme,))
    last = session.scalars(select(Event.id).where(Event.annotation_id == made.id)).all()
    change(session, room.curator, theme, name="harbours")
    service.archive(session, actor=room.curator, theme_id=theme.id)
    session.commit()
    assert carried(session, made) == ({theme.id}, {theme.id})
    assert made.version == 1
    assert session.scalars(select(Event.id).where(Event.annotation_id == made.id)).all() == last
    annotations.change(
        session, actor=room.annotator, annotation_id=made.id, version=1, note="still there"
    )
    other = add_annotation(session, room.annotator, room.article, "nobody repairs it")
    with pytest.raises(Invalid, match="archived") as caught:
        give_themes(session, room.annotator, other, theme)
    assert caught.value.field == "themes"
    session.rollback()
    give_themes(session, room.annotator, made)
    undo(session, actor=room.annotator, article_id=room.article.id, client_key="back")
    session.commit()
    assert carried(session, made)[0] == {theme.id}  # what was there comes back


@pytest.mark.parametrize("typed", ["x", "1;x", "-1", "1.5", "²", "12345678901"])
def test_a_form_that_names_no_themes_is_refused(session: Session, room: Room, typed: str) -> None:
    with pytest.raises(Invalid):
        annotations.create(
            session,
            actor=room.annotator,
            article_id=room.article.id,
            asked=PassageQuery(QUOTE),
            tag="claim",
            themes=typed,
            client_key="key",
        )


def test_an_annotation_carries_at_most_twenty_and_none_of_another_project(
    session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, QUOTE)
    elsewhere = add_theme(session, add_room(session, "second").curator, "elsewhere")
    with pytest.raises(Invalid):
        give_themes(session, room.annotator, made, elsewhere)
    session.rollback()
    many = [add_theme(session, room.curator, f"theme {number}") for number in range(21)]
    give_themes(session, room.annotator, made, *many[:20])
    with pytest.raises(Invalid, match="at most 20 themes; these are 21"):
        give_themes(session, room.annotator, made, *many)


def test_a_correction_takes_themes_along_and_the_past_revision_keeps_them(
    session: Session, room: Room
) -> None:
    ports, fishing = (add_theme(session, room.annotator, name) for name in ("ports", "fishing"))
    made = add_annotation(session, room.annotator, room.article, QUOTE, themes=(ports,))
    first = current_revision(session, room.article.id)
    correct(session, room.curator, room.article, TEXT.replace("spring", "autumn and spring"))
    assert carried(session, made) == ({ports.id}, {ports.id})
    give_themes(session, room.annotator, made, fishing)
    (earlier,) = list_earlier(session, first, EVERYONE)
    assert earlier.state.themes == (ports.id,)
    assert list(verify(session)) == []


@given(
    first_ones=st.lists(st.sets(st.integers(0, 2)), min_size=1, max_size=4),
    meanwhile=st.sets(st.integers(0, 3)),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_merge_is_one_act_and_its_undo_gives_back_what_was_there(
    session: Session,
    database: Database,
    room: Room,
    first_ones: list[set[int]],
    meanwhile: set[int],
) -> None:
    article = add_article(session)
    number = uuid.uuid4().hex
    themes = [add_theme(session, room.curator, f"{name} {number}") for name in "abc"]
    first, second, third = (theme.id for theme in themes)
    made = []
    for quote, places in zip(QUOTES, first_ones, strict=False):
        wanted = [themes[place] for place in sorted(places)]
        made.append(add_annotation(session, room.annotator, article, quote, themes=wanted))
    before = [set(each.themes) for each in made]
    merged = merge(session, actor=room.curator, theme_id=first, into_id=second)
    session.commit()
    after = [{second if theme_id == first else theme_id for theme_id in ids} for ids in before]
    assert [set(each.themes) for each in made] == after
    assert merged.changed == sum(first in ids for ids in before)
    # What somebody changes meanwhile stays theirs.
    others = {place for place in meanwhile if place < len(made) and after[place] != {third}}
    for place in others:
        give_themes(session, room.annotator, made[place], themes[2])
    undone = undo_merge(session, actor=room.owner, event_id=merged.event_id)
    session.commit()
    last = [{third} if place in others else ids for place, ids in enumerate(before)]
    assert [set(each.themes) for each in made] == last
    skipped = sum(first in before[place] for place in others)
    assert (undone.changed, undone.skipped) == (merged.changed - skipped, skipped)
    with pytest.raises(Conflict, match="was taken back already"):
        undo_merge(session, actor=room.curator, event_id=merged.event_id)
    again = merge(session, actor=room.curator, theme_id=first, into_id=third)
    service.restore(session, actor=room.curator, theme_id=first)
    with pytest.raises(Conflict, match="was changed since it was merged"):
        undo_merge(session, actor=room.curator, event_id=again.event_id)
    session.rollback()
    with database.session() as other:
        assert [*queries.verify(other), *verify(other)] == []


def test_a_merge_is_said_once_and_is_no_act_of_an_article_to_undo(
    session: Session, room: Room
) -> None:
    ports, quays = (add_theme(session, room.curator, name) for name in ("ports", "quays"))
    ports_id, quays_id = ports.id, quays.id
    made = add_annotation(session, room.curator, room.article, QUOTE, themes=(ports,))
    merge(session, actor=room.curator, theme_id=ports_id, into_id=quays_id)
    session.commit()
    assert said(session)[-1] == "merged the theme “ports” into “quays”"
    kinds = ActivityFilter(frozenset({annotations.CREATED, annotations.CHANGED}))
    listed = list_events(session, ActivityScope(room.curator), kinds, before=None, limit=9)
    assert [row.event.kind for row in listed] == [annotations.CREATED]
    with pytest.raises(Conflict, match="changed this annotation since"):
        undo(session, actor=room.curator, article_id=room.article.id, client_key="back")
    session.rollback()
    assert carried(session, made)[0] == {quays_id}
    session.rollback()
    for theme_id, into_id, error in (
        (ports_id, quays_id, Conflict),  # it is archived
        (quays_id, quays_id, Invalid),
        (quays_id, None, Invalid),
        (quays_id, 999, NotFound),
    ):
        with pytest.raises(error):
            merge(session, actor=room.curator, theme_id=theme_id, into_id=into_id)
        session.rollback()
    with pytest.raises(Forbidden):
        merge(session, actor=room.annotator, theme_id=quays_id, into_id=ports_id)


def test_a_project_has_so_many_themes_and_no_more(
    session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_THEMES", 1)
    add_theme(session, room.annotator, "ports")
    with pytest.raises(Conflict, match="at most 1 themes"):
        add_theme(session, room.annotator, "fishing")


def test_names_in_one_line_are_read_as_they_are_written() -> None:
    assert split_names(" ports ;; Élan; elan;fishing  boats;") == [
        "ports",
        "Élan",
        "fishing boats",
    ]
    assert split_names(join_names(["ports", "Élan"])) == ["ports", "Élan"]
    assert split_names(" ; ") == []
