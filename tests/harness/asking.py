"""A project with something to act on at each of its addresses, and somebody who asks there."""

import copy
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

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
from tests.harness.routes import fill_whole, send
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

_numbers = itertools.count(1)


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
