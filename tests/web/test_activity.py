"""Activity of a project and of an article: who sees what, in which words, how it is chosen."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.views import audit
from app.activity.views import EVENTS_A_PAGE
from app.annotations.service import annotations, undo
from app.articles import fields
from app.articles.service import articles
from app.core.clock import now
from app.events.models import Event
from app.events.service import record
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import invitations, memberships, projects
from app.projects.service.account_audit import record_in_projects
from tests.harness.builders import (
    TEXT,
    Room,
    add_account,
    add_annotation,
    add_article,
    add_member,
    add_room,
    correct,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, read

ACTIVITY = "/projects/first/activity"
BY_PASSWORD = {"how": audit.SignInMethod.PASSWORD.value, "browser": ""}


@pytest.fixture
def owner(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the owner is signed in."""
    return sign_in(client, session, room.owner.account)


def lines(client: PageClient, path: str = ACTIVITY) -> list[str]:
    """Return what each line of a page says to who hears it, after its time."""
    answer = client.get(path)
    assert answer.status_code == 200
    found = [each for each in read(answer.text).iter("li") if each.find("time") is not None]
    for avatar in (each for line in found for each in line.iter("span")):
        if avatar.attrib.get("aria-hidden") == "true":
            avatar.text = ""
    return [" ".join("".join(each.itertext()).split()[1:]) for each in found]


def add_events(
    session: Session,
    member: Member,
    count: int,
    article_id: int | None = None,
    at: datetime | None = None,
) -> None:
    """Add so many events of archiving: of an article, or else of the project."""
    row = {
        "at": at or now(),
        "project_id": member.project_id,
        "article_id": article_id,
        "account_id": member.account_id,
        "kind": "article.archived" if article_id else "project.archived",
        "subject_kind": "article" if article_id else "project",
        "subject_id": article_id or member.project_id,
    }
    session.execute(insert(Event), [row] * count)
    session.commit()


# --- words ----------------------------------------------------------------------------------------


def test_a_line_says_who_did_what_where_and_leads_there(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    page = me.get(ACTIVITY).text
    assert lines(me)[0] == (
        "Ines tagged as claim: “The council must close the road.” The River Road"
    )
    assert f'href="/annotations/{made.id}"' in page
    assert f'href="/projects/first/articles/{room.article.id}"' in page
    assert f"<bdi>{room.article.title}</bdi></a>" in page  # one from the right stands there, too
    assert ">today</time></h2>" in page
    assert re.search(r'<time datetime="[\d-]+T[\d:]+Z" [^>]+>\d\d:\d\d</time>', page)
    # What is in the trash is led to, too.
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    session.commit()
    assert lines(me)[0].startswith("Ines moved to the trash: “The council")
    assert me.get(f"/annotations/{made.id}", follow_redirects=True).status_code == 200


def test_annotations_and_articles_in_words(me: PageClient, session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    ines, cato, article = room.annotator, room.curator, room.article
    annotations.change(
        session, actor=ines, annotation_id=made.id, version=1, tag="demand", note="Who?"
    )
    undo.undo(session, actor=ines, article_id=article.id, client_key="u")
    undo.redo(session, actor=ines, article_id=article.id, client_key="r")
    typed = {**fields.fields_of(article), "author": "Bo Ek", "published_on": "2025-01-13"}
    articles.change(session, actor=cato, article=article, version=1, typed=typed)
    articles.archive(session, actor=cato, article=article)
    articles.restore(session, actor=cato, article=article)
    session.commit()
    quote = "“The council must close the road.”"
    changed = "changed the tag from claim to demand and wrote a note"
    back = "changed the tag from demand to claim and changed the note, by undo"
    assert lines(me, f"/projects/first/articles/{room.article.id}/activity") == [
        "Cato restored the article",
        "Cato archived the article",
        "Cato changed author, date of publication",
        f"Ines {changed}, by redo: {quote}",
        f"Ines {back}: {quote}",
        f"Ines {changed}: {quote}",
        f"Ines tagged as claim: {quote}",
        "Gloss added the article",
    ]


def test_people_invitations_and_settings_in_words(
    owner: PageClient, session: Session, room: Room
) -> None:
    actor = room.owner
    projects.rename(session, actor=actor, name="Rivers")
    many, _token = invitations.make(session, actor=actor, role="reader", days="7", is_for_one=False)
    one, token = invitations.make(session, actor=actor, role="curator", days="1", is_for_one=True)
    pia = add_account(session, "Pia")
    joined = invitations.join(session, account_id=pia.id, token=token)
    invitations.revoke(session, actor=actor, invitation_id=many.id)
    memberships.change_role(session, actor=actor, account_id=joined.account_id, role="owner")
    memberships.change_role(session, actor=joined, account_id=joined.account_id, role="curator")
    memberships.remove(session, actor=actor, account_id=joined.account_id)
    memberships.leave(session, actor=room.reader)
    projects.archive(session, actor=actor)
    projects.restore(session, actor=actor)
    session.commit()
    said = [re.sub(r"until .*UTC", "until then", line) for line in lines(owner)]
    assert said[:12] == [
        "Olga restored the project",
        "Olga archived the project",
        "Rita left the project, having been reader",
        "Olga removed Pia, who was curator",
        "Pia changed their own role from owner to curator",
        "Olga changed the role of Pia from curator to owner",
        f"Olga revoked invitation {many.id}",
        f"Pia used invitation {one.id}",
        "Pia joined as curator",
        f"Olga made invitation {one.id}: as curator, for 1 person, until then",
        f"Olga made invitation {many.id}: as reader, for any number of people, until then",
        "Olga renamed the project from “Project first” to “Rivers”",
    ]


def test_a_new_project_says_who_made_it(owner: PageClient, session: Session, room: Room) -> None:
    project = projects.create(session, account_id=room.owner.account_id, name="Mine")
    session.commit()
    said = lines(owner, f"/projects/{project.slug}/activity")
    assert said == ["Olga joined as owner", "Olga made the project"]


@pytest.mark.sqlite_only
def test_what_a_correction_did_to_each_annotation_does_not_flood_the_list(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    correct(session, room.curator, room.article, TEXT + "\n\nIt was mended.")
    session.refresh(made)
    assert made.version == 2
    record(session, room.curator, "something.new", room.article.subject)
    session.commit()
    said = lines(me)
    assert said[0] == "Cato corrected the text (revision 2) The River Road"
    assert said[1].startswith("Ines tagged as claim")


# --- who sees what --------------------------------------------------------------------------------


def make_history(session: Session, room: Room) -> None:
    """Let someone be removed, something be invited and renamed, and a passage be tagged."""
    add_annotation(session, room.annotator, room.article)
    projects.rename(session, actor=room.owner, name="A secret name")
    invitations.make(session, actor=room.owner, role="reader", days="7", is_for_one=True)
    gone = add_member(session, Role.READER, "Gunda", room.owner.project.slug)
    memberships.remove(session, actor=room.owner, account_id=gone.account_id)
    projects.rename(session, actor=room.owner, name="Rivers")
    session.commit()


@pytest.mark.parametrize(
    "query", ["", "?kind=people", "?person={owner}", "?person={owner}&kind=people"]
)
def test_owners_alone_see_what_happened_to_people_and_settings(
    app: Flask, session: Session, room: Room, query: str
) -> None:
    make_history(session, room)
    query = query.format(owner=room.owner.account_id)
    for role in Role:
        client = sign_in(page_client(app), session, room.member(role).account)
        page = client.get(f"{ACTIVITY}{query}").text
        of_article = f"/projects/first/articles/{room.article.id}/activity{query}"
        for word in ("Gunda", "invitation", "secret name"):
            assert (word in page) == (role is Role.OWNER), (role, word)
            assert word not in client.get(of_article).text, (role, word)
        assert ("People and settings" in page) == (role is Role.OWNER)
        assert "Ines tagged as claim" in " ".join(lines(client))


@pytest.mark.sqlite_only
def test_an_owner_sees_it_in_an_archived_project_too_and_no_longer_when_they_are_none(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    make_history(session, room)
    projects.archive(session, actor=room.owner)
    session.commit()
    assert lines(owner, f"{ACTIVITY}?kind=people")[0] == "Olga archived the project"
    projects.restore(session, actor=room.owner)
    other = add_member(session, Role.OWNER, "Omar")
    memberships.change_role(session, actor=other, account_id=room.owner.account_id, role="curator")
    session.commit()
    assert lines(owner, f"{ACTIVITY}?kind=people") == []
    assert "removed" not in " ".join(lines(owner))
    newer = sign_in(page_client(app), session, other.account)
    assert "Omar changed the role of Olga from owner to curator" in lines(newer)


def test_nothing_of_another_project_is_ever_shown(
    owner: PageClient, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    make_history(session, other)
    add_annotation(session, other.curator, other.article, "nobody repairs it")
    both = other.annotator.account_id
    assert lines(owner) == ["Gloss added the article The River Road"]
    for query in (f"?person={both}", "?kind=people", "?kind=tagging", "?before=999999"):
        page = owner.get(f"{ACTIVITY}{query}").text
        for word in ("Gunda", "secret name", "nobody repairs", f'value="{both}"'):
            assert word not in page
    assert owner.get("/projects/second/activity").status_code == 404
    address = f"/articles/{other.article.id}/activity"
    assert owner.get(f"/projects/first{address}").status_code == 404
    assert owner.get(f"/projects/second{address}").status_code == 404
    assert room.article.id != other.article.id


def test_an_articles_page_shows_that_article_alone(
    me: PageClient, session: Session, room: Room
) -> None:
    second = add_article(session, "One more.", title="The Bridge")
    add_annotation(session, room.annotator, second, "One more.")
    assert lines(me, f"/projects/first/articles/{second.id}/activity") == [
        "Ines tagged as claim: “One more.”",
        "Gloss added the article",
    ]
    of_first = f"/projects/first/articles/{room.article.id}/activity"
    assert lines(me, of_first) == ["Gloss added the article"]
    assert f'href="{of_first}"' in me.get(f"/projects/first/articles/{room.article.id}").text


def test_who_left_keeps_their_name_and_can_be_chosen(
    owner: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    memberships.remove(session, actor=room.owner, account_id=room.annotator.account_id)
    session.commit()
    query = f"?person={room.annotator.account_id}"
    assert ">Ines</option>" in owner.get(ACTIVITY).text
    assert [line.partition(":")[0] for line in lines(owner, ACTIVITY + query)] == [
        "Ines tagged as claim"
    ]


# --- choosing -------------------------------------------------------------------------------------


@pytest.fixture
def busy(session: Session, room: Room) -> Room:
    """Give a project in which two people did things of several kinds."""
    made = add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.curator, room.article, "nobody repairs it")
    annotations.change(session, actor=room.curator, annotation_id=made.id, version=1, tag="demand")
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=2)
    session.commit()
    return room


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=tagging", ["Cato tagged", "Ines tagged"]),
        ("?kind=changes", ["Cato changed"]),
        ("?kind=deletions", ["Ines moved"]),
        ("?kind=articles", ["Gloss added"]),
        ("?person={ines}", ["Ines moved", "Ines tagged"]),
        ("?person={ines}&kind=tagging", ["Ines tagged"]),
        (
            "?person=&kind=",
            ["Ines moved", "Cato changed", "Cato tagged", "Ines tagged", "Gloss added"],
        ),
        ("?kind=annotation.created", []),
        ("?kind=nothing", []),
        ("?person=999999", []),
        ("?person=Ines", []),
        ("?person=99999999999999999999", []),
    ],
)
def test_the_list_shows_the_person_and_the_kind_that_are_chosen(
    me: PageClient, busy: Room, query: str, found: list[str]
) -> None:
    said = lines(me, ACTIVITY + query.format(ines=busy.annotator.account_id))
    assert [" ".join(line.split()[:2]) for line in said] == found


@pytest.mark.sqlite_only
def test_the_form_makes_an_address_that_can_be_sent(me: PageClient, busy: Room) -> None:
    ines = str(busy.annotator.account_id)
    answer = me.submit(me.get(ACTIVITY), ACTIVITY, {"person": ines, "kind": "deletions"})
    assert answer.request.query_string.decode() == f"person={ines}&kind=deletions"
    assert f'<option value="{ines}" selected>Ines' in answer.text
    assert '<option value="deletions" selected>' in answer.text
    assert "Show everything" in answer.text
    assert "Show everything" not in me.get(ACTIVITY).text


@pytest.mark.sqlite_only
def test_a_project_in_which_nothing_happened_says_so(client: PageClient, session: Session) -> None:
    sign_in(client, session, add_member(session, Role.OWNER).account)
    assert "Nothing has happened here yet." in client.get(ACTIVITY).text
    assert "Nothing of that kind" in client.get(f"{ACTIVITY}?kind=tagging").text


# --- pages ----------------------------------------------------------------------------------------


def link(page: str, words: str) -> str:
    found = re.search(rf'href="([^"]+)">{words}</a>', page)
    return unescape(found[1]) if found else ""


def test_every_event_stands_on_one_page_whatever_happens_meanwhile(
    owner: PageClient, session: Session, room: Room
) -> None:
    add_events(session, room.owner, 2 * EVENTS_A_PAGE, room.article.id)
    first = owner.get(ACTIVITY).text
    assert not link(first, "Newest")
    assert len(lines(owner)) == EVENTS_A_PAGE
    add_events(session, room.owner, 3)
    older = link(first, "Older")
    assert len(lines(owner, older)) == EVENTS_A_PAGE
    second = owner.get(older).text
    assert link(second, "Newest") == ACTIVITY
    assert lines(owner, link(second, "Older")) == ["Gloss added the article The River Road"]
    assert not link(owner.get(link(second, "Older")).text, "Older")


@pytest.mark.sqlite_only
def test_the_way_through_the_pages_keeps_what_was_chosen(
    owner: PageClient, session: Session, room: Room
) -> None:
    add_events(session, room.owner, EVENTS_A_PAGE + 1, room.article.id)
    query = f"?person={room.owner.account_id}&kind=articles"
    path = f"/projects/first/articles/{room.article.id}/activity"
    older = link(owner.get(path + query).text, "Older")
    assert older.startswith(f"{path}{query}&before=")
    assert len(lines(owner, older)) == 1
    assert link(owner.get(older).text, "Newest") == path + query


@pytest.mark.sqlite_only
@pytest.mark.parametrize("before", ["", "0x1", "-1", "newest", "9" * 30])
def test_a_page_that_cannot_be_is_the_newest(me: PageClient, busy: Room, before: str) -> None:
    assert busy.article.id
    assert len(lines(me, f"{ACTIVITY}?before={before}")) == 5


@pytest.mark.sqlite_only
def test_nothing_in_it_can_be_changed(app: Flask, owner: PageClient) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("activity.")]
    assert len(rules) == 2
    assert all(rule.methods == {"GET", "HEAD", "OPTIONS"} for rule in rules)
    assert 'method="post"' not in owner.get(ACTIVITY).text.partition("<main")[2]


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_days_are_those_of_the_reader(client: PageClient, session: Session) -> None:
    """What happened within an hour is of one day in one zone, and of two in another."""
    room = add_room(session)  # its article is added now
    me = sign_in(client, session, room.annotator.account)
    at = room.article.created_at
    add_events(session, room.owner, 1, room.article.id, at=at + timedelta(hours=1))
    hours = {f"Etc/GMT{west:+d}": (at - timedelta(hours=west)).hour for west in range(-14, 13)}
    zones = {hour: zone for zone, hour in hours.items()}
    for hour, days in ((0, ["today"]), (23, ["tomorrow", "today"])):
        me.set_cookie("zone", zones[hour])
        page = me.get(ACTIVITY).text
        assert f"Times are in {zones[hour]}" in page
        assert re.findall(r">(\w+)</time></h2>", page) == days
        assert f">{hour:02}:{at:%M}</time>" in page


# --- runs -----------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_what_one_member_did_in_a_row_in_an_article_is_one_line_that_opens(
    me: PageClient, session: Session, room: Room
) -> None:
    second = add_article(session, "One more.", title="The Bridge")
    for quote in ("It floods", "nobody repairs it", "We have no money"):
        add_annotation(session, room.annotator, room.article, quote)
    add_annotation(session, room.curator, room.article, "It floods")
    made = add_annotation(session, room.annotator, room.article, "Ask the family")
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    add_annotation(session, room.annotator, second, "One more.")
    session.commit()
    page = me.get(ACTIVITY).text
    summaries = [
        " ".join("".join(each.itertext()).split()[2:])
        for each in read(page).iter("summary")
        if each.find("time") is not None
    ]
    assert summaries == [
        "Ines did 2 things in The River Road: deleting and restoring annotations (1), tagging (1)",
        "Ines did 3 things in The River Road: tagging (3)",
    ]
    said = [line.partition(":")[0] for line in lines(me)]
    assert said == [
        "Ines tagged as claim",
        "Ines moved to the trash",
        "Ines tagged as claim",
        "Cato tagged as claim",
        *["Ines tagged as claim"] * 3,
        "Gloss added the article The Bridge",
        "Gloss added the article The River Road",
    ]


@pytest.mark.sqlite_only
def test_signing_in_and_out_in_a_row_is_one_line_that_opens(
    owner: PageClient, session: Session, room: Room
) -> None:
    """What might be an attack, such as a wrong password, stays in sight."""
    for kind in (audit.SIGNED_IN, audit.SIGNED_OUT, audit.SIGNED_IN, audit.REFUSED):
        record_in_projects(session, room.curator.account_id, kind, None, BY_PASSWORD)
    record_in_projects(session, room.annotator.account_id, audit.SIGNED_IN, None, BY_PASSWORD)
    session.commit()
    page = read(owner.get(ACTIVITY).text)
    summaries = [
        " ".join("".join(each.itertext()).split()[2:])
        for each in page.iter("summary")
        if each.find("time") is not None
    ]
    assert summaries == ["Cato signed in or out 3 times"]
    assert [line for line in lines(owner) if not line.startswith("Gloss")][:5] == [
        "Ines signed in by a password",
        "Cato was refused: a wrong password for their address",
        "Cato signed in by a password",
        "Cato signed out",
        "Cato signed in by a password",
    ]
