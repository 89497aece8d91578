"""What tests of corrected articles share: a correction of TEXT, and where annotations stand."""

import uuid

from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.annotations.service import undo as undoing
from app.articles.models import Revision
from app.articles.queries.articles import current_revision
from app.projects.models import Member
from tests.harness.builders import TEXT

FLOODS = "It floods every spring, and nobody repairs it."
MAYOR = "“We have no money,” said the mayor."
REPORT = "read Dr. Smith’s report"
NEW = TEXT.replace(MAYOR, "“We have some money,” said the mayor.").replace(REPORT, "look away")
NEW = "A first paragraph came.\n\n" + NEW


def quoted(session: Session, annotation: Annotation) -> str:
    """Return an annotation's quote, which must be its text."""
    session.refresh(annotation)
    text = session.get_one(Revision, annotation.revision_id).text
    assert text[annotation.start : annotation.end] == annotation.quote
    return annotation.quote


def is_orphan(session: Session, annotation: Annotation) -> bool:
    """Tell whether an annotation stands in an older text than the article's."""
    session.refresh(annotation)
    return annotation.revision_id != current_revision(session, annotation.article_id).id


def undo(session: Session, actor: Member, article_id: int) -> None:
    """Undo the actor's newest act on an article, and commit."""
    undoing.undo(session, actor=actor, article_id=article_id, client_key=uuid.uuid4().hex)
    session.commit()


def redo(session: Session, actor: Member, article_id: int) -> None:
    """Redo what the actor undid last on an article, and commit."""
    undoing.redo(session, actor=actor, article_id=article_id, client_key=uuid.uuid4().hex)
    session.commit()


def place(session: Session, actor: Member, annotation: Annotation, words: str) -> None:
    """Give an annotation the place where the words stand first in the text of now."""
    session.refresh(annotation)
    text = current_revision(session, annotation.article_id).text
    annotations.change(
        session,
        actor=actor,
        annotation_id=annotation.id,
        version=annotation.version,
        asked=PassageQuery(words, start=text.index(words)),
    )
    session.commit()
