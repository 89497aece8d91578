"""What an event says to a person: for history, undo and the trash.

Each sentence stands whole in `SENTENCES`, with its parts by name, so that it can be translated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from app.annotations.queries.names import Called
from app.annotations.service.annotations import CHANGED, CREATED, DELETED, IMPORTED, MADE, RESTORED
from app.annotations.service.moving import ORPHANED, REANCHORED, RETURNED
from app.annotations.state import AnnotationState, state_after, states_of
from app.events.models import Event
from app.parties import queries as parties_queries
from app.parties.models import Party, Position
from app.text.direction import isolated
from app.themes import queries as themes_queries

SHORT = 60  # code points of a quote in a sentence

SENTENCES: Mapping[str, str] = {
    CREATED: "tagged as {tag}",
    "created with themes": "tagged as {tag}, with {themes}",
    IMPORTED: "imported this from a file, tagged as {tag}",
    "imported with themes": "imported this from a file, tagged as {tag}, with {themes}",
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
    "themes": "changed the themes from {old_themes} to {themes}",
    "themes given": "added {new_themes}",
    "themes taken": "took {gone_themes} away",
    "claimed": "said that {party} claims this",
    "demanded": "said that {party} demands this",
    "assumed": "said that {party} assumes this",
    "cited": "said that {party} cites this",
    "party": "changed who says this from {old_party} to {party}",
    "party taken": "no longer said that this is said by {old_party}",
    "addressees": "changed of whom this is demanded from {old_addressees} to {addressees}",
    "addressees given": "said that this is demanded of {new_addressees}",
    "addressees taken": "no longer said that this is demanded of {gone_addressees}",
    "for": "said that this is for {position}",
    "against": "said that this is against {position}",
    "about": "said that this is about {position}",
    "position taken": "took away what this is about, {old_position}",
    "side": "chose the side {side}, with no position yet",
    "side taken": "took the side {old_side} away",
    "boundaries": "moved the boundaries from “{old_quote}”",
    "revision, same words": "gave it a place in the corrected text",
    "revision, other words": (
        "gave it a place in the corrected text, with “{quote}” in place of “{old_quote}”"
    ),
    "nothing": "changed nothing",
    "two changes": "{first} and {second}",
    "by undo": "{did}, by undo",
    "by redo": "{did}, by redo",
    "tagged again": "Tagged as {tag} again: “{quote}”",
    "tagged no more": "No longer tagged as {tag}: “{quote}”",
    "note undone": "The note is as it was before: “{quote}”",
    "note redone": "The note is changed again: “{quote}”",
    "themes undone": "The themes are as they were before: “{quote}”",
    "themes redone": "The themes are changed again: “{quote}”",
    "statement undone": "Who says what is as it was before: “{quote}”",
    "statement redone": "Who says what is changed again: “{quote}”",
    "boundaries again": "The passage is again: “{quote}”",
    "all undone": "The annotation is as it was before: “{quote}”",
    "all redone": "The annotation is changed again: “{quote}”",
}
"""By kind of event or by case: said after the name of who did it, `did` being one of them; or
whole, where what was done is taken back: the verb comes first, since a phone shows one line."""

SAYS: Mapping[str, str] = {
    "claim": "claimed",
    "demand": "demanded",
    "assumption": "assumed",
    "citation": "cited",
}
"""What a party does with a passage, by its tag: the name of the sentence that says so."""

LISTS: Mapping[str, str] = {
    "name": "“{}”",
    "none": "no theme",
    "one": "the theme {names}",
    "several": "the themes {names}",
}
"""How themes, parties and positions are named, as parts of those sentences."""


def shorten(quote: str, most: int = SHORT) -> str:
    """Return the beginning of a quote on one line, with an ellipsis where it goes on."""
    line = " ".join(quote.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def called_in(session: Session, events: Iterable[Event]) -> Called:
    """Return what all are called, as of now, that `describe` names of some events."""
    themes: set[int] = set()
    parties: set[int] = set()
    positions: set[int] = set()
    for event in events:
        before, after = states_of(event)
        if after is None:
            continue
        before = before or _unsaid(after)
        themes |= _ids_of_changed(before.themes, after.themes)
        parties |= _ids_of_changed(_ids(before.party), _ids(after.party))
        parties |= _ids_of_changed(before.addressees, after.addressees)
        if (before.position, before.side) != (after.position, after.side):
            positions |= {*_ids(before.position), *_ids(after.position)}
    return Called(
        themes_queries.names_of(session, themes),
        parties_queries.names_of(session, Party, parties),
        parties_queries.names_of(session, Position, positions),
    )


def _ids(row_id: int | None) -> tuple[int, ...]:
    return () if row_id is None else (row_id,)


def _ids_of_changed(old: tuple[int, ...], new: tuple[int, ...]) -> set[int]:
    return set() if old == new else {*old, *new}


def _unsaid(made: AnnotationState) -> AnnotationState:
    """Return what an annotation was before it was made, for what is said of that."""
    return replace(made, themes=(), party=None, addressees=(), position=None, side="")


def describe(event: Event, called: Called) -> str:
    """Say what an event did: "changed the tag from claim to demand".

    `called` is what `called_in` finds.
    """
    before, after = states_of(event)[0], state_after(event)
    did = _did(event.kind, before or _unsaid(after), after, called)
    if event.undoes_id is not None:
        return SENTENCES["by undo"].format(did=did)
    if event.redoes_id is not None:
        return SENTENCES["by redo"].format(did=did)
    return did


def tell_undone(act: Event) -> str:
    """Say in a sentence what is so again because an act was undone."""
    before, after = states_of(act)
    return _tell_again(after, before, "undone")


def tell_redone(act: Event) -> str:
    """Say in a sentence what is so again because an act was done once more."""
    before, after = states_of(act)
    return _tell_again(before, after, "redone")


def _tell_again(old: AnnotationState | None, new: AnnotationState | None, how: str) -> str:
    names = _changes(old, new) if old and new and old.deleted == new.deleted else []
    shown = new or old
    if new is None or (new.deleted and not names):
        name = "tagged no more"
    elif not names or names == ["tag"]:
        name = "tagged again"
    elif names in (["note"], ["first note"]):
        name = f"note {how}"
    elif names in (["themes"], ["themes given"], ["themes taken"]):
        name = f"themes {how}"
    elif new and old and set(names) <= set(_statement(old, new)):
        name = f"statement {how}"
    else:
        name = "boundaries again" if names == ["boundaries"] else f"all {how}"
    return SENTENCES[name].format(
        quote=shorten(shown.quote) if shown else "", tag=shown.tag if shown else ""
    )


def written_note(event: Event) -> str:
    """Return the note that was written in an event, "" where none was."""
    before, after = states_of(event)
    if after is None or (before is not None and before.note == after.note):
        return ""
    return after.note


def _did(kind: str, before: AnnotationState, after: AnnotationState, called: Called) -> str:
    if kind == CHANGED:
        names = _changes(before, after)
    else:
        names = [_name(kind, before, after), *_statement(before, after)]
    parts = {
        "tag": after.tag,
        "old_tag": before.tag,
        "quote": isolated(shorten(after.quote)),
        "old_quote": isolated(shorten(before.quote)),
        "themes": _listed(after.themes, called.themes),
        "old_themes": _listed(before.themes, called.themes),
        "new_themes": _listed(set(after.themes) - set(before.themes), called.themes),
        "gone_themes": _listed(set(before.themes) - set(after.themes), called.themes),
        "party": _named(_ids(after.party), called.parties),
        "old_party": _named(_ids(before.party), called.parties),
        "addressees": _named(after.addressees, called.parties),
        "old_addressees": _named(before.addressees, called.parties),
        "new_addressees": _named(set(after.addressees) - set(before.addressees), called.parties),
        "gone_addressees": _named(set(before.addressees) - set(after.addressees), called.parties),
        "position": _named(_ids(after.position), called.positions),
        "old_position": _named(_ids(before.position), called.positions),
        "side": after.side,
        "old_side": before.side,
    }
    did, *others = (SENTENCES[name].format_map(parts) for name in names)
    for other in others:
        did = SENTENCES["two changes"].format(first=did, second=other)
    return did


def _named(ids: Iterable[int], names: Mapping[int, str]) -> str:
    """Name parties or positions: “Port”, “Union”."""
    found = sorted(isolated(names[each]) for each in ids if each in names)
    return ", ".join(map(LISTS["name"].format, found))


def _listed(ids: Iterable[int], themes: Mapping[int, str]) -> str:
    """Name themes: "the theme “Ports”", or "no theme"."""
    found = set(ids) & set(themes)
    if not found:
        return LISTS["none"]
    name = "one" if len(found) == 1 else "several"
    return LISTS[name].format(names=_named(found, themes))


def _name(kind: str, before: AnnotationState, after: AnnotationState) -> str:
    if kind in MADE and after.themes:
        return "created with themes" if kind == CREATED else "imported with themes"
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
    if before.themes != after.themes:
        names.append(_change_of("themes", set(before.themes), set(after.themes)))
    names.extend(_statement(before, after))
    if before.revision != after.revision:
        is_same = before.quote == after.quote
        names.append("revision, same words" if is_same else "revision, other words")
    elif (before.start, before.end) != (after.start, after.end):
        names.append("boundaries")
    return names or ["nothing"]


def _statement(before: AnnotationState, after: AnnotationState) -> list[str]:
    """Return the names of the sentences that say what was changed of who says what."""
    names = []
    if before.party != after.party:
        names.append(_change_of_party(before, after))
    if before.addressees != after.addressees:
        names.append(_change_of("addressees", set(before.addressees), set(after.addressees)))
    if (before.position, before.side) != (after.position, after.side):
        names.append(_change_of_position(before, after))
    return names


def _change_of(field: str, old: set[int], new: set[int]) -> str:
    if old < new:
        return f"{field} given"
    return f"{field} taken" if new < old else field


def _change_of_party(before: AnnotationState, after: AnnotationState) -> str:
    if before.party is None:
        return SAYS[after.tag]
    return "party taken" if after.party is None else "party"


def _change_of_position(before: AnnotationState, after: AnnotationState) -> str:
    if after.position is not None:
        return after.side or "about"
    if before.position is not None:
        return "position taken"
    return "side" if after.side else "side taken"
