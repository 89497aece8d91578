"""What an event of a discussion says to a person."""

from app.discussion.service import comments, stances, threads
from app.events.models import Event

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


def describe(event: Event) -> str:
    """Say what an event did, after the name of who did it: "asked a question"."""
    before, after = event.before or {}, event.after or {}
    state = after or before
    what = "question" if state.get("question") else "comment"
    if event.kind == comments.WRITTEN:
        return "asked a question" if state["question"] else "wrote a comment"
    if event.kind == stances.TAKEN:
        value = stances.value_in(state)
        said = "agreed" if value == stances.AGREE else "disputed it"
        if stances.value_in(before) == value:
            is_same = before["reason"] == state["reason"]
            return f"{said} again, as it is now" if is_same else "changed their reason"
        return f"changed their mind, and {said}" if before else said
    if event.kind == threads.MADE_EXAMPLE:
        return f"made it an example in the guidelines (version {state['version']})"
    return {
        comments.EDITED: f"edited a {what}",
        comments.DELETED: f"deleted a {what}",
        comments.RESTORED: f"restored a {what}",
        stances.WITHDRAWN: f"withdrew that they {stances.value_in(before)}",
        threads.RESOLVED: "resolved the thread" + (", by undo" if "by_undo" in after else ""),
        threads.REOPENED: "reopened the thread",
    }[event.kind]


def words_of(event: Event) -> str:
    """Return what was said in an event; "" where no words were."""
    state = event.after or event.before or {}
    return str(state.get("text") or state.get("reason") or "")
