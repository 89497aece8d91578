"""Rows that tests begin with, each made by the product's own services and committed."""

import hashlib
import itertools
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, lazyload

from app.accounts.models import Account
from app.accounts.service import accounts, api_tokens, reset_tokens
from app.annotations.content import write_ids
from app.annotations.models import Annotation, month_number
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.annotations.state import AnnotationState
from app.articles.models import Article, BlockRow, Revision
from app.articles.queries.articles import current_revision
from app.articles.service import articles
from app.core.clock import now
from app.corrections.service import correct as corrections
from app.discussion.models import Comment, Stance
from app.discussion.service import comments as discussion
from app.discussion.service import stances
from app.events.models import Event
from app.events.service import NewEvent, record_all
from app.parties.models import Party, Position
from app.parties.service import names
from app.projects.models import Invitation, Member, Project
from app.projects.roles import Role
from app.projects.service import invitations, token_audit
from app.text.document import Document, Piece
from app.text.parsed import ParsedArticle
from app.themes.models import Theme
from app.themes.service.themes import create as create_theme
from tests.harness.pages import PageClient

PASSWORD = "four plain words here"
# A hash says how it was made, so that this one is checked as quickly as it was made.
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

TEXT = """The council must close the road. It floods every spring, and nobody repairs it.

“We have no money,” said the mayor. She added: “We have no time.”

Ask the family 👩‍👩‍👧 next door, or read Dr. Smith’s report. The road floods. The road floods.

They say مرحبا بالعالم and wave the flags 🇳🇴🇸🇪."""

_numbers = itertools.count(1)


def add_project(session: Session, slug: str = "first") -> Project:
    """Return the project `slug`, made now if it is not there."""
    project = session.scalar(select(Project).where(Project.slug == slug))
    if project is None:
        project = Project(slug=slug, name=f"Project {slug}", created_at=now())
        session.add(project)
        session.commit()
    return project


def add_account(session: Session, name: str = "Ines", email: str = "") -> Account:
    """Add an account whose password is PASSWORD; without an address it gets one of its own."""
    email = email or f"{name.lower().replace(' ', '.')}{next(_numbers)}@example.org"
    account = accounts.create(session, name=name, email=email, password_hash=QUICK_HASH)
    session.commit()
    return account


def add_member(
    session: Session, role: Role = Role.ANNOTATOR, name: str = "Ines", slug: str = "first"
) -> Member:
    """Add an account and take it into a project."""
    return join(session, add_account(session, name), role, slug)


def join(session: Session, account: Account, role: Role, slug: str) -> Member:
    """Take an account into a project."""
    project = add_project(session, slug)
    member = Member(
        project_id=project.id, account_id=account.id, role_name=role.value, joined_at=now()
    )
    session.add(member)
    session.commit()
    return member


def add_invitation(
    session: Session, actor: Member, role: Role = Role.ANNOTATOR
) -> tuple[Invitation, str]:
    """Add an invitation for one, and return it with its token."""
    made = invitations.make(session, actor=actor, role=role, days="7", is_for_one=True)
    session.commit()
    return made


def add_reset_link(session: Session, account: Account, made_by: Account | None = None) -> str:
    """Add a link that sets the account's password, and return its token."""
    token = reset_tokens.make(
        session, account_id=account.id, made_by_id=made_by.id if made_by else None
    )
    session.commit()
    return token


def add_token(
    session: Session, account: Account, *, scope: str = "write", project: Project | None = None
) -> str:
    """Add an API token of an account, for all its projects or for one, and return its secret."""
    token, secret = api_tokens.make(
        session,
        account_id=account.id,
        name="A program",
        scope=scope,
        project_id=project.id if project else None,
        ends=api_tokens.NEVER,
    )
    token_audit.record_token(session, token, token_audit.MADE)
    session.commit()
    return secret


def add_article(
    session: Session,
    text: str | Sequence[Piece] = TEXT,
    *,
    title: str = "The River Road",
    author: str = "Ada Quill",
    slug: str = "first",
) -> Article:
    """Add an article: of pieces, or of a text whose blocks, all paragraphs, have blank lines."""
    pieces = [Piece(part) for part in text.split("\n\n")] if isinstance(text, str) else list(text)
    document = Document.from_pieces(pieces)
    article = articles.add(
        session,
        project_id=add_project(session, slug).id,
        parsed=ParsedArticle(document, title, author),
        content_hash=hashlib.sha256(document.text.encode()).hexdigest(),
    )
    session.commit()
    return article


def add_annotation(
    session: Session,
    actor: Member,
    article: Article,
    quote: str = "The council must close the road.",
    *,
    tag: str = "claim",
    note: str = "",
    themes: Iterable[Theme] = (),
    party: Party | None = None,
    position: Position | None = None,
    side: str = "",
    addressees: Iterable[Party] = (),
) -> Annotation:
    """Tag the words where they stand first in an article's text."""
    text = current_revision(session, article.id).text
    annotation = annotations.create(
        session,
        actor=actor,
        article_id=article.id,
        tag=tag,
        asked=PassageQuery(quote, start=text.find(quote)),
        note=note,
        themes=write_ids(tuple(theme.id for theme in themes)),
        party=str(party.id) if party else "",
        position=str(position.id) if position else "",
        side=side,
        addressees=write_ids(tuple(each.id for each in addressees)),
        client_key=uuid.uuid4().hex,
    )
    session.commit()
    return annotation


def add_theme(session: Session, actor: Member, name: str, *, parent: Theme | None = None) -> Theme:
    """Add a theme to the project of an actor."""
    theme = create_theme(
        session, actor=actor, typed={"name": name}, parent_id=parent.id if parent else None
    )
    session.commit()
    return theme


def add_party(session: Session, actor: Member, name: str = "Mara Lind", kind: str = "") -> Party:
    """Add a party to the project of an actor: kind "person", "organization" or not said."""
    party = names.create(session, Party, actor=actor, typed={"name": name, "kind": kind})
    session.commit()
    return party


def add_position(
    session: Session, actor: Member, sentence: str = "The harbour stays public."
) -> Position:
    """Add a position to the project of an actor."""
    position = names.create(session, Position, actor=actor, typed={"sentence": sentence})
    session.commit()
    return position


def give_themes(session: Session, actor: Member, annotation: Annotation, *given: Theme) -> None:
    """Give an annotation these themes in place of those that it has."""
    annotations.change(
        session,
        actor=actor,
        annotation_id=annotation.id,
        version=annotation.version,
        themes=write_ids(tuple(theme.id for theme in given)),
    )
    session.commit()


def add_comment(
    session: Session,
    actor: Member,
    annotation: Annotation,
    text: str = "Is this so?",
    *,
    is_question: bool = False,
) -> Comment:
    """Write a comment on an annotation."""
    comment = discussion.write(
        session,
        actor=actor,
        annotation_id=annotation.id,
        text=text,
        is_question=is_question,
        client_key=uuid.uuid4().hex,
    )
    session.commit()
    return comment


def add_stance(
    session: Session,
    actor: Member,
    annotation: Annotation,
    reason: str = "It is not so.",
    *,
    value: str = stances.DISPUTE,
) -> Stance:
    """Dispute an annotation of somebody else, or agree with it."""
    stance = stances.set_stance(
        session, actor=actor, annotation_id=annotation.id, value=value, reason=reason
    )
    session.commit()
    return stance


def add_changes(session: Session, annotation: Annotation, count: int) -> None:
    """Record so many changes of an annotation by its annotator, which left it as it is."""
    state = AnnotationState.of(annotation).to_json()
    row = {
        "kind": annotations.CHANGED,
        "subject_kind": "annotation",
        "subject_id": annotation.id,
        "version": annotation.version,
        "at": now(),
        "project_id": session.get_one(Article, annotation.article_id).project_id,
        "account_id": annotation.account_id,
        "article_id": annotation.article_id,
        "annotation_id": annotation.id,
        "before": state,
        "after": state,
    }
    session.execute(insert(Event), [row] * count)
    session.commit()


def correct(
    session: Session,
    actor: Member,
    article: Article,
    text: str,
    decisions: Mapping[int, tuple[int, int] | None] | None = None,
) -> Revision:
    """Give an article a new text of paragraphs, each annotation as proposed or as decided."""
    document = Document.from_pieces([Piece(part) for part in text.split("\n\n")])
    before = corrections.load_correction_input(session, article)
    revision = corrections.correct(
        session,
        actor=actor,
        article=article,
        base=before.base,
        document=document,
        source="pasted text",
        proposals=corrections.propose(before, document, decisions or {}),
    )
    session.commit()
    return revision


def add_many(session: Session, actor: Member, article: Article, count: int) -> None:
    """Add so many claims, each on one character or two of the article's first block."""
    revision: Revision = current_revision(session, article.id)
    block = session.get_one(BlockRow, (revision.id, 1))
    moment = now()
    rows = []
    for number in range(count):
        length, start = divmod(number, block.end - block.start - 50)
        start += block.start
        end = start + length + 1
        rows.append(
            {
                "project_id": article.project_id,
                "article_id": article.id,
                "revision_id": revision.id,
                "account_id": actor.account_id,
                "made_blind": False,
                "tag_name": "claim",
                "start": start,
                "end": end,
                "first_block": 1,
                "last_block": 1,
                "quote": revision.text[start:end],
                "prefix": revision.text[max(0, start - 32) : start],
                "suffix": revision.text[end : end + 32],
                "note": f"number {number}",
                "has_note": True,
                "tagged_month": month_number(moment),
                "client_key": uuid.uuid4().hex,
                "version": 1,
                "created_at": moment,
                "updated_at": moment,
                "deleted_at": None,
            }
        )
    made = session.scalars(insert(Annotation).returning(Annotation), rows).all()
    changes = [
        NewEvent(annotations.CREATED, each.subject, None, AnnotationState.of(each).to_json())
        for each in made
    ]
    record_all(session, actor, changes)
    session.commit()


def sign_in(
    client: PageClient, session: Session, account: Account, browser: str | None = None
) -> PageClient:
    """Give the client the cookie of a new session, without the cost of a password."""
    token = accounts.sign_in(session, account_id=account.id, browser=browser)
    session.commit()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie.permanent = True
    return client


def csrf_token(client: PageClient) -> str:
    """Return the token that the pages of whoever is signed in carry."""
    page = FlaskClient.open(client, "/help").text  # not looked at for faults, which takes longest
    found = re.search('data-csrf="([^"]+)"', page)
    assert found is not None
    return found[1]


@dataclass(frozen=True, slots=True)
class Room:
    """A project with one article and a member of each role."""

    article: Article
    reader: Member
    annotator: Member
    curator: Member
    owner: Member

    def member(self, role: Role) -> Member:
        """Return the member with a role."""
        members = (self.reader, self.annotator, self.curator, self.owner)
        return next(member for member in members if member.role is role)


def add_room(session: Session, slug: str = "first") -> Room:
    """Add a project with the article TEXT and a member of each role."""
    return Room(
        add_article(session, slug=slug),
        add_member(session, Role.READER, "Rita", slug),
        add_member(session, Role.ANNOTATOR, "Ines", slug),
        add_member(session, Role.CURATOR, "Cato", slug),
        add_member(session, Role.OWNER, "Olga", slug),
    )


def find_room(session: Session) -> Room:
    """Return what `add_room` added to a database that holds nothing else.

    As of rows just added, what a member belongs to is read when it is first asked for.
    """
    article = session.scalars(select(Article)).one()
    query = select(Member).options(lazyload("*")).order_by(Member.account_id)
    members = session.scalars(query).all()
    session.commit()
    return Room(article, *members)
