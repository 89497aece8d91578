"""Two at once, in real threads with sessions of their own: the row decides who was first."""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, PasswordReset
from app.accounts.service import accounts, reset_tokens
from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.annotations.service.annotations import EditConflict
from app.annotations.service.undo import undo
from app.articles.models import Article
from app.articles.queries.articles import current_revision
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.service import assignments
from app.core.choosing import NEW as NEW_NAME
from app.core.choosing import Chosen
from app.core.db import Database
from app.core.errors import Conflict, GlossError, Invalid, NotFound
from app.discussion.models import Comment
from app.discussion.service import comments
from app.events.models import Event
from app.parties.models import Party
from app.parties.queries import count as count_named
from app.parties.service.aliases import merge
from app.parties.service.choosing import choose
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import reset_links
from app.projects.service.invitations import join
from app.projects.service.members import member_by_id
from app.projects.service.memberships import change_role, leave, remove
from app.projects.service.projects import join_first
from app.projects.tagging_modes import Mode
from tests.harness.builders import (
    QUICK_HASH,
    Room,
    add_account,
    add_annotation,
    add_invitation,
    add_member,
    add_party,
    add_project,
    add_reset_link,
    correct,
)
from tests.harness.correcting import NEW

_T = TypeVar("_T")
QUOTE = "It floods every spring"
ROUNDS = 3  # a race that is lost only sometimes must show
PAUSE_SECONDS = 0.05  # in which the other one takes what it takes first
WAIT_SECONDS = 30  # for the others to be there too


def at_once(database: Database, *acts: Callable[[Session], _T]) -> list[_T | GlossError]:
    """Run each act in a thread and a transaction of its own, all begun together."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[Session], _T]) -> _T | GlossError:
        with database.writing() as session:
            start.wait(WAIT_SECONDS)
            try:
                result = act(session)
                session.commit()
            except GlossError as error:
                return error
            return result

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def creating(
    member: Member, article_id: int, *, key: str = "", quote: str = QUOTE, note: str = ""
) -> Callable[[Session], int]:
    def act(session: Session) -> int:
        return annotations.create(
            session,
            actor=session.get_one(Member, (member.project_id, member.account_id)),
            article_id=article_id,
            tag="claim",
            asked=PassageQuery(quote),
            note=note,
            client_key=key or uuid.uuid4().hex,
        ).id

    return act


def count(session: Session, model: type[Annotation | Event | Account]) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(model)).one()


def test_two_creates_with_one_key_make_one_row_and_one_event(
    database: Database, session: Session, room: Room
) -> None:
    for number in range(1, ROUNDS + 1):
        act = creating(room.annotator, room.article.id, key=str(number), quote=QUOTE[:-number])
        before = count(session, Event)
        one, other = at_once(database, act, act)
        assert isinstance(one, int)
        assert one == other
        assert count(session, Annotation) == number
        assert count(session, Event) == before + 1


def test_two_creates_with_one_key_for_two_passages_lose_neither_silently(
    database: Database, session: Session, room: Room
) -> None:
    results = at_once(
        database,
        creating(room.annotator, room.article.id, key="k"),
        creating(room.annotator, room.article.id, key="k", quote="nobody repairs it"),
    )
    assert [type(result) for result in sorted(results, key=str)].count(int) == 1
    assert [type(result) for result in results].count(Conflict) == 1
    assert count(session, Annotation) == 1


def test_two_creates_of_one_passage_with_one_tag_make_one_row(
    database: Database, session: Session, room: Room
) -> None:
    for number in range(1, ROUNDS + 1):
        act = creating(room.annotator, room.article.id, quote=QUOTE[:-number])
        one, other = at_once(database, act, act)
        assert isinstance(one, int)
        assert one == other
        assert count(session, Annotation) == number


def test_a_tag_goes_into_the_text_that_a_correction_gives_while_its_words_are_looked_for(
    database: Database, session: Session, room: Room
) -> None:
    """The words are found before the article is held: what is found must be looked at again."""
    project_id, curator_id = room.annotator.project_id, room.curator.account_id
    corrected: list[str] = []

    def correct_now(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if corrected or not ("FOR NO KEY UPDATE" in sql or sql.startswith("INSERT INTO annotat")):
            return
        corrected.append(sql)
        if database.is_postgresql:  # on SQLite nobody can write now
            with database.writing() as own:
                actor = own.get_one(Member, (project_id, curator_id))
                correct(own, actor, own.get_one(Article, room.article.id), NEW)

    event.listen(database.engine, "before_cursor_execute", correct_now)
    with database.writing() as own:
        made_id = creating(room.annotator, room.article.id)(own)
        own.commit()
    made = session.get_one(Annotation, made_id)
    assert corrected
    current = current_revision(session, room.article.id)
    assert (made.revision_id, made.quote) == (current.id, QUOTE)
    assert current.text[made.start : made.end] == QUOTE
    assert current.number == (2 if database.is_postgresql else 1)


@pytest.mark.parametrize("act", ["archive", "make independent", "reveal"])
def test_a_tag_heeds_what_a_curator_does_with_the_article_while_its_words_are_looked_for(
    database: Database, session: Session, room: Room, act: str
) -> None:
    if act == "reveal":
        articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    key = (room.curator.project_id, room.curator.account_id)
    done: list[str] = []

    def do_it_now(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if done or "FOR NO KEY UPDATE" not in sql:
            return
        done.append(sql)
        with database.writing() as own:
            actor, article = own.get_one(Member, key), own.get_one(Article, room.article.id)
            if act == "archive":
                articles.archive(own, actor=actor, article=article)
            elif act == "reveal":
                articles.reveal(own, actor=actor, article=article)
            else:
                articles.set_mode(own, actor=actor, article=article, mode="independent")
            own.commit()

    event.listen(database.engine, "before_cursor_execute", do_it_now)
    with database.writing() as own:
        create = creating(room.annotator, room.article.id)
        if database.is_postgresql and act == "archive":
            with pytest.raises(Conflict, match="archived"):
                create(own)
            return
        made = own.get_one(Annotation, create(own))
        assert bool(done) is database.is_postgresql  # on SQLite nobody can write meanwhile
        assert made.made_blind is (act == ("make independent" if done else "reveal"))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_tag_heeds_the_mode_that_its_project_gets_at_the_same_moment(
    database: Database,
    session: Session,
    room: Room,
    *,
    is_first: bool,  # the tag, whose words are found before the project is made independent
) -> None:
    session.commit()
    owner_key = (room.owner.project_id, room.owner.account_id)
    begun = threading.Event()

    def make_independent() -> None:
        begun.wait()
        with database.writing() as own:
            set_project_mode(own, actor=own.get_one(Member, owner_key), mode="independent")
            own.commit()

    create = creating(room.annotator, room.article.id)
    with ThreadPoolExecutor(1) as pool:
        change = pool.submit(make_independent)
        with database.writing() as own:
            if is_first:
                made = own.get_one(Annotation, create(own))
                begun.set()
                time.sleep(PAUSE_SECONDS)
                assert not change.done()  # it waits for the tag
            else:
                actor = own.get_one(Member, (room.annotator.project_id, room.annotator.account_id))
                assert actor.project.mode is Mode.SHARED  # as the page knew it
                if database.is_postgresql:
                    begun.set()
                    change.result()
                made = own.get_one(Annotation, create(own))
                begun.set()
            assert made.made_blind is (database.is_postgresql and not is_first)
            own.commit()
        change.result()


def test_of_two_edits_at_one_version_one_wins_and_the_other_is_stale(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    session.commit()

    def editing(member: Member, version: int, note: str) -> Callable[[Session], str]:
        def act(own: Session) -> str:
            annotations.change(
                own,
                actor=own.get_one(Member, (member.project_id, member.account_id)),
                annotation_id=made.id,
                version=version,
                note=note,
            )
            return note

        return act

    for version in range(1, ROUNDS + 1):
        results = at_once(
            database,
            editing(room.annotator, version, f"mine {version}"),
            editing(room.curator, version, f"theirs {version}"),
        )
        won = [result for result in results if isinstance(result, str)]
        lost = [result for result in results if isinstance(result, EditConflict)]
        assert (len(won), len(lost)) == (1, 1)
        assert lost[0].annotation.note == won[0]
        session.rollback()
        session.refresh(made)
        assert (made.note, made.version) == (won[0], version + 1)
    assert count(session, Event) == 1 + 1 + ROUNDS  # the article, the making, each edit once


def test_pressing_undo_twice_at_once_takes_back_one_act_or_two_but_none_twice(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    key = (room.annotator.project_id, room.annotator.account_id)

    def act(own: Session) -> int:
        actor = own.get_one(Member, key)
        fresh = uuid.uuid4().hex
        taken = undo(own, actor=actor, article_id=room.article.id, client_key=fresh)
        return taken.act.id

    results = at_once(database, act, act)
    assert [type(result) for result in results].count(int) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 1
    session.rollback()
    session.refresh(made)
    assert made.deleted_at is not None
    undone = select(func.count()).where(Event.undoes_id.is_not(None))
    assert session.scalars(undone).one() == 1


def test_a_delete_and_an_undo_at_once_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    project_id = room.annotator.project_id

    def delete_it(own: Session) -> object:
        event.listen(own, "after_flush", lambda *_: time.sleep(PAUSE_SECONDS))
        actor = own.get_one(Member, (project_id, room.curator.account_id))
        return annotations.delete(own, actor=actor, annotation_id=made.id, version=made.version)

    def undo_it(own: Session) -> object:
        actor = own.get_one(Member, (project_id, room.annotator.account_id))
        time.sleep(PAUSE_SECONDS / 2)
        return undo(own, actor=actor, article_id=room.article.id, client_key=uuid.uuid4().hex)

    at_once(database, delete_it, undo_it)
    session.rollback()
    session.refresh(made)
    assert made.deleted_at is not None


def test_a_first_comment_and_a_correction_at_once_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    project_id = room.annotator.project_id

    def comment(own: Session) -> object:
        event.listen(own, "after_flush", lambda *_: time.sleep(PAUSE_SECONDS))
        actor = own.get_one(Member, (project_id, room.annotator.account_id))
        key = uuid.uuid4().hex
        return comments.write(
            own, actor=actor, annotation_id=made.id, text="So?", is_question=False, client_key=key
        )

    def correct_it(own: Session) -> object:
        actor = own.get_one(Member, (project_id, room.curator.account_id))
        time.sleep(PAUSE_SECONDS / 2)
        return correct(own, actor, own.get_one(Article, room.article.id), NEW)

    at_once(database, comment, correct_it)
    assert current_revision(session, room.article.id).number == 2
    assert session.scalars(select(func.count()).select_from(Comment)).one() == 1


def test_of_two_first_accounts_exactly_one_becomes_the_owner(
    database: Database, session: Session
) -> None:
    add_project(session)
    session.commit()

    def joining(name: str) -> Callable[[Session], Role]:
        def act(own: Session) -> Role:
            email = f"{name}@example.org"
            account = accounts.create(own, name=name, email=email, password_hash=QUICK_HASH)
            member = join_first(own, account_id=account.id)
            assert member is not None
            return member.role

        return act

    roles = at_once(database, *(joining(name) for name in ("ada", "bea", "cleo", "dora")))
    assert roles.count(Role.OWNER) == 1
    assert roles.count(Role.ANNOTATOR) == 3


def acting_on(
    act: Callable[..., object], actor: Member, **values: object
) -> Callable[[Session], object]:
    """Return an act of a member on the people of their project."""

    def run(own: Session) -> object:
        found = member_by_id(own, project_id=actor.project_id, account_id=actor.account_id)
        return act(own, actor=found, **values)

    return run


def owners(session: Session, project_id: int) -> int:
    session.rollback()
    query = select(func.count()).where(
        Member.project_id == project_id, Member.role_name == Role.OWNER.value
    )
    return session.scalars(query).one()


@pytest.mark.parametrize("act", ["demote", "remove", "leave"])
def test_two_owners_at_once_never_leave_a_project_without_one(
    database: Database, session: Session, act: str
) -> None:
    for number in range(ROUNDS):
        one, other = (add_member(session, Role.OWNER, name, f"p{number}") for name in ("A", "B"))
        if act == "demote":
            results = at_once(
                database,
                acting_on(change_role, one, account_id=other.account_id, role="reader"),
                acting_on(change_role, other, account_id=one.account_id, role="reader"),
            )
        elif act == "remove":
            results = at_once(
                database,
                acting_on(remove, one, account_id=other.account_id),
                acting_on(remove, other, account_id=one.account_id),
            )
        else:
            results = at_once(database, acting_on(leave, one), acting_on(leave, other))
        assert sum(isinstance(result, GlossError) for result in results) == 1
        assert owners(session, one.project_id) == 1


def test_of_two_who_come_at_once_by_a_link_for_one_one_gets_in(
    database: Database, session: Session, room: Room
) -> None:
    for _ in range(ROUNDS):
        token = add_invitation(session, room.owner)[1]
        accounts_made = [add_account(session, name).id for name in ("Ada", "Bea")]
        results = at_once(
            database,
            *(partial(join, account_id=account_id, token=token) for account_id in accounts_made),
        )
        assert [type(result) for result in results].count(Member) == 1
        assert [type(result) for result in results].count(NotFound) == 1
        session.rollback()
        found = select(func.count()).where(Member.account_id.in_(accounts_made))
        assert session.scalars(found).one() == 1


def test_pressing_join_twice_at_once_makes_one_member_and_one_use(
    database: Database, session: Session, room: Room
) -> None:
    token = add_invitation(session, room.owner)[1]
    account_id = add_account(session).id
    act = partial(join, account_id=account_id, token=token)
    results = at_once(database, act, act)
    assert [type(result) for result in results] == [Member, Member]
    session.rollback()
    used = select(func.count()).where(Event.kind == "invitation.used")
    assert session.scalars(used).one() == 1


def test_coming_back_and_an_unassigning_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    project_id, account_id = room.annotator.project_id, room.annotator.account_id
    article_id = room.article.id
    assignments.assign(
        session,
        actor=room.curator,
        articles=[room.article],
        account_ids=[account_id],
        due_on=None,
    )
    assignments.set_progress(session, actor=room.annotator, article=room.article, state="done")
    remove(session, actor=room.owner, account_id=account_id)
    session.commit()
    token = add_invitation(session, room.owner)[1]
    slow: list[int] = []

    def come_back(own: Session) -> object:
        return join(own, account_id=account_id, token=token)

    def unassign(own: Session) -> object:
        slow.append(threading.get_ident())
        actor = own.get_one(Member, (project_id, room.curator.account_id))
        article = own.get_one(Article, article_id)
        return assignments.unassign(own, actor=actor, article=article, account_id=account_id)

    def wait_before_events(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if "advisory" in sql and threading.get_ident() in slow:
            time.sleep(PAUSE_SECONDS)

    event.listen(database.engine, "before_cursor_execute", wait_before_events)
    for result in at_once(database, come_back, unassign):
        assert not isinstance(result, GlossError)


def test_tagging_and_a_change_of_role_do_not_wait_for_each_other_for_ever(
    database: Database, session: Session, room: Room
) -> None:
    for number in range(1, ROUNDS + 1):
        role = "curator" if number % 2 else "reader"
        results = at_once(
            database,
            creating(room.annotator, room.article.id, quote=QUOTE[:-number]),
            acting_on(change_role, room.owner, account_id=room.reader.account_id, role=role),
        )
        assert not [result for result in results if isinstance(result, GlossError)]
    assert count(session, Annotation) == ROUNDS


def test_of_two_accounts_with_one_address_one_is_made(database: Database, session: Session) -> None:
    def act(own: Session) -> str:
        return accounts.create(
            own, name="Ines", email="Ines@Example.org", password_hash=QUICK_HASH
        ).email

    results = at_once(database, act, act)
    assert results.count("ines@example.org") == 1
    assert [type(result) for result in results].count(Invalid) == 1
    assert count(session, Account) == 1


def test_events_become_visible_in_the_order_of_their_ids(
    database: Database, session: Session, room: Room
) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        with database.session() as own:
            while not stop.is_set():
                newest = max(seen, default=0)
                ids = own.scalars(select(Event.id).where(Event.id > newest).order_by(Event.id))
                seen.extend(ids)
                own.rollback()

    watcher = threading.Thread(target=watch)
    watcher.start()
    quotes = [QUOTE[: 5 + number] for number in range(6)]
    try:
        at_once(database, *(creating(room.annotator, room.article.id, quote=q) for q in quotes))
    finally:
        stop.set()
        watcher.join()
    session.rollback()
    ids = session.scalars(select(Event.id).order_by(Event.id)).all()
    newest = max(seen)
    assert seen == [event_id for event_id in ids if event_id <= newest]


@pytest.mark.parametrize("links", [1, 2])
def test_of_two_who_use_links_of_one_account_at_once_one_sets_the_password(
    database: Database, session: Session, links: int
) -> None:
    account = add_account(session)
    for _ in range(ROUNDS):
        tokens = [add_reset_link(session, account) for _ in range(links)]
        acts = [
            partial(reset_tokens.use, token=tokens[number % links], password_hash=f"{number}")
            for number in range(2)
        ]
        results = at_once(database, *acts)
        assert sorted(type(result).__name__ for result in results) == ["NotFound", "int"]
        session.rollback()
        session.refresh(account)
        assert results[int(account.password_hash)] == account.id


def test_a_link_of_an_owner_and_the_joining_of_another_project_at_once_leave_no_link(
    database: Database, session: Session, room: Room
) -> None:
    def making(own: Session, account_id: int) -> object:
        owner = room.owner
        actor = member_by_id(own, project_id=owner.project_id, account_id=owner.account_id)
        return reset_links.make(own, actor=actor, account_id=account_id)

    for number in range(ROUNDS):
        account_id = add_member(session, Role.READER, "Rita").account_id
        host = add_member(session, Role.OWNER, "Otto", f"other{number}")
        _, token = add_invitation(session, host)
        at_once(
            database,
            partial(making, account_id=account_id),
            partial(join, account_id=account_id, token=token),
        )
        session.rollback()
        query = select(PasswordReset).where(PasswordReset.account_id == account_id)
        assert session.scalars(query).all() == []
        assert session.get(Member, (host.project_id, account_id)) is not None


def test_who_signs_in_by_the_old_password_while_it_is_reset_is_not_in_afterwards(
    database: Database, session: Session
) -> None:
    account_id = add_account(session).id
    for number in range(ROUNDS):
        session.rollback()
        token = add_reset_link(session, accounts.get(session, account_id))
        with database.session() as earlier:
            known = accounts.get(earlier, account_id)  # read, and its password being checked

        def sign_in(own: Session, known: Account = known) -> int:
            if accounts.has_password(own, known):
                accounts.sign_in(own, account_id=known.id)
            return known.id

        reset = partial(reset_tokens.use, token=token, password_hash=f"{number}")
        assert at_once(database, sign_in, reset) == [account_id, account_id]
        assert accounts.list_sessions(session, account_id) == []


def test_two_who_make_a_party_of_one_name_at_once_have_the_same(
    database: Database, session: Session, room: Room
) -> None:
    def naming(member: Member, name: str) -> Callable[[Session], str]:
        def act(session: Session) -> str:
            actor = session.get_one(Member, (member.project_id, member.account_id))
            chosen = Chosen(ids="", answers=[NEW_NAME + name])
            return choose(session, Party, actor=actor, chosen=chosen, field="party_name")

        return act

    for number in range(ROUNDS):
        one, other = at_once(
            database,
            naming(room.annotator, f"Party {number}"),
            naming(room.curator, f"PARTY {number}"),
        )
        assert isinstance(one, str)
        assert one == other
    assert count_named(session, Party, room.article.project_id) == ROUNDS


def test_two_who_merge_two_parties_into_each_other_leave_one_alias(
    database: Database, session: Session, room: Room
) -> None:
    def merging(member: Member, row_id: int, into_id: int) -> Callable[[Session], int]:
        def act(session: Session) -> int:
            actor = session.get_one(Member, (member.project_id, member.account_id))
            return merge(session, Party, actor=actor, row_id=row_id, into_id=into_id).event_id

        return act

    for number in range(ROUNDS):
        names = (f"One {number}", f"Two {number}")
        one, two = (add_party(session, room.annotator, name).id for name in names)
        done = at_once(database, merging(room.curator, one, two), merging(room.owner, two, one))
        assert sorted(isinstance(each, Conflict) for each in done) == [False, True]
        session.rollback()
        mains = {session.get_one(Party, each).alias_of_id for each in (one, two)}
        assert mains in ({None, one}, {None, two})
