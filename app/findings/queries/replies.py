"""What was said of the passages of a page: comments and reasons, in one query."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core.conditions import is_among_bound
from app.core.db import read_columns
from app.discussion.models import Comment, Stance

MOST_REPLIES = 500  # to the passages of one page: of longer threads the newest

QUESTION, COMMENT = "question", "comment"

_comment = Comment.__table__.c
_stance = Stance.__table__.c
_account = Account.__table__.c


class Reply(NamedTuple):
    """A comment, or the reason of a stance; `kind` is QUESTION, COMMENT, or the stance's value."""

    annotation_id: int
    kind: str
    name: str
    text: str


_said = union_all(
    select(
        _comment.annotation_id,
        _comment.account_id,
        case((_comment.is_question, QUESTION), else_=COMMENT).label("kind"),
        _comment.text,
        _comment.created_at.label("said_at"),
    ).where(is_among_bound(_comment.annotation_id, "ids"), _comment.deleted_at.is_(None)),
    select(
        _stance.annotation_id, _stance.account_id, _stance.value, _stance.reason, _stance.taken_at
    ).where(is_among_bound(_stance.annotation_id, "ids"), _stance.reason != ""),
).subquery("said")
_numbered = select(
    _said,
    func.row_number()
    .over(partition_by=_said.c.annotation_id, order_by=_said.c.said_at.desc())
    .label("nth"),
).subquery("numbered")
_REPLIES = (
    select(_numbered.c.annotation_id, _numbered.c.kind, _account.name, _numbered.c.text)
    .join(Account.__table__, _account.id == _numbered.c.account_id)
    .order_by(_numbered.c.nth)
    .limit(bindparam("limit"))
)


def list_replies(session: Session, annotation_ids: Collection[int]) -> list[Reply]:
    """Return what was said of some annotations, that of each the newest first.

    Deleted comments are left out; of more than MOST_REPLIES the oldest of the longest threads. It
    knows nothing of who may see what: whoever sees an annotation sees its thread.
    """
    values = {"ids": annotation_ids, "limit": MOST_REPLIES}
    return [Reply(*row) for row in read_columns(session, _REPLIES, values)]
