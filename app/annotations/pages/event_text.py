"""What an event says to a person: for history, undo and the trash.

Each sentence stands whole in `SENTENCES`, with its parts by name, so that it can be translated.
"""

from collections.abc import Mapping

from app.annotations.service.annotations import CHANGED, CREATED, DELETED, RESTORED
from app.annotations.service.moving import ORPHANED, REANCHORED, RETURNED
from app.annotations.state import AnnotationState, state_after, states_of
from app.events.models import Event

SHORT = 60  # code points of a quote in a sentence

SENTENCES: Mapping[str, str] = {
    CREATED: "tagged as {tag}",
    DELETED: "moved to the trash",
    RESTORED: "restored from the trash",
    ORPHANED: "corrected the text, which no longer has its words",
    RETURNED: "took the correction back, and this to where it stood before",
    "reanchored, same words": "took it along into a corrected text",
    "reanchored, other words": (
        "took it along into a corrected text, with “{quote}” in place of “{old_quote}”"
    ),
    "tag": "changed the tag from {old_tag} to {tag}",
    "note": "changed the note",
    "first note": "wrote a note",
    "boundaries": "moved the boundaries from “{old_quote}”",
    "revision, same words": "gave it a place in the corrected text",
    "revision, other words": (
        "gave it a place in the corrected text, with “{quote}” in place of “{old_quote}”"
    ),
    "nothing": "changed nothing",
    "two changes": "{first} and {second}",
    "by undo": "{did}, by undo",
    "by redo": "{did}, by redo",
    "act": "{did}: “{quote}”, paragraph {block}",
}
"""By kind of event or by case; said after the name of who did it. `did` is one of them."""


def shorten(quote: str) -> str:
    """Return the beginning of a quote on one line, with an ellipsis where it goes on."""
    line = " ".join(quote.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


def describe(event: Event) -> str:
    """Say what an event did: "changed the tag from claim to demand"."""
    before, after = states_of(event)[0], state_after(event)
    did = _did(event.kind, before or after, after)
    if event.undoes_id is not None:
        return SENTENCES["by undo"].format(did=did)
    if event.redoes_id is not None:
        return SENTENCES["by redo"].format(did=did)
    return did


def describe_act(event: Event) -> str:
    """Say what an act did, where: "tagged as claim: “No overlap…”, paragraph 4"."""
    state = state_after(event)
    return SENTENCES["act"].format(
        did=describe(event), quote=shorten(state.quote), block=state.block
    )


def written_note(event: Event) -> str:
    """Return the note that was written in an event, "" where none was."""
    before, after = states_of(event)
    if after is None or (before is not None and before.note == after.note):
        return ""
    return after.note


def _did(kind: str, before: AnnotationState, after: AnnotationState) -> str:
    names = _changes(before, after) if kind == CHANGED else [_name(kind, before, after)]
    parts = {
        "tag": after.tag,
        "old_tag": before.tag,
        "quote": shorten(after.quote),
        "old_quote": shorten(before.quote),
    }
    did, *others = (SENTENCES[name].format_map(parts) for name in names)
    for other in others:
        did = SENTENCES["two changes"].format(first=did, second=other)
    return did


def _name(kind: str, before: AnnotationState, after: AnnotationState) -> str:
    if kind != REANCHORED:
        return kind
    is_same = before.quote == after.quote
    return "reanchored, same words" if is_same else "reanchored, other words"


def _changes(before: AnnotationState, after: AnnotationState) -> list[str]:
    """Return the names of the sentences that say what was changed: at least one."""
    names = []
    if before.tag != after.tag:
        names.append("tag")
    if before.note != after.note:
        names.append("note" if before.note else "first note")
    if before.revision != after.revision:
        is_same = before.quote == after.quote
        names.append("revision, same words" if is_same else "revision, other words")
    elif (before.start, before.end) != (after.start, after.end):
        names.append("boundaries")
    return names or ["nothing"]
