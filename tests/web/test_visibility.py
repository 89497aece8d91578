"""What is tagged independently: nobody learns of another's annotation before they may see it."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations, undo
from app.articles.models import Draft
from app.articles.queries.articles import find_article
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.queries.visibility import (
    EVERYONE,
    Visibility,
    independent_articles_for,
    visibility_for,
    who_sees_all,
)
from app.assignments.service import assignments
from app.core.db import Database
from app.discussion.service import stances, threads, verdicts
from app.exports.queries.formats import FORMATS
from app.parties.models import Party, Position
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service.members import member_of
from app.projects.tagging_modes import Mode
from app.themes.queries import list_themes
from app.web.responses import FRAGMENT_HEADER
from tests.harness.api import ApiClient
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_member,
    add_party,
    add_position,
    add_room,
    add_theme,
    add_token,
    correct,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, without_chance
from tests.harness.routes import api_routes, fill, fill_each, routes, send
from tests.harness.workbooks import text_of

SECRET = "a secret of Zeno's"
ARTICLE = "/projects/first/articles/1"
WORD = "\u0442\u0430\u0439\u043d\u0430"
RUSSIAN = (
    f"\u042d\u0442\u043e {WORD}, \u043e \u043a\u043e\u0442\u043e\u0440\u043e\u0439 "
    "\u043d\u0438\u043a\u0442\u043e \u043d\u0435 \u0437\u043d\u0430\u0435\u0442. "
) * 9

OF_ALL = [extension for extension, each in FORMATS.items() if each.omissions is None]
BINARY = {each.mimetype for each in FORMATS.values() if each.is_binary}

FINDINGS = "/projects/first/findings"
IN_CONTEXT = tuple(
    f"{FINDINGS}/passages?{query}"
    for query in (
        "view=context&q=nobody",
        "view=context&q=nobody&hits=untagged",
        "view=context&q=t*&hits=untagged&by=place",
        "view=context&after=1.1.60.77.2",
        "view=context&by=before2&note=yes",
    )
)
"""What is asked of words in context, around what Zeno tags."""
PLACES = tuple(
    f"{FINDINGS}/places.{extension}?q=nobody{rest}"
    for extension in ("csv", "xlsx")
    for rest in ("", "&by=place", "&hits=untagged", "&hits=untagged&by=place")
)
"""Files of the places of words, tagged or not, of which Zeno tags some."""
CHANGES = (f"{FINDINGS}/changes?view=every&verdict=all", f"{FINDINGS}/changes.csv?verdict=all")
"""What is asked of the changes, with those that are neither."""
ASKED = (*IN_CONTEXT, *PLACES, *CHANGES)


@pytest.fixture
def zeno(session: Session, room: Room) -> Member:
    """Give another annotator of a project that is tagged independently.

    That they have begun with the article is seen by everyone.
    """
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    session.commit()
    member = add_member(session, Role.ANNOTATOR, "Zeno")
    add_theme(session, room.curator, "ports")
    add_party(session, room.curator)
    add_party(session, room.curator, "Aaron Alt")  # before whom the other stands where it is used
    add_position(session, room.curator)
    assignments.set_progress(session, actor=member, article=room.article, state="in progress")
    session.commit()
    return member


def tag_much(session: Session, member: Member, room: Room) -> Annotation:
    """Tag, change, delete, undo: do all that leaves a trace. Return what is still there."""
    themes = list_themes(session, member.project_id)
    party = session.scalars(select(Party).where(Party.name == "Mara Lind")).one()
    kept = add_annotation(
        session,
        member,
        room.article,
        "nobody repairs it",
        note=SECRET,
        themes=themes,
        party=party,
        position=session.scalars(select(Position)).one(),
        side="for",
        addressees=[party],
    )
    annotations.change(
        session, actor=member, annotation_id=kept.id, version=1, tag="demand", note=SECRET + "!"
    )
    gone = add_annotation(session, member, room.article, "We have no time", note=SECRET)
    annotations.delete(session, actor=member, annotation_id=gone.id, version=1)
    session.commit()
    undo.undo(session, actor=member, article_id=room.article.id, client_key="zeno")
    undo.redo(session, actor=member, article_id=room.article.id, client_key="zeno again")
    session.commit()
    discuss(session, member, room, kept)
    change_sides(session, member, room, kept)
    return kept


def change_sides(session: Session, member: Member, room: Room, supporting: Annotation) -> None:
    """Let the party be against its position too, give a verdict, another, and take it back."""
    opposing = add_annotation(
        session,
        member,
        room.article,
        "We have no money",
        tag="demand",
        note=SECRET,
        party=session.get(Party, supporting.party_id),
        position=session.scalars(select(Position)).one(),
        side="against",
    )
    for version, value in enumerate((verdicts.NEITHER, verdicts.CHANGE)):
        given = verdicts.give(
            session,
            actor=room.curator,
            supporting_id=supporting.id,
            opposing_id=opposing.id,
            version=version,
            value=value,
            reason=SECRET,
        )
    verdicts.undo(session, actor=room.curator, event_id=given.event_id or 0)
    session.commit()


def discuss(session: Session, member: Member, room: Room, annotation: Annotation) -> None:
    """Comment, ask, dispute and resolve: say all of an annotation that leaves a trace."""
    add_comment(session, member, annotation, SECRET)
    add_comment(session, room.curator, annotation, f"Is it {SECRET}?", is_question=True)
    stances.set_stance(
        session,
        actor=room.curator,
        annotation_id=annotation.id,
        value=stances.DISPUTE,
        reason=SECRET,
    )
    threads.resolve(session, actor=member, annotation_id=annotation.id)
    session.commit()


def answers(
    app: Flask, client: PageClient, program: ApiClient, zeno: Member, next_id: int
) -> dict[str, str]:
    """Return what every address answers to a GET, and to acts on Zeno's annotations."""
    found = told_to_programs(app, program, zeno, next_id)
    token = csrf_token(client)
    for method, rule in routes(app):
        for annotation_id in (next_id, next_id + 1) if "annotation_id" in rule.rule else (0,):
            values = {"annotation_id": annotation_id, "offset": 62, "account_id": zeno.account_id}
            if method == "GET" and not rule.rule.startswith("/static"):
                for path in fill_each(rule, **values):
                    for query in (
                        "",
                        f"?annotator={zeno.account_id}",
                        f"?annotation={next_id}",
                        "?sort=touched",
                        "?tick=all",
                    ):
                        found[f"GET {path}{query}"] = ask(client, path + query)
            elif method == "POST" and rule.rule.startswith("/annotations"):
                path = fill(rule, **values)
                answer = send(client, method, path, csrf_token=token, version="1", note="mine now")
                assert answer.status_code == 404, path
                found[f"POST {path}"] = without_chance(answer.text)
    for path in ASKED:
        found[f"asked {path}"] = ask(client, path)
    found["own card"] = ask(client, f"/annotations/{next_id - 1}/card")  # with who may say it
    found["to tag"] = ask(client, "/projects/first/findings/occurrences?q=%22nobody+repairs+it%22")
    for path in (f"{ARTICLE}/blocks/1", f"{ARTICLE}/at/62", f"{ARTICLE}/margins/1-9"):
        found[f"piece of {path}"] = ask(client, path, {FRAGMENT_HEADER: "1"})
    for path in linked_data(next_id):
        found[f"linked data at {path}"] = ask(client, path, {"Accept": "application/ld+json"})
    found["by Zeno"] = ask(client, f"/projects/first/activity?person={zeno.account_id}")
    return found


def told_to_programs(app: Flask, program: ApiClient, zeno: Member, next_id: int) -> dict[str, str]:
    """Return what every address for programs answers about Zeno's annotations."""
    found = {}
    for method, rule in api_routes(app):
        if method == "POST" and "article_id" in rule.arguments:
            continue  # it tags
        for path in fill_each(rule, annotation_id=next_id):
            queries: tuple[str, ...] = ("",)
            if rule.endpoint in {"api_annotations.passages", "api_exports.passages"}:
                queries = ("", f"?annotator={zeno.account_id}", "?q=nobody", "?sort=tagged")
            if rule.endpoint == "api_exports.web_annotations":
                queries = ("", "?after=0")
            if rule.endpoint == "api.list_of_articles":
                queries = ("", "?thread=question", "?thread=disputed", "?search=nobody")
            for query in queries:
                answer = program.ask(method, path + query, json={"version": 1, "note": "mine now"})
                body = text_of(answer.data) if answer.mimetype in BINARY else answer.text
                said = re.sub('"error_id": "[^"]+"', "", body)
                found[f"{method} {path}{query}"] = f"{answer.status_code}\n{said}"
                answer.close()
    return found


def linked_data(annotation_id: int) -> tuple[str, str]:
    """Return where annotations are asked for as linked data, beside their files."""
    return f"/annotations/{annotation_id}", "/projects/first/annotations/?after=0"


def ask(client: PageClient, path: str, headers: dict[str, str] | None = None) -> str:
    answer = client.get(path, headers=headers)
    if answer.mimetype in BINARY:
        body = text_of(answer.data)
    else:
        body = "" if answer.mimetype == "application/octet-stream" else answer.text
    answer.close()
    where = answer.headers.get("Location", "")
    return f"{answer.status_code} {where}\n{without_chance(body)}"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.READER])
def test_every_address_answers_as_if_the_others_had_not_tagged(
    app: Flask, session: Session, room: Room, zeno: Member, role: Role
) -> None:
    client = page_client(app)
    add_article(session, "Another text.", title="Touched after the first")
    own = add_annotation(session, room.annotator, room.article, "must close the road")
    sign_in(client, session, room.member(role).account)
    program = ApiClient(app, add_token(session, room.member(role).account))
    asked = (app, client, program, zeno, own.id + 1)
    for path in ("/", ARTICLE):  # the first time leaves marks in the cookie, and of the token
        ask(client, path)
    program.ask("GET", "/api/v1/projects")
    before = answers(*asked)
    kept = tag_much(session, zeno, room)
    assert kept.id == own.id + 1
    assert answers(*asked) == before
    assert before[f"GET /annotations/{kept.id}"].startswith("404")
    assert before[f"DELETE /api/v1/annotations/{kept.id}"].startswith("404")


@pytest.mark.sqlite_only
def test_the_same_addresses_tell_who_may_see_all(
    app: Flask, client: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    sign_in(client, session, room.curator.account)
    kept = tag_much(session, zeno, room)
    telling = [
        path
        for path, words in answers_of(app, client, zeno, kept.id)
        if SECRET.replace("'", "&#39;") in words or SECRET in words or "demand" in words
    ]
    assert {
        f"GET {ARTICLE}",
        *(f"GET {ARTICLE}/annotations.{extension}" for extension in OF_ALL),
        *(f"GET /projects/first/annotations.{extension}" for extension in OF_ALL),
        *(f"GET /projects/first/findings/passages.{extension}" for extension in OF_ALL),
        f"GET {ARTICLE}/brief",
        "GET /projects/first/findings/brief",
        "GET /projects/first/findings/parties/1",
        "GET /projects/first/findings/positions/1",
        "GET /projects/first/articles",
        "GET /projects/first/activity",
        f"GET /annotations/{kept.id}/card",
        f"asked {IN_CONTEXT[0]}",
        f"asked {PLACES[0]}",
        f"asked {PLACES[4]}",
        *(f"asked {path}" for path in CHANGES),
        *(f"linked data at {path}" for path in linked_data(kept.id)),
        f"piece of {ARTICLE}/blocks/1",
        f"piece of {ARTICLE}/margins/1-9",
    } <= set(telling)
    program = ApiClient(app, add_token(session, room.curator.account, scope="read"))
    told = told_to_programs(app, program, zeno, kept.id)
    telling = [path for path, words in told.items() if SECRET in words]
    counting = "/web-annotations"  # which says how many there are, and no more
    of_all = [path for path in told if "annotations.dna" not in path]  # which has no notes
    assert telling == [
        path
        for path in of_all
        if path.startswith("GET") and "annotations" in path and not path.endswith(counting)
    ]


def answers_of(
    app: Flask, client: PageClient, zeno: Member, next_id: int
) -> Iterator[tuple[str, str]]:
    for method, rule in routes(app):
        if method == "GET" and not rule.rule.startswith("/static"):
            values = {"annotation_id": next_id, "offset": 62, "account_id": zeno.account_id}
            for path in fill_each(rule, **values):
                yield f"GET {path}", ask(client, path)
    for path in ASKED:
        yield f"asked {path}", ask(client, path)
    for path in linked_data(next_id):
        yield f"linked data at {path}", ask(client, path, {"Accept": "application/ld+json"})
    for path in (f"{ARTICLE}/blocks/1", f"{ARTICLE}/margins/1-9"):
        yield f"piece of {path}", ask(client, path, {FRAGMENT_HEADER: "1"})


def test_an_act_answers_with_ones_own_alone(
    me: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    tag_much(session, zeno, room)
    token = csrf_token(me)
    answer = me.post(
        f"{ARTICLE}/annotations",
        data={"csrf_token": token, "quote": "It floods", "tag": "claim", "client_key": "k"},
        headers={FRAGMENT_HEADER: "1"},
    )
    assert answer.status_code == 200
    assert "Zeno" not in answer.text
    assert SECRET not in answer.text
    rail = me.get(f"{ARTICLE}/rail", headers={FRAGMENT_HEADER: "1"})
    assert 'data-total="1 annotation"' in rail.text
    assert "Zeno" not in rail.text
    # Who tags the very words of another hears of no duplicate.
    answer = me.post(
        f"{ARTICLE}/annotations",
        data={
            "csrf_token": token,
            "quote": "nobody repairs it",
            "tag": "demand",
            "note": "mine",
            "client_key": "k2",
        },
    )
    assert answer.status_code == 303


def test_a_corrected_text_and_its_orphans_show_ones_own_alone(
    me: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    add_annotation(session, room.annotator, room.article, "It floods every spring", note="my own")
    tag_much(session, zeno, room)
    correct(session, room.curator, room.article, "Another text. " + TEXT.split("\n\n")[3])
    for page in (me.get(ARTICLE), me.get(f"{ARTICLE}/orphans"), me.get(f"{ARTICLE}/revisions/1")):
        assert SECRET[:8] not in page.text
        assert "Zeno" not in page.text
    assert "1 annotation has no place" in me.get(ARTICLE).text
    assert me.get(f"{ARTICLE}/orphans").text.count("my own") == 1
    assert "my own" in me.get(f"{ARTICLE}/revisions/1").text
    assert "someone has tagged" not in me.get(f"{ARTICLE}/revisions").text.lower()


def test_who_marks_an_article_done_sees_all_and_who_reopens_it_their_own(
    me: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    kept = tag_much(session, zeno, room)
    page = me.get(ARTICLE)
    assert "you see only your own annotations until you mark it done" in page.text
    answer = me.submit(page, f"{ARTICLE}/state", {"state": "done"})
    assert answer.status_code == 303
    page = me.get(ARTICLE)
    assert "Marked as done. You see what everyone tagged now." in page.text
    assert "Zeno" in page.text
    assert "what you tag now, you tag knowing it" in page.text
    assert me.get(f"/annotations/{kept.id}/card").status_code == 200
    assert SECRET in me.get(f"{ARTICLE}/annotations.csv").text
    assert SECRET in me.get("/projects/first/annotations.csv").text
    # Tagging more takes nothing away.
    add_annotation(session, room.annotator, room.article, "It floods")
    assert "Zeno" in me.get(ARTICLE).text
    me.submit(me.get(ARTICLE), f"{ARTICLE}/state", {"state": "in progress"})
    page = me.get(ARTICLE)
    assert "You see only your own annotations again." in page.text
    assert "Zeno" not in page.text
    assert me.get(f"/annotations/{kept.id}/card").status_code == 404


def test_a_reader_sees_nothing_before_it_is_revealed(
    client: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    kept = tag_much(session, zeno, room)
    sign_in(client, session, room.reader.account)
    page = client.get(ARTICLE)
    assert "shown when a curator reveals it" in page.text
    assert f"{ARTICLE}/state" not in page.text
    articles.reveal(session, actor=room.curator, article=room.article)
    session.commit()
    assert "everyone sees everything" in client.get(ARTICLE).text
    assert client.get(f"/annotations/{kept.id}/card").status_code == 200
    articles.hide(session, actor=room.curator, article=room.article)
    session.commit()
    assert client.get(f"/annotations/{kept.id}/card").status_code == 404


def test_who_sees_by_role_reads_that_their_own_tags_are_not_independent(
    client: PageClient, session: Session, room: Room, zeno: Member
) -> None:
    tag_much(session, zeno, room)
    page = sign_in(client, session, room.curator.account).get(ARTICLE)
    assert "because you are curator, so what you tag here yourself is not independent" in page.text
    assert "Zeno" in page.text


def test_an_undo_of_who_is_no_curator_any_more_shows_nothing(
    app: Flask, session: Session, room: Room, zeno: Member
) -> None:
    kept = tag_much(session, zeno, room)
    annotations.change(
        session, actor=room.curator, annotation_id=kept.id, version=2, note=SECRET + "?"
    )
    room.curator.role_name = Role.ANNOTATOR.value
    session.commit()
    client = sign_in(page_client(app), session, room.curator.account)
    answer = client.post(f"{ARTICLE}/undo", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 409
    assert "There is nothing of yours to undo" in answer.text
    assert "Zeno" not in answer.text


def test_when_the_others_last_tagged_is_told_to_nobody(
    session: Session, room: Room, zeno: Member
) -> None:
    before = room.article.touched_at
    kept = tag_much(session, zeno, room)
    session.refresh(room.article)
    assert room.article.touched_at == before
    threads.reopen(session, actor=room.curator, annotation_id=kept.id)
    session.commit()
    session.refresh(room.article)
    assert room.article.touched_at == before


@pytest.mark.sqlite_only
def test_visibility_is_the_same_however_it_is_asked_for(session: Session) -> None:
    room = add_room(session)
    members = [room.member(role) for role in Role]
    add_member(session, Role.OWNER, "Olaf", "other")
    article = add_article(session, "Another text. It is short.", title="Two")
    mine = {
        member.account_id: add_annotation(session, member, article, "Another text.")
        for member in members
        if member.role is not Role.READER
    }
    for project_mode in Mode:
        set_project_mode(session, actor=room.owner, mode=project_mode)
        for mode in ("", *Mode):
            articles.set_mode(session, actor=room.owner, article=article, mode=mode)
            articles.hide(session, actor=room.owner, article=article)
            is_apart = (mode or project_mode) == Mode.INDEPENDENT
            for is_revealed in (False, True):
                if is_revealed and is_apart:
                    articles.reveal(session, actor=room.owner, article=article)
                for state in ("not started", "in progress", "done"):
                    for member in members:
                        if member.role is not Role.READER:
                            assignments.set_progress(
                                session, actor=member, article=article, state=state
                            )
                    session.flush()
                    sighted = {
                        member.account_id
                        for member in members
                        if visibility_for(session, member, article) == EVERYONE
                    }
                    assert who_sees_all(session, article.id) == {
                        member.account_id: member.account_id in sighted for member in members
                    }
                    for member in members:
                        is_sighted = member.account_id in sighted
                        apart = independent_articles_for(session, member, [article.id, 1])
                        assert (article.id in apart) is not is_sighted
                        if not is_sighted:
                            assert visibility_for(session, member, article) == Visibility(
                                member.account_id
                            )
                        expected = (
                            not is_apart
                            or is_revealed
                            or member.role in {Role.CURATOR, Role.OWNER}
                            or (member.role is Role.ANNOTATOR and state == "done")
                        )
                        assert is_sighted is expected, (member.role, mode, project_mode, state)
    assert mine


@pytest.mark.sqlite_only
def test_visibility_of_a_shared_article_costs_no_query(database: Database, room: Room) -> None:
    with database.session() as other:
        account_id, article = room.annotator.account_id, room.article
        member = member_of(other, slug="first", account_id=account_id)
        found = find_article(other, project_id=member.project_id, article_id=article.id)
        asked: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert visibility_for(other, member, found) == EVERYONE
    assert not asked


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", ["/projects/first/articles/add", f"{ARTICLE}/correct"])
def test_of_anothers_draft_nothing_is_seen_or_done(
    app: Flask, client: PageClient, session: Session, room: Room, path: str
) -> None:
    sign_in(client, session, room.curator.account)
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), f"{SECRET}.txt")
    fields = {"csrf_token": csrf_token(client), "files": file}
    own = client.post(path, data=fields)
    assert own.status_code == 303, own.text
    assert WORD in ask(client, str(own.headers["Location"]))
    kept = session.scalars(select(Draft)).one()
    encoding = kept.encoding
    other = page_client(app)
    sign_in(other, session, room.owner.account)
    token = csrf_token(other)
    asked = [(method, rule) for method, rule in routes(app) if "draft_id" in rule.rule]
    assert "/projects/<slug>/drafts/<int:draft_id>/encoding" in {rule.rule for _, rule in asked}
    for method, rule in asked:
        address = fill(rule, draft_id=kept.id)
        answer = send(other, method, address, csrf_token=token, encoding="KOI8-R", put_back="all")
        assert answer.status_code == 404, (method, address)
        assert SECRET not in answer.text
    for method, rule in routes(app):
        if method == "GET" and not rule.rule.startswith("/static"):
            seen = ask(other, fill(rule, draft_id=kept.id))
            assert WORD not in seen, rule.rule
            assert SECRET.replace("'", "&#39;") not in seen, rule.rule
    session.expire_all()
    assert session.get(Draft, kept.id) is not None
    assert kept.encoding == encoding != ""
