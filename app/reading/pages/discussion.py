"""What a card shows of a discussion: each a `@frozen` object, built from rows."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article
from app.assignments.queries.visibility import is_independent, must_wait_to_discuss
from app.discussion.models import COMMENT_LIMIT, REASON_LIMIT, Comment, Stance
from app.discussion.queries import discussion
from app.discussion.service import comments as service
from app.discussion.service.stances import DISPUTE
from app.discussion.service.threads import WAIT, can_settle, is_present
from app.discussion.texts import TextPart, parts_of
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may


@frozen
class CommentLine:
    """A comment; of a deleted one nothing is shown but that it was there.

    `text` is what stands in the form that edits it: where `is_typed`, what was sent and refused.
    """

    id: int
    author: str
    at: datetime
    is_edited: bool
    is_question: bool
    is_deleted: bool
    version: int
    text: str
    parts: Sequence[TextPart]
    can_edit: bool
    can_delete: bool
    can_restore: bool
    is_typed: bool = False

    @property
    def can_act(self) -> bool:
        """Say whether there is anything that one can do with it."""
        return self.can_edit or self.can_delete or self.can_restore


@frozen
class StanceLine:
    """Who agrees or disputes, and why; `words` say what they do, after the name or "You".

    One that is not `is_present` is about what the annotation was before.
    """

    name: str
    words: str
    is_present: bool
    is_mine: bool
    is_dispute: bool
    at: datetime
    reason: str
    parts: Sequence[TextPart]


@frozen
class DiscussionTyped:
    """What was sent and refused. `comment_id` is that of the comment that was edited, if any."""

    text: str = ""
    is_question: bool = False
    comment_id: int | None = None
    reason: str | None = None


NOTHING_TYPED = DiscussionTyped()


@frozen
class DiscussionPage:
    """What is said of an annotation, with the forms to say more for who may.

    `example_in` is the version of the guidelines that took it as an example, None for none;
    `wait` says why a member cannot say anything yet, "" where that is not so; `lost` is what was
    typed and has no field to stand in any more, by its name.
    """

    comments: Sequence[CommentLine]
    stances: Sequence[StanceLine]
    mine: StanceLine | None
    can_discuss: bool
    can_take_stance: bool
    can_make_example: bool
    wait: str
    is_open: bool
    has_question: bool
    resolved_at: datetime | None
    resolved_by: str
    example_in: int | None
    client_key: str
    typed: DiscussionTyped = NOTHING_TYPED
    lost: Sequence[tuple[str, str]] = ()
    comment_limit: int = COMMENT_LIMIT
    reason_limit: int = REASON_LIMIT

    @property
    def reason_in_form(self) -> str:
        """Return the reason that was sent, or else the one of one's own stance."""
        if self.typed.reason is not None:
            return self.typed.reason
        return self.mine.reason if self.mine else ""

    @property
    def agreeing(self) -> int:
        """Return how many agree with what it is now."""
        return sum(line.is_present and not line.is_dispute for line in self.stances)

    @property
    def disputing(self) -> int:
        """Return how many dispute what it is now."""
        return sum(line.is_present and line.is_dispute for line in self.stances)

    @property
    def i_agree(self) -> bool:
        """Say whether who is asking agrees with what it is now."""
        return self.mine is not None and self.mine.is_present and not self.mine.is_dispute

    @property
    def i_dispute(self) -> bool:
        """Say whether who is asking disputes what it is now."""
        return self.mine is not None and self.mine.is_present and self.mine.is_dispute

    @property
    def has_thread(self) -> bool:
        """Say whether there is anything to read, or to write."""
        settled = self.resolved_at is not None or self.example_in is not None
        return self.can_discuss or bool(self.comments or self.stances) or settled

    @property
    def length(self) -> int:
        """Return how many comments and reasons there are to be read."""
        comments = sum(not line.is_deleted for line in self.comments)
        return comments + sum(bool(line.reason) for line in self.stances)

    @property
    def is_typed(self) -> bool:
        """Say whether a comment was sent and refused."""
        return bool(self.typed.text) or self.typed.comment_id is not None

    @property
    def new_comment(self) -> DiscussionTyped:
        """Return what stands in the form of a new comment."""
        return self.typed if self.typed.comment_id is None else NOTHING_TYPED


def discussion_page(
    session: Session, member: Member, article: Article, annotation: Annotation
) -> DiscussionPage:
    """Build what is said of an annotation, for who is asking."""
    found = discussion.discussion_of(session, annotation.id)
    thread = found.thread
    is_open_to_all = annotation.deleted_at is None and article.archived_at is None
    waits = must_wait_to_discuss(member, article, annotator_id=annotation.account_id)
    can_discuss = is_open_to_all and may(member, Act.DISCUSS) and not waits
    stances = [_stance_line(stance, annotation, member, found.names) for stance in found.stances]
    lines = [
        _comment_line(comment, member, found.names, can_discuss=can_discuss)
        for comment in found.comments
    ]
    resolved_at = thread.resolved_at if thread else None
    return DiscussionPage(
        comments=[line for place, line in enumerate(lines) if _is_shown(line, lines[place + 1 :])],
        stances=stances,
        mine=next((stance for stance in stances if stance.is_mine), None),
        can_discuss=can_discuss,
        can_take_stance=can_discuss and annotation.account_id != member.account_id,
        can_make_example=(
            is_open_to_all
            and resolved_at is not None
            and not is_independent(article, member.project)
            and may(member, Act.WRITE_GUIDELINES)
        ),
        wait=WAIT if waits and is_open_to_all and may(member, Act.DISCUSS) else "",
        is_open=(
            thread is not None
            and resolved_at is None
            and can_settle(thread, annotation, found.stances)
        ),
        has_question=thread is not None and resolved_at is None and thread.questions > 0,
        resolved_at=resolved_at,
        resolved_by=thread.resolved_by.name if thread and thread.resolved_by else "",
        example_in=thread.example_in if thread else None,
        client_key=uuid.uuid4().hex,
    )


def with_typed(found: DiscussionPage, typed: DiscussionTyped) -> DiscussionPage:
    """Return what is said with what was typed: in its field, or beside the forms that are left."""
    has_field = found.can_discuss and (
        typed.comment_id is None
        or any(line.id == typed.comment_id and line.can_edit for line in found.comments)
    )
    lost = []
    if typed.text and not has_field:
        lost.append(("comment", typed.text))
    if typed.reason and not found.can_take_stance:
        lost.append(("reason", typed.reason))
    comments = [
        replace(line, text=typed.text, is_typed=True)
        if line.id == typed.comment_id and line.can_edit
        else line
        for line in found.comments
    ]
    return replace(found, comments=comments, typed=typed, lost=lost)


def _is_shown(line: CommentLine, later: Sequence[CommentLine]) -> bool:
    """Say whether a comment stands in its thread: a deleted one where somebody went on after it.

    Whoever may restore it sees that it was there, too.
    """
    return not line.is_deleted or line.can_restore or any(not other.is_deleted for other in later)


def _comment_line(
    comment: Comment,
    member: Member,
    names: Mapping[tuple[int | None, int], Mapping[str, str]],
    *,
    can_discuss: bool,
) -> CommentLine:
    is_deleted = comment.deleted_at is not None
    called = names.get((comment.id, comment.account_id), {})
    return CommentLine(
        id=comment.id,
        author=comment.author.name,
        at=comment.created_at,
        is_edited=comment.edited_at is not None,
        is_question=comment.is_question,
        is_deleted=is_deleted,
        version=comment.version,
        text="" if is_deleted else comment.text,
        parts=[] if is_deleted else parts_of(comment.text, called),
        can_edit=can_discuss and not is_deleted and comment.account_id == member.account_id,
        can_delete=can_discuss and not is_deleted and service.may_delete(member, comment),
        can_restore=can_discuss and is_deleted and service.may_restore(member, comment),
    )


def _stance_line(
    stance: Stance,
    annotation: Annotation,
    member: Member,
    names: Mapping[tuple[int | None, int], Mapping[str, str]],
) -> StanceLine:
    is_mine = stance.account_id == member.account_id
    return StanceLine(
        name=stance.account.name,
        words=_stance_words(stance, annotation, is_mine=is_mine),
        is_present=is_present(stance, annotation),
        is_mine=is_mine,
        is_dispute=stance.value == DISPUTE,
        at=stance.taken_at,
        reason=stance.reason,
        parts=parts_of(stance.reason, names.get((None, stance.account_id), {})),
    )


def _stance_words(stance: Stance, annotation: Annotation, *, is_mine: bool) -> str:
    is_dispute = stance.value == DISPUTE
    if stance.about_tag != annotation.tag_name:
        sentence = "disputed the {tag} it was" if is_dispute else "agreed with the {tag} it was"
        return sentence.format(tag=stance.about_tag)
    if not is_present(stance, annotation):
        words = "disputed it with the words it had"
        return words if is_dispute else "agreed with it with the words it had"
    if is_mine:
        return "dispute it" if is_dispute else "agree"
    return "disputes it" if is_dispute else "agrees"
