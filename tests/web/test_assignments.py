"""Assigning articles and deciding who sees what: the list, the page of an article, settings."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.service import assignments
from app.core.clock import now
from app.projects.roles import Role
from app.projects.service.memberships import change_role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_member,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client
from tests.web.test_article_list import titles

LIST = "/projects/first/articles"
PAGE = f"{LIST}/1/assignments"
MINE = f"{LIST}?assignee=me&state=to+do&sort=due"


@pytest.fixture
def curator(app: Flask, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(page_client(app), session, room.curator.account)


def assign(
    session: Session, room: Room, article: Article, *, late: int = 0, due: bool = True
) -> None:
    assignments.assign(
        session,
        actor=room.curator,
        articles=[article],
        account_ids=[room.annotator.account_id],
        due_on=now().date() - timedelta(days=late) if due else None,
    )
    session.commit()


def test_mine_to_do_is_one_press_away_and_soonest_first(
    me: PageClient, session: Session, room: Room
) -> None:
    two, three, four = (add_article(session, f"Text {n}.", title=f"No {n}") for n in (2, 3, 4))
    assign(session, room, room.article, due=False)
    assign(session, room, two, late=-3)
    assign(session, room, three, late=2)
    assign(session, room, four)
    assignments.set_progress(session, actor=room.annotator, article=four, state="done")
    session.commit()
    page = me.get(LIST)
    assert "Mine to do <b>3</b>" in page.text
    assert MINE.replace("&", "&amp;").partition("?")[2].replace("assignee=me", "") in page.text
    mine = me.get(MINE)
    assert titles(mine) == ["No 3", "No 2", "The River Road"]
    assert "late by 2 days" in mine.text
    assert 'aria-current="true">Mine to do' in mine.text
    assert titles(me.get(f"{LIST}?assignee=me&state=done")) == ["No 4"]
    assignments.set_progress(session, actor=room.annotator, article=two, state="in progress")
    session.commit()
    assert titles(me.get(f"{LIST}?state=in+progress")) == ["No 2"]
    assert titles(me.get(f"{LIST}?assignee={room.annotator.account_id}&state=not+started")) == [
        "No 3",
        "The River Road",
    ]


def test_a_list_of_nothing_says_so(me: PageClient, curator: PageClient) -> None:
    assert "Nothing is yours to do." in me.get(MINE).text
    assert "No article matches." in me.get(f"{LIST}?state=done").text
    assert titles(curator.get(f"{LIST}?assignee=nobody")) == ["The River Road"]
    for strange in ("assignee=x", "state=x", "sort=x", "assignee=99999999999"):
        assert titles(me.get(f"{LIST}?{strange}")) == ["The River Road"]


def test_several_articles_are_assigned_to_several_people_at_once(
    curator: PageClient, session: Session, room: Room
) -> None:
    two = add_article(session, "Another text.", title="Two")
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    people = [str(bo.account_id), str(room.annotator.account_id)]
    page = curator.get(f"{LIST}?search=t")
    assert "Rita" not in page.text  # a reader cannot tag
    answer = curator.post(
        page.text.partition('id="assign" method="post" action="')[2].partition('"')[0],
        data={
            "csrf_token": page.text.partition('name="csrf_token" value="')[2].partition('"')[0],
            "article": [str(room.article.id), str(two.id)],
            "account": people,
            "due": "2030-01-31",
        },
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{LIST}?search=t&assigned=")
    page = curator.get(answer.headers["Location"])
    assert "Assigned 2 articles to 2 people: 4 new." in page.text
    assert page.text.count("<b>Bo</b> not started&nbsp;· due") == 2
    assert page.text.count("31 Jan 2030") == 4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"account": "2"}, "Tick at least one article."),
        ({"article": "1", "due": "tomorrow"}, "Write the date as year, month and day"),
        ({"article": "1"}, "Tick at least one person."),
        ({"article": "1", "account": "1"}, "may not tag here"),
    ],
)
def test_what_was_ticked_is_kept_where_something_is_missing(
    curator: PageClient, fields: dict[str, str], words: str
) -> None:
    answer = curator.submit(curator.get(LIST), "assign", fields)
    assert answer.status_code == 422
    assert words in answer.text
    if "article" in fields:
        assert 'name="article" value="1" checked' in answer.text
    assert f'name="due" value="{fields.get("due", "")}"' in answer.text


def test_what_was_assigned_to_many_is_taken_back_by_one_press(
    curator: PageClient, session: Session, room: Room
) -> None:
    two = add_article(session, "Another text.", title="Two")
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    assign(session, room, room.article, late=-3)
    assign(session, room, two, due=False)
    session.commit()
    due = now().date() + timedelta(days=3)
    fields = {
        "article": [str(room.article.id), str(two.id)],
        "account": [str(bo.account_id), str(room.annotator.account_id)],
        "due": "2030-01-31",
    }
    answer = curator.submit(curator.get(f"{LIST}?search=t"), "assign", fields)
    page = curator.get(answer.headers["Location"])
    assert "Assigned 2 articles to 2 people: 2 new, 2 with another date." in page.text
    # One of the four is somebody else's doing by now.
    assignments.unassign(session, actor=room.owner, article=two, account_id=bo.account_id)
    session.commit()
    answer = curator.submit(page, "undo-assigning")
    assert answer.headers["Location"] == f"{LIST}?search=t"
    again = curator.get(answer.headers["Location"])
    assert "Taken back: 3 assignments are as before." in again.text
    assert "undo-assigning" not in again.text
    assert "Bo</b>" not in again.text
    assert again.text.count("<b>Ines</b> not started&nbsp;· due") == 1
    assert f'datetime="{due}"' in again.text
    assert curator.submit(page, "undo-assigning").status_code == 303
    assert "There is nothing of it to take back any more" in curator.get(LIST).text


@pytest.mark.sqlite_only
@pytest.mark.parametrize("page", [LIST, PAGE])
def test_those_of_one_name_are_told_apart_where_they_are_ticked(
    curator: PageClient, session: Session, page: str
) -> None:
    first, second = (add_member(session, name=name).account for name in ("Bo Kaya", "BO KAYA"))
    shown = curator.get(page).text
    assert f"Bo Kaya ({first.id})" in shown
    assert f"BO KAYA ({second.id})" in shown
    assert "Ines (" not in shown


def test_what_somebody_else_assigned_is_not_taken_back(
    app: Flask, curator: PageClient, session: Session, room: Room
) -> None:
    fields = {"account": str(room.annotator.account_id)}
    answer = curator.submit(curator.get(PAGE), "assign", fields)
    page = curator.get(answer.headers["Location"])
    assert "Assigned 1 article to 1 person: 1 new." in page.text
    owner = sign_in(page_client(app), session, room.owner.account)
    assert "undo-assigning" not in owner.get(answer.headers["Location"]).text
    for forged in ("1-99999", "WzEsMSw5OTk5OV0.x", ""):
        assert "undo-assigning" not in curator.get(f"{PAGE}?assigned={forged}").text
    owner.submit(page, "undo-assigning", {"csrf_token": csrf_token(owner)})
    assert "<b>Ines</b> not started" in curator.get(PAGE).text
    curator.submit(page, "undo-assigning")
    assert "It is assigned to nobody" in curator.get(PAGE).text


def test_to_assign_without_a_date_leaves_the_dates_that_are_there(
    curator: PageClient, session: Session, room: Room
) -> None:
    assign(session, room, room.article, late=-3)
    fields = {"article": "1", "account": str(room.annotator.account_id)}
    curator.submit(curator.get(LIST), "assign", fields)
    page = curator.get(LIST)
    assert "All that was assigned so already." in page.text
    assert "<b>Ines</b> not started&nbsp;· due" in page.text
    answer = curator.submit(page, "assign", {**fields, "without_date": "1"})
    page = curator.get(answer.headers["Location"])
    assert "Assigned 1 article to 1 person: 1 without a date now." in page.text
    assert "<b>Ines</b> not started</li>" in page.text
    both = {**fields, "without_date": "1", "due": "2030-01-31"}
    answer = curator.submit(page, "assign", both)
    assert answer.status_code == 422
    assert 'name="without_date" value="1" checked' in answer.text


def test_an_article_of_another_project_is_not_found(
    curator: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session, slug="other")
    fields = {"article": str(other.id), "account": str(room.annotator.account_id)}
    assert curator.submit(curator.get(LIST), "assign", fields).status_code == 404


def test_who_was_unassigned_can_be_assigned_again_as_before(
    curator: PageClient, session: Session, room: Room
) -> None:
    assign(session, room, room.article, late=-9)
    due = now().date() + timedelta(days=9)
    account_id = room.annotator.account_id
    answer = curator.submit(curator.get(PAGE), f"{PAGE}/{account_id}/remove")
    page = curator.get(answer.headers["Location"])
    assert "It is no longer assigned to Ines." in page.text
    assert "It is assigned to nobody" in page.text
    assert "My part" not in page_of_annotator(curator, session, room)
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert f'name="due" value="{due}"' in page.text
    curator.post(PAGE, data={"csrf_token": token, "account": account_id, "due": due})
    page = curator.get(answer.headers["Location"])
    assert "no longer assigned" not in page.text
    assert "<b>Ines</b> not started&nbsp;· due" in page.text


def page_of_annotator(client: PageClient, session: Session, room: Room) -> str:
    other = page_client(client.application)
    return sign_in(other, session, room.annotator.account).get(f"{LIST}/1").text


def test_others_see_who_is_where_and_decide_nothing(me: PageClient) -> None:
    page = me.get(PAGE)
    assert "It is assigned to nobody" in page.text
    assert "It is shared, as the project is: everyone sees what everyone tags." in page.text
    assert "<form" not in page.text.partition("<main")[2]


def test_the_page_of_an_article_says_what_happens_before_it_changes_who_sees_what(
    curator: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    page = curator.get(PAGE)
    assert "Tagged already: 1 annotation by 1 person; what someone has seen of it" in page.text
    curator.submit(page, f"{PAGE[: -len('/assignments')]}/mode", {"mode": "independent"})
    page = curator.get(PAGE)
    assert "The article is independent now." in page.text
    assert "Everyone in the project sees 1 annotation by 1 person at once" in page.text
    assert "Follow the project, which is shared" in page.text
    curator.submit(page, f"{LIST}/1/reveal")
    page = curator.get(PAGE)
    assert "it is revealed to everyone" in page.text
    assert ">independent, revealed</span>" in curator.get(LIST).text
    curator.submit(page, f"{LIST}/1/hide")
    assert "It is independent: everyone sees only their own" in curator.get(PAGE).text
    activity = curator.get(f"{LIST}/1/activity").text
    for words in ("made the article independent", "revealed to everyone", "took the revealing"):
        assert words in activity
    history = curator.get(f"{LIST}/1/details").text
    assert "made the article independent" in history


def test_an_article_that_follows_a_project_of_its_own_mode_stays_revealed(
    curator: PageClient, session: Session, room: Room
) -> None:
    set_project_mode(session, actor=room.owner, mode="independent")
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert "Nothing changes now." in curator.get(PAGE).text
    curator.post(f"{LIST}/1/mode", data={"csrf_token": csrf_token(curator), "mode": ""})
    page = curator.get(PAGE)
    assert "It was tagged independently, as the project is." in page.text
    assert "it is revealed to everyone" in page.text


def test_who_tags_apart_without_being_asked_is_named_before_it_is_revealed(
    curator: PageClient, session: Session, room: Room
) -> None:
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    add_annotation(session, room.annotator, room.article)
    page = curator.get(PAGE)
    assert "Not done yet: Ines." in page.text
    assert "<b>Ines</b> in progress" in page.text
    assert "not assigned" in page.text


@pytest.mark.sqlite_only
def test_late_counts_days_of_the_reader(
    me: PageClient, curator: PageClient, session: Session, room: Room
) -> None:
    """What is due today in one zone was due yesterday in another, whatever hour it is here."""
    at = now()
    zones = {hours: f"Etc/GMT{-hours:+d}" for hours in (-12, 14)}
    days = {hours: (at + timedelta(hours=hours)).date() for hours in zones}
    assignments.assign(
        session,
        actor=room.curator,
        articles=[room.article],
        account_ids=[room.annotator.account_id],
        due_on=days[-12],
    )
    session.commit()
    for hours, zone in zones.items():
        late = (days[hours] - days[-12]).days
        for client, address in (
            (curator, LIST),
            (curator, PAGE),
            (me, f"{LIST}/{room.article.id}"),
        ):
            client.set_cookie("zone", zone)
            said = re.findall(r"late by (\d) day", client.get(address).text)
            assert said == ([str(late)] if late else []), (zone, address)


def test_who_may_not_tag_any_more_is_neither_late_nor_waited_for(
    curator: PageClient, me: PageClient, session: Session, room: Room
) -> None:
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    assign(session, room, room.article, late=2)
    assert "late by 2 days" in curator.get(LIST).text
    change_role(
        session, actor=room.owner, account_id=room.annotator.account_id, role=Role.READER.value
    )
    session.commit()
    page = curator.get(PAGE)
    assert "Not done yet" not in page.text
    for text in (page.text, curator.get(LIST).text, me.get(f"{LIST}/1").text):
        assert "late by" not in text
    assert "Nothing is yours to do." in me.get(MINE).text
    assert titles(curator.get(f"{LIST}?assignee=nobody")) == ["The River Road"]


def test_an_unknown_mode_and_the_revealing_of_what_is_shared_are_refused(
    curator: PageClient,
) -> None:
    page = curator.get(PAGE)
    assert curator.submit(page, f"{LIST}/1/mode", {"mode": "x"}).status_code == 422
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert curator.post(f"{LIST}/1/reveal", data={"csrf_token": token}).status_code == 409


def test_an_owner_makes_a_whole_project_independent_but_for_what_has_its_own_mode(
    client: PageClient, session: Session, room: Room
) -> None:
    two = add_article(session, "Another text.", title="Two")
    articles.set_mode(session, actor=room.owner, article=two, mode="shared")
    for article, quote in ((room.article, "It floods"), (two, "Another text.")):
        add_annotation(session, room.curator, article, quote)
    sign_in(client, session, room.owner.account)
    settings = "/projects/first/settings"
    page = client.get(settings)
    assert "In 1 article that follows the project something is tagged already" in page.text
    client.submit(page, "/projects/first/mode")
    assert "The project is independent now." in client.get(settings).text
    sign_in(client, session, room.annotator.account)
    listed = client.get(LIST).text
    assert "0 annotations of your own" in listed
    assert "The list and the files leave out what others tagged independently" in listed
    assert "The numbers leave out" in client.get("/projects/first/people").text
    assert listed.count("1 annotation<") == 1


def test_a_new_mode_of_the_project_takes_back_what_is_revealed_and_says_so(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    settings, mode = "/projects/first/settings", "/projects/first/mode"
    page = client.get(settings)
    assert "revealed" not in page.text
    client.submit(page, mode)
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    page = client.get(settings)
    assert (
        "1 article that follows the project is revealed to everyone: that is taken back, so"
        in page.text
    )
    client.submit(page, mode)
    page = client.get(settings)
    assert "revealed" not in page.text
    client.submit(page, mode)
    assert ">independent</span>" in client.get(LIST).text
    assert "took the revealing of the article back" in client.get(f"{LIST}/1/activity").text


def test_the_state_of_the_others_is_seen_where_people_tag_apart(
    me: PageClient, session: Session, room: Room
) -> None:
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    assignments.set_progress(session, actor=bo, article=room.article, state="done")
    session.commit()
    assert "<b>Bo</b> done" in me.get(LIST).text
    assert "not assigned" in me.get(PAGE).text
    assert "marked the article as done" in me.get(f"{LIST}/1/activity").text


def test_a_curator_reopens_an_article_for_somebody(
    curator: PageClient, session: Session, room: Room
) -> None:
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    session.commit()
    path = f"{PAGE}/{room.annotator.account_id}/reopen"
    assert curator.submit(curator.get(PAGE), path).status_code == 303
    page = curator.get(PAGE)
    assert "Reopened." in page.text
    assert "<b>Ines</b> in progress" in page.text
    assert path not in page.text
    assert "reopened the article for Ines" in curator.get(f"{LIST}/1/activity").text


def test_the_day_of_an_event_is_written_out(curator: PageClient) -> None:
    page = curator.get(PAGE)
    curator.submit(page, "assign", {"account": "3", "due": date(2030, 1, 31).isoformat()})
    words = curator.get(f"{LIST}/1/activity?kind=assignments").text
    assert "assigned the article to" in words
    assert "due 31 Jan 2030" in words
