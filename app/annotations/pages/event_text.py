"""What an event says to a person: for history, undo and the trash."""

from app.annotations.service.annotations import CHANGED, CREATED, DELETED, RESTORED
from app.annotations.service.moving import ORPHANED, REANCHORED, RETURNED
from app.annotations.state import AnnotationState, state_after, states_of
from app.events.models import Event

SHORT = 60  # code points of a quote in a sentence


def shorten(quote: str) -> str:
    """Return the beginning of a quote on one line, with an ellipsis where it goes on."""
    line = " ".join(quote.split())
    return line if len(line) <= SHORT else line[: SHORT - 1].rstrip() + "…"


def describe(event: Event) -> str:
    """Say what an event did: "changed the tag from claim to demand"."""
    before, after = states_of(event)[0], state_after(event)
    if event.kind == CHANGED:
        said = _changes(before or after, after)
    elif event.kind == REANCHORED:
        said = "took it along into a corrected text" + _other_words(before or after, after)
    else:
        said = {
            CREATED: f"tagged as {after.tag}",
            DELETED: "moved to the trash",
            RESTORED: "restored from the trash",
            ORPHANED: "corrected the text, which no longer has its words",
            RETURNED: "took the correction back, and this to where it stood before",
        }[event.kind]
    if event.undoes_id is not None:
        return f"{said}, by undo"
    return f"{said}, by redo" if event.redoes_id is not None else said


def describe_act(event: Event) -> str:
    """Say what an act did, where: "tagged as claim: “No overlap…”, paragraph 4"."""
    state = state_after(event)
    return f"{describe(event)}: “{shorten(state.quote)}”, paragraph {state.block}"


def written_note(event: Event) -> str:
    """Return the note that was written in an event, "" where none was."""
    before, after = states_of(event)
    if after is None or (before is not None and before.note == after.note):
        return ""
    return after.note


def _changes(before: AnnotationState, after: AnnotationState) -> str:
    said = []
    if before.tag != after.tag:
        said.append(f"changed the tag from {before.tag} to {after.tag}")
    if before.note != after.note:
        said.append("changed the note" if before.note else "wrote a note")
    if before.revision != after.revision:
        said.append("gave it a place in the corrected text" + _other_words(before, after))
    elif (before.start, before.end) != (after.start, after.end):
        said.append(f"moved the boundaries from “{shorten(before.quote)}”")
    return " and ".join(said) or "changed nothing"


def _other_words(before: AnnotationState, after: AnnotationState) -> str:
    if before.quote == after.quote:
        return ""
    return f", with “{shorten(after.quote)}” in place of “{shorten(before.quote)}”"
