"""What an event of a discussion says to a person.

Each sentence stands whole in `SENTENCES`, with its parts by name, so that it can be translated.
"""

from collections.abc import Mapping

from app.discussion.service import comments, stances, threads
from app.events.models import Event, Snapshot

KINDS = (
    comments.WRITTEN,
    comments.EDITED,
    comments.DELETED,
    comments.RESTORED,
    stances.TAKEN,
    stances.WITHDRAWN,
    threads.RESOLVED,
    threads.REOPENED,
    threads.MADE_EXAMPLE,
)


SENTENCES: Mapping[str, str] = {
    "comment written": "wrote a comment",
    "comment edited": "edited a comment",
    "comment deleted": "deleted a comment",
    "comment restored": "restored a comment",
    "question written": "asked a question",
    "question edited": "edited a question",
    "question deleted": "deleted a question",
    "question restored": "restored a question",
    "your comment deleted": "deleted your comment",
    "your question deleted": "deleted your question",
    "agree": "agreed",
    "agree again": "agreed again, as it is now",
    "agree instead": "changed their mind, and agreed",
    "agree withdrawn": "withdrew that they agree",
    "dispute": "disputed it",
    "dispute again": "disputed it again, as it is now",
    "dispute instead": "changed their mind, and disputed it",
    "dispute withdrawn": "withdrew that they dispute",
    "reason": "changed their reason",
    threads.RESOLVED: "resolved the thread",
    "resolved by undo": "resolved the thread, by undo",
    threads.REOPENED: "reopened the thread",
    threads.MADE_EXAMPLE: "made it an example in the guidelines (version {version})",
}
"""By kind of event or by case; said after the name of who did it."""

_COMMENTS = {
    comments.WRITTEN: "written",
    comments.EDITED: "edited",
    comments.DELETED: "deleted",
    comments.RESTORED: "restored",
}


def describe(event: Event) -> str:
    """Say what an event did, after the name of who did it: "asked a question"."""
    return SENTENCES[_name(event)].format_map(_state(event))


def describe_deleting(event: Event) -> str:
    """Say to who wrote a comment that it was deleted: "deleted your question"."""
    return SENTENCES[f"your {_name(event)}"]


def _name(event: Event) -> str:
    """Return the name of the sentence that says what an event did."""
    before, after = event.before or {}, event.after or {}
    if event.kind in _COMMENTS:
        what = "question" if _state(event).get("question") else "comment"
        return f"{what} {_COMMENTS[event.kind]}"
    if event.kind == stances.TAKEN:
        return _taking(before, after)
    if event.kind == stances.WITHDRAWN:
        return f"{stances.value_in(before)} withdrawn"
    is_by_undo = event.kind == threads.RESOLVED and "by_undo" in after
    return "resolved by undo" if is_by_undo else event.kind


def _taking(before: Snapshot, after: Snapshot) -> str:
    value = stances.value_in(after) or ""
    if not before:
        return value
    if stances.value_in(before) != value:
        return f"{value} instead"
    return f"{value} again" if before["reason"] == after["reason"] else "reason"


def words_of(event: Event) -> str:
    """Return what was said in an event; "" where no words were."""
    state = _state(event)
    return str(state.get("text") or state.get("reason") or "")


def _state(event: Event) -> Snapshot:
    return event.after or event.before or {}
