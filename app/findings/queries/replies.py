"""The replies to the passages of a page that have searched words: comments and reasons."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core.conditions import is_among
from app.core.db import read_columns
from app.discussion.models import Comment, Stance
from app.search.queries.index import comment_id, has_any, reason_id
from app.search.query import Query

MOST_REPLIES = 500  # with the words, to the passages of one page: of more the newest

QUESTION, COMMENT = "question", "comment"

_comment = Comment.__table__.c
_stance = Stance.__table__.c
_account = Account.__table__.c


class Reply(NamedTuple):
    """A comment, or the reason of a stance; `kind` is QUESTION, COMMENT, or the stance's value."""

    annotation_id: int
    account_id: int
    kind: str
    name: str
    text: str


def list_replies(session: Session, annotation_ids: Collection[int], query: Query) -> list[Reply]:
    """Return the replies to some annotations that have any searched word, of each the newest first.

    Deleted comments are left out; of more than MOST_REPLIES the oldest of the longest threads. It
    knows nothing of who may see what: whoever sees an annotation sees its thread.
    """
    said = union_all(
        select(
            _comment.annotation_id,
            _comment.account_id,
            case((_comment.is_question, QUESTION), else_=COMMENT).label("kind"),
            _comment.text,
            _comment.created_at.label("said_at"),
        ).where(
            is_among(session, _comment.annotation_id, annotation_ids),
            _comment.deleted_at.is_(None),
            has_any(session, comment_id(), query),
        ),
        select(
            _stance.annotation_id,
            _stance.account_id,
            _stance.value,
            _stance.reason,
            _stance.taken_at,
        ).where(
            is_among(session, _stance.annotation_id, annotation_ids),
            has_any(session, reason_id(), query),
        ),
    ).subquery("said")
    nth = func.row_number().over(partition_by=said.c.annotation_id, order_by=said.c.said_at.desc())
    numbered = select(said, nth.label("nth")).subquery("numbered")
    replies = (
        select(
            numbered.c.annotation_id,
            numbered.c.account_id,
            numbered.c.kind,
            _account.name,
            numbered.c.text,
        )
        .join(Account.__table__, _account.id == numbered.c.account_id)
        .order_by(numbered.c.nth)
        .limit(MOST_REPLIES)
    )
    return [Reply(*row) for row in read_columns(session, replies)]
