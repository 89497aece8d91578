"""The inbox: what concerns someone and nothing else, read and unread, over all their projects."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations
from app.articles.service import articles
from app.assignments.service import assignments
from app.core.clock import now
from app.discussion.service import comments, stances, threads
from app.events.models import Event
from app.inbox.models import Inbox, InboxRead
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import memberships
from tests.harness.builders import (
    Room,
    add_annotation,
    add_comment,
    add_many,
    add_member,
    add_room,
    csrf_token,
    join,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, read, visible

INBOX = "/inbox"


def unread(client: PageClient) -> int:
    """Return the number that stands beside Inbox at the top of a page, 0 for none."""
    page = read(client.get("/help").text)
    found = [each for each in page.iter("span") if each.get("class") == "unread-count"]
    return int((found[0].text or "").strip()) if found else 0


def items(client: PageClient) -> list[str]:
    """Return the sentences of the items, newest first."""
    page = read(client.get(INBOX).text)
    lists = [each for each in page.iter("ul") if each.get("class") == "inbox"]
    return [" ".join("".join(line.itertext()).split()) for each in lists[-1:] for line in each]


def dispute(session: Session, actor: Member, annotation: Annotation, reason: str) -> None:
    stances.set_stance(
        session, actor=actor, annotation_id=annotation.id, value="dispute", reason=reason
    )
    session.commit()


def test_what_others_say_of_ones_annotation_stands_in_the_inbox(
    me: PageClient, session: Session, room: Room
) -> None:
    assert "Nothing yet." in me.get(INBOX).text
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine, "A demand?", is_question=True)
    dispute(session, room.owner, mine, "It asks.")
    threads.resolve(session, actor=room.owner, annotation_id=mine.id)
    session.commit()
    assert unread(me) == 3
    newest, middle, oldest = items(me)
    assert "Olga resolved the thread, on your claim" in newest
    assert "Olga disputed it, on your claim: It asks." in middle
    assert "Cato asked a question, on your claim: A demand?" in oldest
    assert "“The council must close the road.” The River Road · Project first" in oldest
    assert f'href="/annotations/{mine.id}"' in me.get(INBOX).text


def test_a_thread_concerns_one_from_ones_first_word_in_it_on(
    me: PageClient, session: Session, room: Room
) -> None:
    theirs = add_annotation(session, room.curator, room.article)
    add_comment(session, room.owner, theirs, "Before.")
    assert unread(me) == 0
    add_comment(session, room.annotator, theirs, "Mine.")
    add_comment(session, room.owner, theirs, "After.")
    dispute(session, room.owner, theirs, "Not of mine.")
    assert unread(me) == 1
    assert "Olga wrote a comment, on Cato’s claim: After." in items(me)[0]


def test_who_is_named_hears_of_it_also_by_an_edit_and_of_what_follows(
    me: PageClient, session: Session, room: Room
) -> None:
    theirs = add_annotation(session, room.curator, room.article)
    comment = add_comment(session, room.owner, theirs, "What does Ines say?")
    assert unread(me) == 0
    comments.edit(
        session,
        actor=room.owner,
        annotation_id=theirs.id,
        comment_id=comment.id,
        version=1,
        text="What does @Ines say?",
    )
    session.commit()
    assert unread(me) == 1
    assert (
        "Olga edited a comment, and named you, on Cato’s claim: What does @Ines say?"
        in (items(me)[0])
    )
    add_comment(session, room.curator, theirs, "Well?")
    assert unread(me) == 2


def test_items_are_marked_as_read_one_by_one_or_all_that_were_seen(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = [
        add_annotation(session, room.annotator, room.article, quote)
        for quote in ("The council", "must close", "It floods")
    ]
    for annotation in (*mine, mine[0]):
        add_comment(session, room.curator, annotation, "So.")
    page = me.get(INBOX)
    assert page.text.count('class="unread"') == 4
    event = [
        each.get("value") for each in read(page.text).iter("input") if each.get("name") == "event"
    ]
    fields = {"csrf_token": csrf_token(me), "up_to": str(event[0])}
    add_comment(session, room.curator, mine[0], "Four.")  # not on the page that was seen
    for _ in range(2):
        assert me.post("/inbox/read", data={**fields, "event": str(event[-1])}).status_code == 303
    assert unread(me) == 3  # the first and the fourth are of one thread
    me.post("/inbox/read", data=fields)
    assert unread(me) == 1
    assert me.get(INBOX).text.count('class="unread"') == 1
    assert me.post("/inbox/read", data={**fields, "event": "1"}).status_code == 404


def marks(session: Session) -> tuple[int, int]:
    """Return up to which event all is read, and how many are read one by one after it."""
    session.rollback()
    count = session.scalars(select(func.count()).select_from(InboxRead)).one()
    return session.scalars(select(Inbox.read_to)).one(), count


def test_the_mark_follows_what_is_read_one_by_one(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = [
        add_annotation(session, room.annotator, room.article, quote)
        for quote in ("The council", "must close", "It floods")
    ]
    for annotation in mine:
        add_comment(session, room.curator, annotation, "So.")
    query = select(Event.id).where(Event.kind == comments.WRITTEN).order_by(Event.id)
    first, second, third = session.scalars(query).all()
    session.rollback()
    fields = {"csrf_token": csrf_token(me)}
    for event, kept in ((second, (first - 1, 1)), (first, (third - 1, 0)), (third, (third, 0))):
        me.post("/inbox/read", data={**fields, "event": str(event)})
        assert marks(session) == kept


def test_who_reads_a_card_has_read_its_items(me: PageClient, session: Session, room: Room) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    other = add_annotation(session, room.annotator, room.article, "nobody")
    for annotation in (mine, mine, other):
        add_comment(session, room.curator, annotation, "So.")
    card = read(me.get(f"/annotations/{mine.id}/card").text).find(".//div[@data-last-event]")
    assert card is not None
    add_comment(session, room.curator, mine, "Later.")
    up_to = str(card.get("data-last-event"))
    fields = {"csrf_token": csrf_token(me), "annotation": str(mine.id), "up_to": up_to}
    assert ">2<" in me.post("/inbox/read", data=fields, headers={"X-Fragment": "1"}).text
    assert unread(me) == 2


def test_what_was_hidden_is_new_when_it_is_revealed(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    theirs = add_annotation(session, room.curator, room.article, "nobody")
    add_comment(session, room.annotator, theirs, "Mine.")
    add_comment(session, room.curator, mine, "Seen.")
    add_comment(session, room.curator, theirs, "Hidden.")
    add_comment(session, room.curator, mine, "Seen too.")
    room.article.mode_name = "independent"
    session.commit()
    assert unread(me) == 2
    newest = read(me.get(INBOX).text).find(".//input[@name='up_to']")
    assert newest is not None
    up_to = str(newest.get("value"))
    me.post("/inbox/read", data={"csrf_token": csrf_token(me), "up_to": up_to})
    assert unread(me) == 0
    room.article.revealed_at = now()
    session.commit()
    assert unread(me) == 1
    assert "Hidden." in items(me)[1]


@pytest.mark.sqlite_only
def test_the_newest_items_are_found_below_threads_that_are_busy_with_other_things(
    me: PageClient, session: Session, room: Room
) -> None:
    first = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, first, "The oldest.")
    add_many(session, room.annotator, room.article, 110)
    query = select(Annotation).where(Annotation.id > first.id)
    for annotation in session.scalars(query).all():  # nobody else says anything in these
        add_comment(session, room.annotator, annotation, "Mine.")
    assert "The oldest." in items(me)[0]


def test_a_page_of_older_items_comes_back_after_one_was_read(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    other = add_annotation(session, room.annotator, room.article, "nobody")
    add_comment(session, room.curator, other, "Old.")
    add_comment(session, room.curator, mine, "New.")
    query = select(func.max(Event.id))
    page = me.get(f"{INBOX}?before={session.scalar(query)}")
    session.rollback()
    answer = me.submit(page, "/inbox/read")
    assert answer.headers["Location"].startswith(f"{INBOX}?before=")
    assert unread(me) == 1


def test_a_reason_that_was_withdrawn_is_not_repeated(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    dispute(session, room.owner, mine, "Too sharp.")
    assert "Too sharp." in me.get(INBOX).text
    dispute(session, room.owner, mine, "It asks.")
    assert "Too sharp." not in me.get(INBOX).text
    assert "It asks." in me.get(INBOX).text
    stances.withdraw_stance(session, actor=room.owner, annotation_id=mine.id)
    session.commit()
    page = me.get(INBOX).text
    assert "It asks." not in page
    assert "Olga</bdi></b> withdrew that they dispute" in page


def test_an_author_is_told_that_a_curator_deleted_their_comment(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    theirs = add_annotation(session, room.owner, room.article)
    mine = add_comment(session, room.annotator, theirs, "Too sharp.")
    own = add_comment(session, room.annotator, theirs, "A slip.")
    other = sign_in(page_client(app), session, room.owner.account)
    for actor, comment in ((room.curator, mine), (room.annotator, own)):
        comments.delete(session, actor=actor, annotation_id=theirs.id, comment_id=comment.id)
        session.commit()
    assert unread(me) == 1
    assert "Cato deleted your comment, on Olga’s claim: Too sharp." in items(me)[0]
    assert "deleted your comment" not in other.get(INBOX).text


def test_nothing_is_shown_of_a_project_that_one_has_left_nor_of_the_trash(
    app: Flask, session: Session, room: Room
) -> None:
    second = add_room(session, "second")
    both = join(session, room.annotator.account, Role.ANNOTATOR, "second")
    client = sign_in(page_client(app), session, both.account)
    mine = add_annotation(session, both, second.article)
    add_comment(session, second.curator, mine, "Of the second.", is_question=True)
    assert unread(client) == 1
    assert "Of the second." in client.get(INBOX).text
    annotations.delete(session, actor=second.owner, annotation_id=mine.id, version=1)
    session.commit()
    assert unread(client) == 0
    annotations.restore(session, actor=second.owner, annotation_id=mine.id)
    session.commit()
    assert unread(client) == 1
    memberships.leave(session, actor=both)
    session.commit()
    assert unread(client) == 0
    assert "Of the second." not in client.get(INBOX).text


def test_open_questions_stand_there_for_who_takes_part_and_for_who_settles_them(
    app: Flask, session: Session, room: Room
) -> None:
    theirs = add_annotation(session, room.curator, room.article)
    add_comment(session, room.owner, theirs, "Which tag?", is_question=True)
    pages = {
        member.role: sign_in(page_client(app), session, member.account)
        for member in (room.reader, room.annotator, room.curator, room.owner)
    }
    sees = {role: "Which tag?" in client.get(INBOX).text for role, client in pages.items()}
    assert sees == {
        Role.READER: False,
        Role.ANNOTATOR: False,
        Role.CURATOR: True,
        Role.OWNER: True,
    }
    threads.resolve(session, actor=room.owner, annotation_id=theirs.id)
    session.commit()
    assert "Questions not resolved" not in pages[Role.OWNER].get(INBOX).text


def test_a_question_that_has_to_wait_is_not_listed_until_it_is_revealed(
    app: Flask, session: Session, room: Room
) -> None:
    bo = add_member(session, Role.ANNOTATOR, "Bo")
    theirs = add_annotation(session, bo, room.article)
    own = add_annotation(session, room.annotator, room.article, "It floods")
    add_comment(session, room.annotator, theirs, "Of theirs?", is_question=True)
    add_comment(session, room.curator, own, "Of mine?", is_question=True)
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    session.commit()
    me = sign_in(page_client(app), session, room.annotator.account)
    curator = sign_in(page_client(app), session, room.curator.account)
    questions = "/inbox/questions"
    assert "Of theirs?" not in me.get(questions).text
    assert "Of mine?" in me.get(questions).text
    assert "Questions not resolved (1)" in me.get(INBOX).text
    assert "Of theirs?" in curator.get(questions).text
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert "Of theirs?" in me.get(questions).text


def test_who_settles_how_to_tag_is_told_of_a_question_and_of_what_follows(
    app: Flask, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    members = (room.reader, room.annotator, room.curator, room.owner)
    clients = [sign_in(page_client(app), session, member.account) for member in members]
    add_comment(session, room.annotator, mine, "No question.")
    assert [unread(client) for client in clients] == [0, 0, 0, 0]
    add_comment(session, room.annotator, mine, "Which tag?", is_question=True)
    assert [unread(client) for client in clients] == [0, 0, 1, 1]
    add_comment(session, room.curator, mine, "A claim.")
    assert [unread(client) for client in clients] == [0, 1, 1, 2]


def test_open_questions_and_disputes_are_counted_and_listed_oldest_first_in_pages(
    app: Flask, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    for number in range(1, 13):
        add_comment(session, room.annotator, mine, f"Question {number}?", is_question=True)
    dispute(session, room.curator, mine, "It asks.")
    owner = sign_in(page_client(app), session, room.owner.account)
    me = sign_in(page_client(app), session, room.annotator.account)
    for client in (owner, me):
        page = client.get(INBOX).text
        assert "Questions not resolved (12)" in page
        assert page.index("Question 1?") < page.index("Question 10?")
        assert "Disputed, not resolved (1)" in page
    assert "All 12, the oldest first" in page
    assert "Question 12?" in me.get("/inbox/questions").text
    assert "Cato disputes your claim: It asks." in visible(me.get("/inbox/disputes"))
    assert "Cato disputes Ines’s claim: It asks." in visible(owner.get("/inbox/disputes"))
    reader = sign_in(page_client(app), session, room.reader.account)
    assert "Nothing is open." in reader.get("/inbox/disputes").text
    room.article.archived_at = now()
    session.commit()
    assert "not resolved" not in owner.get(INBOX).text
    room.article.archived_at = None
    room.owner.project.archived_at = now()
    session.commit()
    assert "not resolved" not in owner.get(INBOX).text


@pytest.mark.sqlite_only
def test_a_comment_that_was_deleted_is_not_repeated(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    comment = add_comment(session, room.curator, mine, "Too sharp.")
    comments.delete(session, actor=room.curator, annotation_id=mine.id, comment_id=comment.id)
    session.commit()
    assert "Too sharp." not in me.get(INBOX).text
    assert "wrote a comment, since deleted" in me.get(INBOX).text


@pytest.mark.sqlite_only
def test_a_long_inbox_goes_on_by_pages_and_counts_to_99(
    me: PageClient, session: Session, room: Room
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    for number in range(101):
        add_comment(session, room.curator, mine, f"Number {number}.")
    assert '99+<span class="visually-hidden"> unread' in me.get("/help").text
    page = me.get(INBOX)
    assert "Number 51." in page.text
    assert "Number 50." not in page.text
    older = next(each for each in read(page.text).iter("a") if each.get("rel") == "next")
    assert "Number 50." in me.get(str(older.get("href"))).text
