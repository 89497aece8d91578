"""Which party a card proposes where an annotation has none. A proposal is stored nowhere."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.queries.visibility import Visibility
from app.core.choosing import NEW
from app.core.errors import Invalid
from app.frozen import frozen
from app.parties import queries as parties
from app.parties.fields import clean_name
from app.parties.models import Party
from app.projects.models import Member


@frozen
class Proposal:
    """A party that may be who says something: its id, None for one that is yet to be made.

    `own` is how many of the member's own passages of the article have no party, where this is the
    author of the article; else 0.
    """

    party_id: int | None
    name: str
    own: int = 0

    @property
    def answer(self) -> str:
        """Return what a form sends to say yes."""
        return NEW + self.name if self.party_id is None else str(self.party_id)


def propose(
    session: Session,
    member: Member,
    article: Article,
    annotation: Annotation,
    visibility: Visibility,
) -> Proposal | None:
    """Return the party used last in the paragraph, of what is seen, or else the article's author.

    None where neither can be given.
    """
    return _last_in_paragraph(session, annotation, visibility) or _author(session, member, article)


def count_own_without_party(session: Session, member: Member, article_id: int) -> int:
    """Return how many living annotations of a member's own in an article have no party."""
    query = select(func.count()).select_from(Annotation).where(*is_own_without(member, article_id))
    return session.scalars(query).one()


def is_own_without(member: Member, article_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a member's own annotations in an article that have no party."""
    return (
        Annotation.article_id == article_id,
        Annotation.account_id == member.account_id,
        Annotation.party_id.is_(None),
        Annotation.deleted_at.is_(None),
    )


def _last_in_paragraph(
    session: Session, annotation: Annotation, visibility: Visibility
) -> Proposal | None:
    query = (
        select(Party.id, Party.name)
        .join(Annotation, Annotation.party_id == Party.id)
        .where(
            Annotation.revision_id == annotation.revision_id,
            Annotation.first_block == annotation.first_block,
            Annotation.id != annotation.id,
            Annotation.deleted_at.is_(None),
            parties.sql_is_usable(Party),
        )
        .order_by(Annotation.updated_at.desc(), Annotation.id.desc())
        .limit(1)
    )
    if visibility.only is not None:
        query = query.where(Annotation.account_id == visibility.only)
    row = session.execute(query).one_or_none()
    return Proposal(row.id, row.name) if row else None


def _author(session: Session, member: Member, article: Article) -> Proposal | None:
    try:
        name = clean_name(article.author)
    except Invalid:
        return None  # nobody is named, or a list with semicolons
    found = parties.find_called(session, Party, member.project_id, [name])
    own = count_own_without_party(session, member, article.id)
    for party in found.values():
        return Proposal(party.id, party.name, own) if parties.is_usable(session, party) else None
    return Proposal(None, name, own)
