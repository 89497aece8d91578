"""What each role may do on every route of a project, in use and archived."""

import copy
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.service import bulk
from app.annotations.service.bulk_acts import BulkAct, Seen, Verb
from app.articles.models import Draft
from app.articles.service import articles, drafts
from app.assignments.service import assignments
from app.codebook.service import merge
from app.core.clock import now
from app.core.db import Database
from app.discussion.service import threads, verdicts
from app.events.models import Event
from app.findings import service as searches
from app.findings.asked import Asked
from app.guidelines import service as guidelines
from app.imports.service import imports, running
from app.parties.models import Party
from app.parties.service import aliases
from app.projects.models import Member
from app.projects.roles import Act, Role, may
from app.projects.service import invitations
from app.text.document import Document, Piece
from app.text.parsed import ParsedArticle
from app.themes.service import importing
from app.themes.table import ThemeRow
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_comment,
    add_member,
    add_party,
    add_position,
    add_room,
    add_theme,
    correct,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client
from tests.harness.routes import fill_whole, routes, send
from tests.harness.serving import serving_a_copy

PROJECT = "/projects/<slug>"
ARTICLE = f"{PROJECT}/articles/<int:article_id>"
ANNOTATION = "/annotations/<int:annotation_id>"
COMMENT = f"{ANNOTATION}/comments/<int:comment_id>"
DRAFT = f"{PROJECT}/drafts/<int:draft_id>"
CORRECTION = f"{ARTICLE}/corrections/<int:draft_id>"
GUIDELINES = f"{PROJECT}/guidelines"
THEMES = f"{PROJECT}/themes"
THEME = f"{THEMES}/<int:theme_id>"
IMPORT = f"{PROJECT}/imports/<int:import_id>"
NAMED = f"{PROJECT}/findings/<any(parties, positions):what>"
NAMED_ONE = f"{NAMED}/<int:row_id>"
REVISIONS = f"{ARTICLE}/revisions"

NEEDS = {
    ("GET", f"{PROJECT}/articles"): Act.READ,
    ("GET", ARTICLE): Act.READ,
    ("GET", f"{ARTICLE}/rail"): Act.READ,
    ("GET", f"{ARTICLE}/find"): Act.READ,
    ("GET", f"{ARTICLE}/print"): Act.READ,
    ("GET", f"{ARTICLE}/margins/<int:first>-<int:last>"): Act.READ,
    ("GET", f"{ARTICLE}/blocks/<int:number>"): Act.READ,
    ("GET", f"{ARTICLE}/at/<int:offset>"): Act.READ,
    ("GET", f"{ARTICLE}/since/<int:event_id>"): Act.READ,
    ("GET", REVISIONS): Act.READ,
    ("GET", f"{REVISIONS}/<int:number>"): Act.READ,
    ("GET", f"{REVISIONS}/<int:number>/changes"): Act.READ,
    ("GET", f"{ARTICLE}/orphans"): Act.READ,
    ("GET", f"{PROJECT}/trash"): Act.READ,
    ("GET", ANNOTATION): Act.READ,
    ("GET", f"{ANNOTATION}/card"): Act.READ,
    ("GET", f"{ANNOTATION}/history"): Act.READ,
    ("GET", f"{PROJECT}/findings/passages"): Act.READ,
    ("GET", f"{PROJECT}/findings/passages/by/<facet>"): Act.READ,
    ("POST", f"{PROJECT}/findings/bulk"): Act.CHANGE_OWN,
    ("GET", f"{PROJECT}/findings/occurrences"): Act.TAG,
    ("POST", f"{PROJECT}/findings/occurrences"): Act.TAG,
    ("GET", f"{PROJECT}/findings/acts/<int:event_id>"): Act.CHANGE_OWN,
    ("POST", f"{PROJECT}/findings/acts/<int:event_id>/undo"): Act.CHANGE_OWN,
    ("POST", f"{PROJECT}/findings/searches"): Act.SAVE_SEARCHES,
    ("POST", f"{PROJECT}/findings/searches/<int:search_id>/remove"): Act.CHANGE_ANY,  # another's
    ("GET", f"{PROJECT}/annotations.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/annotations/"): Act.EXPORT,
    ("GET", f"{ARTICLE}/annotations.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/passages.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/places.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/brief"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/statements-for-dna"): Act.EXPORT,
    ("GET", f"{ARTICLE}/brief"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/summary"): Act.READ,
    ("GET", f"{PROJECT}/findings/positions"): Act.READ,
    ("GET", f"{PROJECT}/findings/positions.csv"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/parties"): Act.READ,
    ("GET", f"{PROJECT}/findings/positions/list"): Act.READ,
    ("POST", f"{NAMED}/new"): Act.MAKE_PARTIES,
    ("GET", NAMED_ONE): Act.READ,
    ("GET", f"{NAMED_ONE}/change"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/change"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/alias"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/merge"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/split"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/archive"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/restore"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED}/undo"): Act.KEEP_PARTIES,
    ("GET", f"{PROJECT}/findings/changes"): Act.READ,
    ("GET", f"{PROJECT}/findings/changes.csv"): Act.EXPORT,
    ("POST", f"{PROJECT}/findings/changes/verdicts"): Act.DISCUSS,
    ("POST", f"{PROJECT}/findings/changes/verdicts/undo"): Act.DISCUSS,
    ("GET", f"{PROJECT}/findings/networks"): Act.READ,
    ("GET", f"{PROJECT}/findings/networks.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/imports"): Act.IMPORT,
    ("POST", f"{PROJECT}/imports"): Act.IMPORT,
    ("GET", IMPORT): Act.IMPORT,
    ("POST", f"{IMPORT}/choices"): Act.IMPORT,
    ("POST", f"{IMPORT}/add"): Act.IMPORT,
    ("POST", f"{IMPORT}/again"): Act.IMPORT,
    ("POST", f"{IMPORT}/discard"): Act.IMPORT,
    ("GET", f"{ARTICLE}/tag"): Act.TAG,
    ("POST", f"{ARTICLE}/annotations"): Act.TAG,
    ("GET", f"{ANNOTATION}/place"): Act.CHANGE_OWN,
    ("POST", ANNOTATION): Act.CHANGE_OWN,
    ("GET", f"{ARTICLE}/names/parties"): Act.TAG,
    ("GET", f"{ARTICLE}/names/positions"): Act.TAG,
    ("POST", f"{ANNOTATION}/repeat"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/author"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/author/undo"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/delete"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/restore"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/comments"): Act.DISCUSS,
    ("POST", COMMENT): Act.DISCUSS,
    ("POST", f"{COMMENT}/delete"): Act.DISCUSS,
    ("POST", f"{COMMENT}/restore"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/resolve"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/reopen"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/stance"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/stance/withdraw"): Act.DISCUSS,
    ("GET", f"{ANNOTATION}/names"): Act.READ,
    ("GET", f"{ANNOTATION}/example"): Act.WRITE_GUIDELINES,
    ("POST", f"{ANNOTATION}/example"): Act.WRITE_GUIDELINES,
    ("POST", f"{ARTICLE}/undo"): Act.CHANGE_OWN,
    ("POST", f"{ARTICLE}/redo"): Act.CHANGE_OWN,
    ("POST", f"{ARTICLE}/state"): Act.TAG,
    ("GET", f"{PROJECT}/articles/add"): Act.KEEP_ARTICLES,
    ("POST", f"{PROJECT}/articles/add"): Act.KEEP_ARTICLES,
    ("POST", f"{PROJECT}/drafts"): Act.KEEP_ARTICLES,
    ("GET", DRAFT): Act.KEEP_ARTICLES,
    ("POST", DRAFT): Act.KEEP_ARTICLES,
    ("POST", f"{DRAFT}/discard"): Act.KEEP_ARTICLES,
    ("POST", f"{DRAFT}/encoding"): Act.KEEP_ARTICLES,
    ("POST", f"{DRAFT}/passages"): Act.KEEP_ARTICLES,
    ("GET", f"{ARTICLE}/correct"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/correct"): Act.KEEP_ARTICLES,
    ("GET", CORRECTION): Act.KEEP_ARTICLES,
    ("POST", CORRECTION): Act.KEEP_ARTICLES,
    ("POST", f"{CORRECTION}/discard"): Act.KEEP_ARTICLES,
    ("POST", f"{CORRECTION}/encoding"): Act.KEEP_ARTICLES,
    ("GET", f"{CORRECTION}/annotations/<int:annotation_id>"): Act.KEEP_ARTICLES,
    ("POST", f"{CORRECTION}/annotations/<int:annotation_id>"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/take-back"): Act.KEEP_ARTICLES,
    ("GET", f"{ARTICLE}/details"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/details"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/archive"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/restore"): Act.KEEP_ARTICLES,
    ("GET", f"{ARTICLE}/assignments"): Act.READ,
    ("POST", f"{ARTICLE}/assignments"): Act.ASSIGN,
    ("POST", f"{ARTICLE}/assignments/<int:account_id>/remove"): Act.ASSIGN,
    ("POST", f"{ARTICLE}/assignments/<int:account_id>/reopen"): Act.REVEAL,
    ("POST", f"{ARTICLE}/assignments/undo"): Act.ASSIGN,
    ("POST", f"{PROJECT}/assignments"): Act.ASSIGN,
    ("POST", f"{PROJECT}/assignments/undo"): Act.ASSIGN,
    ("POST", f"{ARTICLE}/mode"): Act.REVEAL,
    ("POST", f"{ARTICLE}/reveal"): Act.REVEAL,
    ("POST", f"{ARTICLE}/hide"): Act.REVEAL,
    ("POST", f"{PROJECT}/mode"): Act.MANAGE,
    ("GET", f"{PROJECT}/activity"): Act.READ,
    ("GET", f"{ARTICLE}/activity"): Act.READ,
    ("GET", f"{PROJECT}/people"): Act.READ,
    ("POST", f"{PROJECT}/people/<int:account_id>/role"): Act.MANAGE,
    ("POST", f"{PROJECT}/people/<int:account_id>/remove"): Act.MANAGE,
    ("POST", f"{PROJECT}/invitations"): Act.MANAGE,
    ("POST", f"{PROJECT}/invitations/<int:invitation_id>/revoke"): Act.MANAGE,
    ("POST", f"{PROJECT}/reset-links"): Act.MANAGE,
    ("POST", f"{PROJECT}/leave"): Act.READ,
    ("GET", GUIDELINES): Act.READ,
    ("GET", f"{GUIDELINES}/versions"): Act.READ,
    ("GET", f"{GUIDELINES}/versions/<int:number>"): Act.READ,
    ("GET", f"{GUIDELINES}/edit"): Act.WRITE_GUIDELINES,
    ("POST", GUIDELINES): Act.WRITE_GUIDELINES,
    ("POST", f"{GUIDELINES}/versions/<int:number>/restore"): Act.WRITE_GUIDELINES,
    ("GET", THEMES): Act.READ,
    ("POST", THEMES): Act.MAKE_THEMES,
    ("GET", f"{ARTICLE}/themes"): Act.READ,
    ("GET", THEME): Act.READ,
    ("POST", THEME): Act.KEEP_THEMES,
    ("POST", f"{THEME}/move"): Act.KEEP_THEMES,
    ("POST", f"{THEME}/archive"): Act.KEEP_THEMES,
    ("POST", f"{THEME}/merge"): Act.KEEP_THEMES,
    ("POST", f"{THEMES}/undo-merge"): Act.KEEP_THEMES,
    ("GET", f"{THEMES}.csv"): Act.EXPORT,
    ("GET", f"{THEMES}/import"): Act.KEEP_THEMES,
    ("POST", f"{THEMES}/import"): Act.KEEP_THEMES,
    ("POST", f"{THEMES}/imports/<int:event_id>/undo"): Act.KEEP_THEMES,
    ("POST", f"{THEME}/restore"): Act.KEEP_THEMES,
    ("GET", f"{PROJECT}/archive.zip"): Act.EXPORT_PROJECT,
    ("GET", f"{PROJECT}/settings"): Act.SEE_SETTINGS,
    ("POST", f"{PROJECT}/settings"): Act.MANAGE,
    ("POST", f"{PROJECT}/archive"): Act.ARCHIVE,
    ("POST", f"{PROJECT}/restore"): Act.ARCHIVE,
}
# Who has done nothing here has nothing to undo or redo, whatever they may do.
NOTHING_DONE = {f"{ARTICLE}/undo", f"{ARTICLE}/redo"}

_numbers = itertools.count(1)


def test_the_table_names_every_route_of_a_project(app: Flask) -> None:
    known = {(method, rule.rule) for method, rule in routes(app)}
    assert set(NEEDS) == {each for each in known if "<slug>" in each[1] or ANNOTATION in each[1]}


class Asking:
    """A project of its own in which someone asks, with something of theirs to act on."""

    def __init__(self, app: Flask, session: Session, role: Role) -> None:
        database: Database = app.extensions["database"]
        session.rollback()  # what was read before is old
        self.app = app
        self.session = session
        self.slug = f"p{next(_numbers)}"
        self.room: Room = add_room(session, self.slug)
        add_member(session, Role.OWNER, "Omar", self.slug)  # so that the other may leave
        self.member: Member = self.room.member(role)
        author = self.member if role is not Role.READER else self.room.annotator
        self.theme = add_theme(session, self.room.curator, "ports")
        self.merged = merge(
            session,
            actor=self.room.curator,
            theme_id=add_theme(session, self.room.curator, "quays").id,
            into_id=self.theme.id,
        )
        self.party, other, _third = (
            add_party(session, self.room.curator, name) for name in ("Mara", "Mara L.", "Port")
        )
        self.other_name = aliases.merge(
            session, Party, actor=self.room.curator, row_id=other.id, into_id=self.party.id
        )
        self.annotation = add_annotation(session, author, self.room.article, themes=(self.theme,))
        noted = add_annotation(session, author, self.room.article, "We have no time")
        _done, self.act_id = bulk.carry_out(
            session,
            actor=author,
            seen=[Seen(noted.id, noted.version)],
            act=BulkAct(Verb.NOTE, note="A line."),
        )
        self.judged = self._add_verdict(author)
        _plan, self.import_id = importing.carry_out(
            session, actor=self.room.curator, rows=[ThemeRow(2, {"name": "salt"})]
        )
        correct(session, self.room.curator, self.room.article, f"{TEXT}\n\nIt was mended.")
        for number in (0, 1):
            guidelines.write(session, actor=self.room.owner, text=f"# {number}", number=number)
        self.comment = add_comment(session, author, self.annotation)
        threads.resolve(session, actor=self.room.owner, annotation_id=self.annotation.id)
        self.draft = self._add_draft(None)
        self.correction = self._add_draft(self.room.article.id)
        self.invitation, _token = invitations.make(
            session, actor=self.room.owner, role="reader", days="1", is_for_one=True
        )
        articles.set_mode(
            session, actor=self.room.owner, article=self.room.article, mode="independent"
        )
        articles.reveal(session, actor=self.room.owner, article=self.room.article)
        assignments.assign(
            session,
            actor=self.room.owner,
            articles=[self.room.article],
            account_ids=[self.room.annotator.account_id],
            due_on=None,
        )
        session.flush()
        self.brought = imports.begin(
            session,
            actor=self.member if may(self.member, Act.IMPORT) else self.room.curator,
            file_name="x.csv",
            file_format="csv",
            content=f"article_id,tag,quote\n{self.room.article.id},demand,money\n".encode(),
        )
        self.search = searches.save(
            session, actor=self.room.owner, asked=Asked(), name="All", is_shared=True
        )
        session.commit()
        running.run_import(database, self.brought.id, self.brought.run)
        self.client: PageClient = sign_in(page_client(app), session, self.member.account)
        self.token = csrf_token(self.client)

    def _add_verdict(self, author: Member) -> verdicts.VerdictGiven:
        party = add_party(self.session, self.room.curator)
        position = add_position(self.session, self.room.curator)
        supporting, opposing = (
            add_annotation(
                self.session,
                author,
                self.room.article,
                quote,
                party=party,
                position=position,
                side=side,
            ).id
            for quote, side in (("We have no money", "for"), ("It floods", "against"))
        )
        return verdicts.give(
            self.session,
            actor=author,
            supporting_id=supporting,
            opposing_id=opposing,
            version=0,
            value=verdicts.CHANGE,
        )

    def _add_draft(self, article_id: int | None) -> Draft:
        return drafts.add(
            self.session,
            actor=self.member,
            parsed=ParsedArticle(Document.from_pieces([Piece("nobody repairs it")]), "One"),
            source="x",
            content_hash="0" * 64,
            article_id=article_id,
        )

    @contextmanager
    def apart(self) -> Iterator[Self]:
        """Give the same project, until the block ends, in a copy of the database as it is now."""
        other = copy.copy(self)
        other.client = page_client(self.app)
        with self.client.session_transaction() as cookie:
            kept = dict(cookie)
        with other.client.session_transaction() as cookie:
            cookie.update(kept)
        with serving_a_copy(self.app):
            yield other

    def archive(self) -> None:
        """Let the project take no change."""
        self.member.project.archived_at = now()
        self.session.commit()

    def send(self, method: str, rule: str) -> TestResponse:
        """Ask at an address of the rule, with a form that would do for any of them."""
        is_of_verdict = "/verdicts" in rule
        return send(
            self.client,
            method,
            self.path(rule),
            csrf_token=self.token,
            quote="nobody repairs it",
            tag="claim",
            client_key="k",
            version="1",
            comment_version="1",
            settled="So it is.",
            value="contradiction" if is_of_verdict else "agree",
            supporting=str(self.judged.verdict.supporting_id),
            opposing=str(self.judged.verdict.opposing_id),
            name="Another name",
            theme_name="fishing",
            party_name="Mara",
            event=str(self._event_of(rule)),
            called="Another name",
            alias="M. Lind",
            into="port",
            main="port",
            parent="",
            number="2",
            seen="999999",
            fingerprint=drafts.fingerprint(self.correction),
            revision="2",
            role="curator",
            days="7",
            state="done",
            mode="independent",
            article=str(self.room.article.id),
            account=str(self.room.annotator.account_id),
        )

    def _event_of(self, rule: str) -> int | None:
        if "/verdicts" in rule:
            return self.judged.event_id
        if rule.endswith("/author/undo"):
            return self.act_id
        return (self.other_name if rule.startswith(NAMED) else self.merged).event_id

    def path(self, rule: str) -> str:
        """Return the address of a rule for what is in the project."""
        return fill_whole(
            rule,
            slug=self.slug,
            article_id=self.room.article.id,
            annotation_id=self.annotation.id,
            comment_id=self.comment.id,
            draft_id=(self.correction if rule.startswith(CORRECTION) else self.draft).id,
            number=2,
            account_id=self.room.annotator.account_id,
            invitation_id=self.invitation.id,
            theme_id=self.theme.id,
            row_id=(self.other_name.row if rule.endswith("/split") else self.party).id,
            search_id=self.search.id,
            import_id=self.brought.id,
            event_id=self.import_id if "/imports/" in rule else self.act_id,
        )

    def events(self) -> int:
        """Return how many events there are."""
        self.session.rollback()
        return self.session.scalars(select(func.count()).select_from(Event)).one()


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_on_every_route_what_the_table_allows_and_nothing_else(
    app: Flask, session: Session, role: Role
) -> None:
    looking = Asking(app, session, role)
    for (method, rule), act in NEEDS.items():
        allowed = may(looking.member, act)
        before = looking.events()
        if allowed and method == "POST":  # only what is done leaves another project behind
            with looking.apart() as asking:
                answer = asking.send(method, rule)
        else:
            answer = looking.send(method, rule)
        if allowed:
            assert answer.status_code in {200, 302, 303, 409, 422}, (method, rule)
            assert answer.status_code != 409 or rule in NOTHING_DONE, (method, rule)
        else:
            assert answer.status_code == (409 if rule in NOTHING_DONE else 403), (method, rule)
            assert looking.events() == before, (method, rule)


@pytest.mark.sqlite_only
def test_a_refusal_names_what_was_asked_for(app: Flask, session: Session) -> None:
    answer = Asking(app, session, Role.READER).send("GET", f"{PROJECT}/settings")
    assert "You may not see the project settings: you are here as reader." in answer.text


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", list(Role))
def test_an_archived_project_is_read_and_exported_and_takes_no_change(
    app: Flask, session: Session, role: Role
) -> None:
    looking = Asking(app, session, role)
    role_allows = {act: may(looking.member, act) for act in Act}
    looking.archive()
    for (method, rule), act in NEEDS.items():
        is_refused_anyway = not role_allows[act]
        is_done = act in {Act.READ, Act.EXPORT} or (
            act in {Act.SEE_SETTINGS, Act.ARCHIVE, Act.EXPORT_PROJECT} and not is_refused_anyway
        )
        before = looking.events()
        if is_done and method == "POST":  # only what is done leaves another project behind
            with looking.apart() as asking:
                answer = asking.send(method, rule)
        else:
            answer = looking.send(method, rule)
        if is_done:
            assert answer.status_code in {200, 302, 303}, (method, rule)
        elif answer.status_code == 409:
            assert rule in NOTHING_DONE, (method, rule)
            assert looking.events() == before, (method, rule)
        else:
            assert answer.status_code == 403, (method, rule)
            assert is_refused_anyway or "this project is archived" in answer.text, (method, rule)
            assert looking.events() == before, (method, rule)


@pytest.mark.sqlite_only
def test_a_page_of_an_archived_project_offers_nothing_to_change(
    app: Flask, session: Session
) -> None:
    asking = Asking(app, session, Role.OWNER)
    asking.archive()
    for method, rule in NEEDS:
        answer = asking.send("GET", rule) if method == "GET" else None
        if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
            main = answer.text.partition("<main")[2]
            forms = main.count('method="post"')
            # One may restore it, and leave it.
            assert forms == (1 if rule.endswith(("/settings", "/people")) else 0), rule
    assert 'data-can-tag="false"' in asking.send("GET", ARTICLE).text
    assert ">archived</span>" in asking.send("GET", f"{PROJECT}/articles").text
