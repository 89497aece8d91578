"""Comments: writing, editing, deleting and restoring them, each with its event."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.queries.annotations import who_may_see
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.prose import clean_prose
from app.discussion.models import COMMENT_LIMIT, MOST_COMMENTS, Comment
from app.discussion.service import mentions
from app.discussion.service.threads import LockedThread, lock_thread, reopen_held
from app.events.models import Snapshot
from app.projects.models import Member
from app.projects.roles import Act, may

WRITTEN = "comment.written"
EDITED = "comment.edited"
DELETED = "comment.deleted"
RESTORED = "comment.restored"

NO_COMMENT = "There is no such comment, or none that you may see."


class CommentConflict(Conflict):
    """The comment was changed since it was read. `comment` is as it stands now."""

    def __init__(self, comment: Comment) -> None:
        super().__init__(
            "This comment was changed since you opened it. Both versions are below: save again to "
            "put yours in place of what is there now."
        )
        self.comment = comment


def write(
    session: Session,
    *,
    actor: Member,
    annotation_id: int,
    text: str,
    is_question: bool,
    client_key: str,
) -> Comment:
    """Write a comment, or return the one that the same key made before. A question opens a thread.

    Raises: NotFound, Forbidden, Invalid (empty, too long, a name that several have, too many
    comments), Conflict (the key was used for something else).
    """
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    cleaned = _clean(text)
    made = _made_with(session, actor, client_key)
    if made is not None:
        if made.annotation_id != annotation_id or (made.version == 1 and made.text != cleaned):
            raise Conflict(KEY_USED)
        return made
    if held.thread.comments >= MOST_COMMENTS:
        raise Invalid("text", f"A thread has at most {MOST_COMMENTS} comments, and this is full.")
    named = _find_names(held, cleaned, {})
    comment = Comment(
        annotation_id=annotation_id,
        account_id=actor.account_id,
        text=cleaned,
        is_question=is_question,
        client_key=client_key,
        version=1,
        created_at=now(),
        edited_at=None,
        deleted_at=None,
        deleted_by_id=None,
    )
    try:
        with session.begin_nested():
            session.add(comment)
    except IntegrityError:  # sent twice at once, for two annotations
        raise Conflict(KEY_USED) from None
    session.refresh(comment, ["author"])
    event_id = held.record(WRITTEN, comment, after=_snapshot(comment))
    _keep_names(held, comment, named, event_id)
    if is_question:
        _tell_who_settles(held, event_id)
        reopen_held(held)
    return comment


KEY_USED = "This form was sent before, with other words. Send it again to write these too."


def edit(
    session: Session, *, actor: Member, annotation_id: int, comment_id: int, version: int, text: str
) -> Comment:
    """Give one's own comment, still at `version`, another text.

    Raises: NotFound, Forbidden (someone else's), Invalid, CommentConflict, Conflict (deleted).
    """
    held, comment = _lock_comment(session, actor, annotation_id, comment_id)
    if comment.account_id != actor.account_id:
        message = "You may not edit a comment of somebody else."
        raise Forbidden(message)
    if comment.deleted_at is not None:
        message = "This comment is deleted. Restore it first; what you typed is kept here."
        raise Conflict(message)
    cleaned = _clean(text)
    if cleaned == comment.text:
        return comment
    if comment.version != version:
        raise CommentConflict(comment)
    known = mentions.named_in(
        session, annotation_id=annotation_id, author_id=actor.account_id, comment_id=comment_id
    )
    named = _find_names(held, cleaned, known)
    before = _snapshot(comment)
    comment.text, comment.edited_at = cleaned, now()
    comment.version += 1
    event_id = held.record(EDITED, comment, before=before, after=_snapshot(comment))
    _keep_names(held, comment, named, event_id)
    return comment


def delete(session: Session, *, actor: Member, annotation_id: int, comment_id: int) -> Comment:
    """Delete a comment. Twice is as good as once.

    Raises: NotFound, Forbidden (someone else's, and the actor is no curator), Conflict.
    """
    held, comment = _lock_comment(session, actor, annotation_id, comment_id)
    if not may_delete(actor, comment):
        message = "You may not delete a comment of somebody else; a curator can."
        raise Forbidden(message)
    if comment.deleted_at is None:
        before = _snapshot(comment)
        comment.deleted_at, comment.deleted_by_id = now(), actor.account_id
        comment.version += 1
        held.record(DELETED, comment, before=before, after=_snapshot(comment))
    return comment


def restore(session: Session, *, actor: Member, annotation_id: int, comment_id: int) -> Comment:
    """Bring a deleted comment back. Twice is as good as once.

    Raises: NotFound, Forbidden (someone else deleted it, and the actor is no curator), Conflict.
    """
    held, comment = _lock_comment(session, actor, annotation_id, comment_id)
    if comment.deleted_at is None:
        return comment
    if not may_restore(actor, comment):
        message = "You may not restore a comment that somebody else deleted; a curator can."
        raise Forbidden(message)
    before = _snapshot(comment)
    comment.deleted_at = comment.deleted_by_id = None
    comment.version += 1
    held.record(RESTORED, comment, before=before, after=_snapshot(comment))
    return comment


def may_delete(member: Member, comment: Comment) -> bool:
    """Say whether a member may delete a comment: their own, or as curator anyone's."""
    is_own = comment.account_id == member.account_id
    return may(member, Act.DISCUSS if is_own else Act.CHANGE_ANY)


def may_restore(member: Member, comment: Comment) -> bool:
    """Say whether a member may bring a comment back: who deleted it, or a curator."""
    is_own = comment.deleted_by_id == member.account_id
    return may(member, Act.DISCUSS if is_own else Act.CHANGE_ANY)


def _lock_comment(
    session: Session, actor: Member, annotation_id: int, comment_id: int
) -> tuple[LockedThread, Comment]:
    held = lock_thread(session, actor=actor, annotation_id=annotation_id)
    comment = session.get(Comment, comment_id, populate_existing=True)
    if comment is None or comment.annotation_id != annotation_id:
        raise NotFound(NO_COMMENT)
    return held, comment


def _clean(text: str) -> str:
    cleaned = clean_prose("A comment", text, "text", limit=COMMENT_LIMIT)
    if not cleaned:
        raise Invalid("text", "Write something first.")
    return cleaned


def _made_with(session: Session, actor: Member, client_key: str) -> Comment | None:
    return session.scalar(
        select(Comment).where(
            Comment.account_id == actor.account_id, Comment.client_key == client_key
        )
    )


def _find_names(held: LockedThread, text: str, known: dict[str, int]) -> dict[str, int]:
    people = mentions.people_for(held.session, held.annotation)
    return mentions.find_names(text, people, field="text", known=known)


def _tell_who_settles(held: LockedThread, event_id: int) -> None:
    """Let a question concern those who settle how to tag, and may see it."""
    for member in who_may_see(held.session, held.annotation):
        if may(member, Act.WRITE_GUIDELINES):
            held.take_in(member.account_id, event_id)


def _keep_names(held: LockedThread, comment: Comment, named: dict[str, int], event_id: int) -> None:
    for account_id in mentions.keep(
        held.session,
        annotation_id=comment.annotation_id,
        author_id=comment.account_id,
        comment_id=comment.id,
        named=named,
        event_id=event_id,
    ):
        held.take_in(account_id, event_id)


def _snapshot(comment: Comment) -> Snapshot:
    return {
        "comment": comment.id,
        "text": comment.text,
        "question": comment.is_question,
        "deleted": comment.deleted_at is not None,
    }
