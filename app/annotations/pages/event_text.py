"""What an event says to a person: for history, undo and the trash.

Each sentence stands whole in `SENTENCES`, with its parts by name, so that it can be translated.
"""

from collections.abc import Iterable, Mapping

from app.annotations.service.annotations import CHANGED, CREATED, DELETED, IMPORTED, MADE, RESTORED
from app.annotations.service.moving import ORPHANED, REANCHORED, RETURNED
from app.annotations.state import AnnotationState, state_after, states_of
from app.events.models import Event
from app.text.direction import isolated

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
    "boundaries again": "The passage is again: “{quote}”",
    "all undone": "The annotation is as it was before: “{quote}”",
    "all redone": "The annotation is changed again: “{quote}”",
}
"""By kind of event or by case: said after the name of who did it, `did` being one of them; or
whole, where what was done is taken back: the verb comes first, since a phone shows one line."""

LISTS: Mapping[str, str] = {
    "name": "“{}”",
    "none": "no theme",
    "one": "the theme {names}",
    "several": "the themes {names}",
}
"""How themes are named, as parts of those sentences."""


def shorten(quote: str, most: int = SHORT) -> str:
    """Return the beginning of a quote on one line, with an ellipsis where it goes on."""
    line = " ".join(quote.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def themes_in(event: Event) -> set[int]:
    """Return the ids of the themes that `describe` names of an event."""
    before, after = states_of(event)
    if after is None:
        return set()
    return set(after.themes) ^ set(before.themes if before else ())


def describe(event: Event, themes: Mapping[int, str]) -> str:
    """Say what an event did: "changed the tag from claim to demand".

    `themes` are the names of those that `themes_in` finds, by their ids.
    """
    before, after = states_of(event)[0], state_after(event)
    did = _did(event.kind, before or after, after, themes)
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


def _did(
    kind: str, before: AnnotationState, after: AnnotationState, themes: Mapping[int, str]
) -> str:
    names = _changes(before, after) if kind == CHANGED else [_name(kind, before, after)]
    parts = {
        "tag": after.tag,
        "old_tag": before.tag,
        "quote": isolated(shorten(after.quote)),
        "old_quote": isolated(shorten(before.quote)),
        "themes": _listed(after.themes, themes),
        "old_themes": _listed(before.themes, themes),
        "new_themes": _listed(set(after.themes) - set(before.themes), themes),
        "gone_themes": _listed(set(before.themes) - set(after.themes), themes),
    }
    did, *others = (SENTENCES[name].format_map(parts) for name in names)
    for other in others:
        did = SENTENCES["two changes"].format(first=did, second=other)
    return did


def _listed(ids: Iterable[int], themes: Mapping[int, str]) -> str:
    """Name themes: "the theme “Ports”", or "no theme"."""
    names = sorted(isolated(themes[theme_id]) for theme_id in ids if theme_id in themes)
    if not names:
        return LISTS["none"]
    name = "one" if len(names) == 1 else "several"
    return LISTS[name].format(names=", ".join(map(LISTS["name"].format, names)))


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
        names.append(_change_of_themes(set(before.themes), set(after.themes)))
    if before.revision != after.revision:
        is_same = before.quote == after.quote
        names.append("revision, same words" if is_same else "revision, other words")
    elif (before.start, before.end) != (after.start, after.end):
        names.append("boundaries")
    return names or ["nothing"]


def _change_of_themes(old: set[int], new: set[int]) -> str:
    if old < new:
        return "themes given"
    return "themes taken" if new < old else "themes"
