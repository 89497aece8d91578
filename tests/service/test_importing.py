"""Bringing annotations in: what becomes of each row, adding them as one act, taking that back."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.activity.pages.event_text import describe, names_in
from app.activity.queries import (
    ActivityFilter,
    ActivityScope,
    acts_to_undo,
    count_passages,
    list_events,
)
from app.annotations.models import Annotation
from app.annotations.service import annotations, bulk, importing
from app.annotations.service.importing import Imported
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.core.errors import Conflict, Forbidden, NotFound
from app.events.models import Event
from app.imports.outcomes import ADDED, Planned, RowOutcome, Summary
from app.imports.queries.planning import ImportPlan
from app.imports.readers import read
from app.imports.service import adding
from app.parties.models import Party
from app.projects.models import Member
from app.projects.roles import Act, Role, require
from app.projects.tagging_modes import Mode
from app.themes.queries import list_themes
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_member,
    add_party,
    add_position,
    correct,
)

pytestmark = pytest.mark.usefixtures("sound")

HEAD = "article_id,tag,quote,start,prefix,suffix,note,annotator,themes,created_at,revision"


def plan(session: Session, member: Member, table: str) -> tuple[list[Planned], Summary]:
    made = ImportPlan(session, member.project, member.account_id)
    return made.make(read(table.encode(), "csv")), made.summary


def bring(session: Session, member: Member, table: str, name: str = "tags.csv") -> Imported:
    """Import a table at once, as the command does."""
    planned, _summary = plan(session, member, table)
    some = [
        (each.wanted, each.place)
        for each in planned
        if each.outcome in ADDED and each.wanted and each.place
    ]
    done = adding.add(
        session,
        actor=member,
        ready=adding.prepare(session, some),
        default_id=member.account_id,
        file_name=name,
    )
    session.commit()
    return done


def outcomes(planned: Sequence[Planned]) -> list[tuple[int, str, str]]:
    return [(each.number, each.outcome.value, each.why) for each in planned]


def living(session: Session) -> list[Annotation]:
    query = select(Annotation).where(Annotation.deleted_at.is_(None)).order_by(Annotation.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def said(session: Session, member: Member) -> list[str]:
    shown = ActivityFilter(frozenset(bulk.KINDS))
    rows = list_events(session, ActivityScope(member), shown, before=None, limit=9)
    events = [row.event for row in rows]
    names = replace(names_in(session, events), passages=count_passages(session, member, events))
    return [describe(row.event, names) for row in rows]


def test_three_columns_are_enough(session: Session, room: Room) -> None:
    table = "ARTICLE_ID;Tag;Quote\n1;claim;It floods every spring\n1; Demand ;“We have no money,”\n"
    done = bring(session, room.curator, table)
    made = living(session)
    assert [one.quote for one in made] == ["It floods every spring", "“We have no money,”"]
    assert [one.tag_name for one in made] == ["claim", "demand"]
    assert {one.account_id for one in made} == {room.curator.account_id}
    assert done == Imported(done.event_id, 2, 0, 0)
    assert bring(session, room.curator, table) == Imported(None, 0, 0, 0)


def test_each_row_is_told_apart(session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article, note="mine")
    add_article(session, title="Twice", slug="first")
    by_bo = add_article(session, title="Twice", author="Bo", slug="first")
    by_bo.source_url = "https://b.example/2"
    gone = add_article(session, title="Gone", slug="first")
    articles.archive(session, actor=room.curator, article=gone)
    session.commit()
    start = TEXT.find("The road floods.")
    rows = [
        "1,claim,The council must close the road.,0,,,other,Ines,,,",  # 2
        '1,demand,nobody repairs it,9,and,". “We",,,,,',  # 3
        "1,claim,The road floods.,,,,,,,,",  # 4
        f"1,claim,The road floods.,{start},,,,,,,",  # 5
        f"1,claim,The road floods.,{start},,,,,,,",  # 6
        "1,idea,money,,,,,,,,",  # 7
        "1,claim,cheese,,,,,,,,",  # 8
        "77,claim,money,,,,,,,,",  # 9
        "1,claim,money,,,,,,,yesterday,",  # 10
        "1,claim,money,,,,,,,,7",  # 11
        ",claim,money,,,,,,,,",  # 12
        f"{gone.id},claim,money,,,,,,,,",  # 13
        "1,claim,,,,,,,,,",  # 14
        "1,claim,money,,,,,,,2999-01-01T00:00:00Z,",  # 15
    ]
    planned, summary = plan(session, room.curator, "\n".join([HEAD, *rows]))
    assert outcomes(planned) == [
        (2, "same", "It has another note there, which stays."),
        (3, "moved", ""),
        (4, "several", "Its words stand at 2 places."),
        (5, "new", ""),
        (6, "same", "Row 5 is the same."),
        (7, "refused", "“idea” is none of the tags claim, demand, assumption and citation."),
        (8, "refused", "Its words do not occur in the article as they are written here."),
        (9, "refused", "There is no article 77 in this project."),
        (10, "refused", "Its created_at is not a time such as 2026-11-22T19:15:27Z: “yesterday”."),
        (11, "placeless", ""),
        (12, "refused", "It names no article: give an article_id, or an article_title."),
        (13, "refused", "The article “Gone” is archived. Restore it first."),
        (14, "refused", "It has no quote: the words of the passage are what it is found by."),
        (15, "refused", "Its created_at has yet to come: “2999-01-01T00:00:00Z”."),
    ]
    assert planned[2].places == [(start, start + 16), (start + 17, start + 33)]
    assert summary.of(*ADDED) == 2
    by_title = (
        "article_title,article_author,tag,quote,colour,source_url\n"
        "Twice,,claim,money\nTwice,Bo,claim,money\nTwice,Bo B.,demand,money,,https://b.example/2\n"
    )
    planned, summary = plan(session, room.curator, by_title)
    assert outcomes(planned) == [
        (2, "refused", "2 articles have the title “Twice”: give the article_id of one of them."),
        (3, "new", ""),
        (4, "new", ""),
    ]
    assert summary.unknown == ["colour"]


def test_an_id_of_another_project_is_matched_by_title_or_source(
    session: Session, room: Room
) -> None:
    other = add_article(session, title="Another", text="Money is a word.", slug="first")
    other.source_url = "https://example.org/money"
    table = (
        "article_id,article_title,project,tag,quote,source_url\n1,another,far,claim,Money\n"
        f"{other.id},Old,first,demand,Money\n1,Old,far,assumption,Money,{other.source_url}\n"
        "1,Old,far,claim,Money,https://example.org/none\n"
    )
    planned, _summary = plan(session, room.curator, table)
    assert [each.outcome for each in planned] == [*[RowOutcome.NEW] * 3, RowOutcome.REFUSED]
    assert {each.wanted.article_id for each in planned if each.wanted} == {other.id}
    assert "another title here, “The River Road”" in planned[3].why


def test_who_is_not_here_becomes_an_outsider_and_themes_are_made(
    session: Session, room: Room
) -> None:
    table = (
        f"{HEAD}\n"
        f"1,claim,money,,,,,{room.annotator.account.email.upper()},Ports;floods,2020-02-03,\n"
        "1,claim,money,,,,,  Zoe  Quill ,floods,,\n"
        "1,demand,money,,,,,zoe quill,ports,,\n"
        "1,demand,time,,,,,INES,,,\n"
    )
    planned, summary = plan(session, room.curator, table)
    assert (summary.annotators, summary.themes) == (["Zoe Quill"], ["Ports", "floods"])
    bring(session, room.curator, table)
    made = living(session)
    outsider = session.scalars(select(Account).where(Account.name == "Zoe Quill")).one()
    assert outsider.is_outsider
    ines = room.annotator.account_id
    assert [one.account_id for one in made] == [ines, outsider.id, outsider.id, ines]
    assert made[0].created_at.isoformat() == "2020-02-03T00:00:00+00:00"
    assert made[0].tagged_month == 202002
    named = {theme.id: theme.name for theme in list_themes(session, room.article.project_id)}
    assert [sorted(named[each] for each in one.themes) for one in made] == [
        ["Ports", "floods"],
        ["floods"],
        ["Ports"],
        [],
    ]
    assert bring(session, room.curator, table).event_id is None
    assert session.scalar(select(func.count()).select_from(Account)) == 5
    assert len(planned) == 4


def test_one_press_takes_it_back_but_for_what_was_changed_since(
    session: Session, room: Room
) -> None:
    table = f"{HEAD}\n1,claim,money,,,,,Zoe,,,\n1,demand,time,,,,,,,,\n1,claim,nobody,,,,,,,,\n"
    done = bring(session, room.curator, table, "our “tags”.csv")
    assert done.event_id
    one, two, three = living(session)
    history = session.scalars(select(Event).where(Event.annotation_id == one.id)).one()
    assert history.account_id == room.curator.account_id
    assert describe(history, names_in(session, [history])) == (
        "imported this from a file, tagged as claim"
    )
    annotations.change(session, actor=room.owner, annotation_id=two.id, version=1, note="kept")
    correct(session, room.curator, room.article, "Before.\n\n" + TEXT)
    with pytest.raises(Forbidden):
        importing.undo(session, actor=room.annotator, event_id=done.event_id)
    events = session.scalars(select(Event).where(Event.id == done.event_id)).all()
    assert acts_to_undo(session, room.annotator, events) == set()
    assert acts_to_undo(session, room.owner, events) == {done.event_id}
    undone = importing.undo(session, actor=room.owner, event_id=done.event_id)
    session.commit()
    assert [each.id for each in living(session)] == [two.id]
    kept = (session.get_one(Event, undone).after or {})["left"]
    assert kept == {"meanwhile": [two.id]}
    assert said(session, room.owner) == [
        "took back the import of 2 passages from the file “our “tags”.csv”",
        "imported 3 passages from the file “our “tags”.csv”, as one act",
    ]
    with pytest.raises(Conflict, match="taken back already"):
        importing.undo(session, actor=room.owner, event_id=done.event_id)
    annotations.restore(session, actor=room.curator, annotation_id=three.id)
    session.commit()
    other = add_member(session, room.owner.role, "Otto", "second")
    with pytest.raises(NotFound):
        importing.undo(session, actor=other, event_id=done.event_id)


def test_what_was_corrected_or_tagged_since_is_left(session: Session, room: Room) -> None:
    other = add_article(session, title="Other", text="Money is a word. Time is one.")
    of_other = f"{other.id},claim,Money,,,,,,,,\n{other.id},claim,Time,,,,,,,,\n"
    table = f"{HEAD}\n1,claim,money,,,,,,,,\n{of_other}"
    planned, _summary = plan(session, room.curator, table)
    ready = adding.prepare(
        session, [(each.wanted, each.place) for each in planned if each.wanted and each.place]
    )
    correct(session, room.curator, room.article, "Before.\n\n" + TEXT)
    add_annotation(session, room.curator, other, "Time")
    with pytest.raises(Forbidden):
        adding.add(session, actor=room.annotator, ready=ready, default_id=1, file_name="")
    session.rollback()
    done = adding.add(
        session,
        actor=room.curator,
        ready=ready,
        default_id=room.curator.account_id,
        file_name="x.csv",
    )
    session.commit()
    assert done[1:] == (1, 1, 1)


def test_where_nothing_is_added_nothing_is_made_for_it(session: Session, room: Room) -> None:
    planned, _summary = plan(session, room.curator, f"{HEAD}\n1,claim,money,,,,,Zoe,ports,,\n")
    ready = adding.prepare(
        session, [(each.wanted, each.place) for each in planned if each.wanted and each.place]
    )
    correct(session, room.curator, room.article, "Before.\n\n" + TEXT)
    done = adding.add(session, actor=room.curator, ready=ready, default_id=1, file_name="x.csv")
    session.commit()
    assert done == Imported(None, 0, 0, 1)
    assert list_themes(session, room.article.project_id) == []
    assert session.scalars(select(Account).where(Account.name == "Zoe")).all() == []


def test_the_command_tells_what_it_leaves_and_a_dry_run_writes_nothing(
    app: Flask, session: Session, room: Room, tmp_path: Path
) -> None:
    file = tmp_path / "tags.csv"
    file.write_text(
        "article_id,tag,quote,why\n1,claim,money,x\n1,claim,The road floods.,x\n1,claim,cheese,x\n"
    )
    before = session.scalar(select(func.max(Event.id)))
    session.commit()
    runner = app.test_cli_runner()
    dry = runner.invoke(args=["annotations", "import", str(file), "--dry-run"])
    assert dry.exit_code == 1
    assert dry.stdout.startswith("Would add 1 annotation.\n")
    session.rollback()
    assert session.scalar(select(func.max(Event.id))) == before
    session.commit()
    done = runner.invoke(
        args=["annotations", "import", str(file), "--annotator", room.annotator.account.email]
    )
    assert done.stdout == (
        "Added 1 annotation.\nLeft out, since several places have their words: 1.\nRefused: 1.\n"
        "Columns that are not read: why.\n"
    )
    start = TEXT.find("The road floods.")
    assert done.stderr == (
        f"Row 3: Its words stand at 2 places. Give the start of one: {start}, {start + 17}.\n"
        "Row 4: Its words do not occur in the article as they are written here.\n"
    )
    session.rollback()
    (made,) = living(session)
    assert made.account_id == room.annotator.account_id
    assert said(session, room.curator) == [
        "imported 1 passage from the file “tags.csv”, as one act"
    ]
    event = session.scalars(select(Event).where(Event.kind == bulk.IMPORTED_MANY)).one()
    assert event.account_id is None


def test_who_tags_apart_hears_of_an_import_what_they_may_see(session: Session, room: Room) -> None:
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    touched = room.article.touched_at
    zeno = add_member(session, Role.ANNOTATOR, "Zeno")
    done = bring(
        session, room.curator, f"{HEAD}\n1,claim,money,,,,,Ines,,,\n1,claim,time,,,,,Bo,,,\n"
    )
    assert said(session, zeno) == []
    assert said(session, room.annotator) == [
        "imported 1 passage from the file “tags.csv”, as one act"
    ]
    session.refresh(room.article)
    assert room.article.touched_at == touched
    with pytest.raises(NotFound):
        bulk.find_act(session, actor=zeno, event_id=done.event_id or 0)
    # That somebody has the tag there is for those alone who may see it, and so may import.
    with pytest.raises(Forbidden):
        require(zeno, Act.IMPORT)


def test_who_says_what_is_found_by_any_name_and_made_where_it_is_missing(
    session: Session, room: Room
) -> None:
    curator = room.curator
    mara = add_party(session, curator, "Mara Lind")
    alias = add_party(session, curator, "M. Lind")
    port = add_position(session, curator, "The harbour stays public.")
    bo = add_party(session, curator, "Bo", "person")
    alias.alias_of_id = mara.id
    session.commit()
    head = "article_id,tag,quote,party,party_organization,addressee,position,side\n"
    table = head + (
        "1,demand,must close,m. LIND,Nowhere,City; Ünion,the harbour stays PUBLIC,For\n"  # 2
        "1,claim,It floods,Ada,Union,,Spend; less.,against\n"  # 3
        "1,claim,money,Ada,City,,,\n"  # 4
        "1,claim,time,Ada,Bo,,,\n"  # 5
        "1,claim,time,,City,,,\n"  # 6
        "1,claim,time,Ada,,City,,\n"  # 7
        "1,claim,time,,,,Spend less.,maybe\n"  # 8
        '1,claim,time,"a;b",,,,\n'  # 9
    )
    planned, summary = plan(session, curator, table)
    assert [outcome for _number, outcome, _why in outcomes(planned)] == ["new"] * 3 + [
        "refused"
    ] * 5
    assert [re.split("[:,]", why)[0] for *_of, why in outcomes(planned)[3:]] == [
        "“Bo” is a person here",
        "It has a party_organization and no party",
        "It has an addressee",
        "Its side is neither for nor against",
        "The name of a party has no semicolon",
    ]
    assert summary.parties == ["Ada", "City", "Nowhere", "Ünion"]
    assert summary.positions == ["Spend; less."]
    assert summary.torn == ["Ada"]
    done = bring(session, curator, table)
    made = living(session)
    named = {party.name: party for party in session.scalars(select(Party))}
    ada, city, union = (named[name] for name in ("Ada", "City", "Ünion"))
    assert [(one.party_id, one.addressees, one.side) for one in made] == [
        (alias.id, tuple(sorted((city.id, union.id))), "for"),
        (ada.id, (), "against"),
        (ada.id, (), ""),
    ]
    assert made[0].position_id == port.id
    assert (ada.kind, city.kind, named["Nowhere"].kind, bo.kind) == (
        "person",
        "organization",
        "organization",
        "person",
    )
    assert [each.organization_id for each in ada.affiliations] == [union.id]
    assert mara.affiliations == alias.affiliations == []
    assert done.event_id is not None
    importing.undo(session, actor=curator, event_id=done.event_id)
    session.commit()
    assert living(session) == []
