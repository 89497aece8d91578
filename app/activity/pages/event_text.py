"""What every kind of event says to a person."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from datetime import date, datetime
from string import Formatter
from urllib.parse import unquote_plus

from sqlalchemy.orm import Session

from app.accounts.views import audit
from app.activity.queries import names_of
from app.annotations.pages.event_text import called_in
from app.annotations.pages.event_text import describe as describe_annotation
from app.annotations.queries.names import Called
from app.annotations.service import annotations, bulk, exports, moving, searches
from app.articles.service import articles, tagging_modes
from app.assignments.service import assignments
from app.discussion.pages import event_text as discussion
from app.discussion.service import verdicts
from app.events.models import Event, Snapshot
from app.frozen import frozen
from app.guidelines import service as guidelines
from app.parties import kinds
from app.parties.pages import event_text as parties
from app.projects.service import invitations, members, projects, reset_links, token_audit
from app.text.direction import isolated
from app.themes.service import themes
from app.web.filters import day, moment, pluralise


@frozen
class EventNames:
    """What those are called whom events name, and of how many passages an act was, by ids."""

    accounts: Mapping[int, str] = field(default_factory=dict)
    called: Called = field(default_factory=Called)
    passages: Mapping[int, int] = field(default_factory=dict)


FIELDS = {"published_on": "date of publication", "source_url": "source URL"}

SENTENCES: Mapping[str, parties.EventSentence] = {
    articles.ADDED: "added the article",
    articles.CHANGED: "changed {fields}",
    articles.ARCHIVED: "archived the article",
    articles.RESTORED: "restored the article",
    moving.CORRECTED: "corrected the text (revision {revision})",
    moving.TAKEN_BACK: "took back a correction (revision {revision})",
    assignments.ASSIGNED: {
        "own": "assigned the article to themselves",
        "own, due": "assigned the article to themselves, due {due}",
        "other": "assigned the article to {whom}",
        "other, due": "assigned the article to {whom}, due {due}",
    },
    assignments.DUE_CHANGED: {
        "own": "changed their own assignment: no date",
        "own, due": "changed their own assignment, due {due}",
        "other": "changed the assignment of {whom}: no date",
        "other, due": "changed the assignment of {whom}, due {due}",
    },
    assignments.UNASSIGNED: {
        "own": "took the assignment from themselves",
        "other": "took the assignment from {whom}",
    },
    assignments.STATE_CHANGED: {
        "came back": "reopened the article for {whom}, who came back",
        "reopened, own": "reopened the article",
        "reopened, other": "reopened the article for {whom}",
        "not started": "marked the article as not started",
        "in progress": "began with the article",
        "done": "marked the article as done",
    },
    articles.MODE_CHANGED: {
        "own": "made the article {mode}",
        "project": "made the article follow the project again, which is {project}",
    },
    articles.REVEALED: "revealed to everyone what was tagged in the article",
    articles.HIDDEN: "took the revealing of the article back",
    tagging_modes.PROJECT_MODE_CHANGED: "made the project {mode}",
    bulk.CHANGED_MANY: {
        "note": "added a line to the notes of {passages}, as one act",
        "retag": "tagged {passages} as {tag}, as one act",
        "theme": "gave {passages} the theme “{theme}”, as one act",
        "untheme": "took the theme “{theme}” from {passages}, as one act",
        "party": "set the party of {passages} to “{given}”, as one act",
        "unparty": "took the party from {passages}, as one act",
        "position": "set the position of {passages} to “{given}”, as one act",
        "unposition": "took position and side from {passages}, as one act",
        "address": "set the addressees of {passages} to “{given}”, as one act",
        "unaddress": "took the addressees from {passages}, as one act",
        "trash": "moved {passages} to the trash, as one act",
        "restore": "restored {passages} from the trash, as one act",
        "author": "named “{party}” as who says {passages} of an article, as one act",
    },
    bulk.TAGGED_MANY: "tagged {places} as {tag}, as one act",
    bulk.IMPORTED_MANY: "imported {passages} from the file “{file}”, as one act",
    bulk.UNDONE: {
        "note": "took back the line that was added to the notes of {passages}",
        "retag": "took back the tag {tag} that was given to {passages}",
        "theme": "took back the theme “{theme}” that was given to {passages}",
        "untheme": "took back that the theme “{theme}” was taken from {passages}",
        "party": "took back the party “{given}” that was given to {passages}",
        "unparty": "took back that the party was taken from {passages}",
        "position": "took back the position “{given}” that was given to {passages}",
        "unposition": "took back that position and side were taken from {passages}",
        "address": "took back the addressees “{given}” that were given to {passages}",
        "unaddress": "took back that the addressees were taken from {passages}",
        "trash": "took back the move of {passages} to the trash",
        "restore": "took back the restoring of {passages} from the trash",
        "author": "took back that “{party}” was named as who says {passages}",
        "tag": "took back the tag {tag} that was given to {places}",
        "import": "took back the import of {passages} from the file “{file}”",
    },
    verdicts.GIVEN: {
        verdicts.CHANGE: "called what “{party_name}” says of “{sentence}” a change",
        verdicts.CONTRADICTION: "called what “{party_name}” says of “{sentence}” a contradiction",
        verdicts.NEITHER: "called what “{party_name}” says of “{sentence}” neither a change nor a"
        " contradiction: {reason}",
        verdicts.NONE: "took back the verdict on what “{party_name}” says of “{sentence}”",
    },
    verdicts.UNDONE: "took back a verdict on what “{party_name}” says of “{sentence}”",
    searches.SAVED: "shared the search “{after[name]}” with the project",
    searches.REMOVED: "removed the shared search “{before[name]}”",
    guidelines.CHANGED: "wrote the guidelines (version {number})",
    themes.CREATED: "made the theme “{name}”",
    themes.CHANGED: {
        "renamed": "renamed the theme “{before[name]}” to “{after[name]}”",
        "moved": "moved the theme “{name}”",
        "rewritten": "changed what the theme “{name}” says",
    },
    themes.ARCHIVED: "archived the theme “{name}”",
    themes.RESTORED: "restored the theme “{name}”",
    themes.MERGED: "merged the theme “{name}” into “{into_name}”",
    themes.UNMERGED: "took back that the theme “{name}” was merged into “{into_name}”",
    themes.IMPORTED: "imported themes from a file: {added:,} new, {changed:,} changed",
    themes.IMPORT_UNDONE: "took back an import of themes: {added:,} new, {changed:,} changed",
    projects.CREATED: "made the project",
    projects.RENAMED: "renamed the project from “{before[name]}” to “{after[name]}”",
    projects.ARCHIVED: "archived the project",
    projects.RESTORED: "restored the project",
    projects.EXPORTED: "exported the whole project as an archive",
    projects.IMPORTED: "imported the project from an archive of “{name}”",
    members.JOINED: {
        "own": "joined as {role}",
        "other": "took {whom} in as {role}",
    },
    members.LEFT: "left the project, having been {role}",
    members.REMOVED: "removed {whom}, who was {role}",
    members.ROLE_CHANGED: {
        "own": "changed their own role from {before[role]} to {after[role]}",
        "other": "changed the role of {whom} from {before[role]} to {after[role]}",
    },
    invitations.MADE: {
        "any": "made invitation {invitation}: as {role}, for any number of people, until {until}",
        "one": "made invitation {invitation}: as {role}, for 1 person, until {until}",
        "many": "made invitation {invitation}: as {role}, for {max_uses:,} people, until {until}",
    },
    invitations.REVOKED: "revoked invitation {invitation}",
    invitations.USED: "used invitation {invitation}",
    reset_links.MADE: "made a link that sets the password of {whom}",
    audit.RENAMED: "changed their own name from “{before[name]}” to “{after[name]}”",
    audit.SIGNED_IN: {
        "": "signed in by {how}",
        "browser": "signed in by {how}, in {browser}",
    },
    audit.SIGNED_OUT: "signed out",
    audit.REFUSED: {
        "": "was refused: a wrong password for their address",
        "browser": "was refused: a wrong password for their address, in {browser}",
    },
    audit.SESSIONS_ENDED: {
        "own, one": "ended 1 session of theirs",
        "own, many": "ended {count:,} sessions of theirs",
        "other, one": "ended 1 session of {whom}",
        "other, many": "ended {count:,} sessions of {whom}",
    },
    audit.PASSWORD_CHANGED: "changed their password",
    audit.EMAIL_CHANGED: {"own": "changed their address", "other": "changed the address of {whom}"},
    audit.CONNECTED: "connected their account with the provider; its password ended",
    audit.DISABLED: "disabled the account of {whom}",
    audit.ENABLED: "enabled the account of {whom} again",
    audit.DISCONNECTED: "took the connection with the provider from the account of {whom}",
    audit.PASSWORD_RESET: "set a new password by a link",
    token_audit.MADE: {
        "read": "made the API token “{name}”, which may read and does not end",
        "read, ends": "made the API token “{name}”, which may read until {until}",
        "write": "made the API token “{name}”, which may read and write and does not end",
        "write, ends": "made the API token “{name}”, which may read and write until {until}",
    },
    token_audit.REVOKED: "revoked the API token “{name}”",
    token_audit.USED: "used the API token “{name}” for the first time",
    exports.EXPORTED: {
        "all": "exported all annotations as {format}",
        "article": "exported the annotations of “{title}” as {format}",
        "asked": "exported passages as {format}: {asked}",
        "themes": "exported the themes as {format}",
        "positions": "exported the positions as {format}",
        "positions, asked": "exported the positions as {format}: {asked}",
        "changes": "exported the changes as {format}",
        "changes, asked": "exported the changes as {format}: {asked}",
        "places, asked": "exported the places of words as {format}: {asked}",
        "networks, asked": "exported a network as {format}: {asked}",
    },
}
"""By kind of event; said after the name of who did it.

The parts are what the event keeps, and those of `_parts`. What is said of annotations and in
discussions stands in the modules of the same name there.
"""


class _Isolating(Formatter):
    """Puts names into a sentence so that one from the right turns nothing else of it."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a part as it stands in the sentence."""
        return isolated(format(value, format_spec))


_ISOLATING = _Isolating()
_OF_ANNOTATIONS = frozenset(annotations.ACTS)


def describe(event: Event, names: EventNames) -> str:
    """Say what an event did, after the name of who did it: "removed Ines, who was annotator".

    `names` are those that `names_in` finds. A kind without words says itself.
    """
    if event.kind in _OF_ANNOTATIONS:
        return describe_annotation(event, names.called)
    if event.kind in discussion.KINDS:
        return discussion.describe(event)
    if event.kind in kinds.EVERY:
        return parties.describe(event)
    if event.kind not in SENTENCES:
        return event.kind
    sentence = SENTENCES[event.kind]
    if not isinstance(sentence, str):
        sentence = sentence[CASES[event.kind](event)]
    return _ISOLATING.vformat(sentence, (), _parts(event, names))


def names_in(session: Session, events: Collection[Event]) -> EventNames:
    """Return the names of all that `describe` says of some events."""
    return EventNames(
        names_of(session, {each for event in events for each in _accounts_in(event)}),
        called_in(session, events),
    )


def _accounts_in(event: Event) -> set[int]:
    """Return the accounts that an event happened to."""
    states = (event.before or {}, event.after or {})
    return {state["account"] for state in states if "account" in state}


def _parts(event: Event, names: EventNames) -> dict[str, object]:
    """Return the parts of sentences by their names."""
    state = _state(event)
    parts: dict[str, object] = {**state, "before": event.before, "after": event.after}
    if state.get("account") in names.accounts:
        parts["whom"] = names.accounts[state["account"]]
    if state.get("due"):
        parts["due"] = day(date.fromisoformat(state["due"]))
    if state.get("expires_at"):
        parts["until"] = moment(datetime.fromisoformat(state["expires_at"]))
    if event.kind in bulk.KINDS:
        number = names.passages.get(event.id)
        parts["passages"] = pluralise(number, "passage", "passages") if number else "passages"
        parts["places"] = pluralise(number, "place", "places") if number else "places"
    if event.kind == exports.EXPORTED:
        parts.setdefault("format", "CSV")  # in the beginning there was no other
        parts["asked"] = unquote_plus(str(state.get("query", "")).replace("&", ", "))
    if event.kind == articles.CHANGED:
        parts["fields"] = ", ".join(FIELDS.get(name, name) for name in state)
    return parts


def _state(event: Event) -> Snapshot:
    return event.after or event.before or {}


def _whose(event: Event) -> str:
    return "own" if _state(event)["account"] == event.account_id else "other"


def _whose_and_due(event: Event) -> str:
    return f"{_whose(event)}, due" if _state(event)["due"] else _whose(event)


def _change_of_state(event: Event) -> str:
    if event.account_id is None:
        return "came back"
    if (event.before or {})["state"] == "done":
        return f"reopened, {_whose(event)}"
    return str(_state(event)["state"])


def _whose_mode(event: Event) -> str:
    return "project" if _state(event)["mode"] is None else "own"


def _how_many_may_join(event: Event) -> str:
    most = _state(event)["max_uses"]
    return "any" if most is None else _plural(most)


def _with_browser(event: Event) -> str:
    return "browser" if _state(event)["browser"] else ""


def _sessions_ended(event: Event) -> str:
    state = _state(event)
    whose = "other" if "account" in state else "own"
    return f"{whose}, {_plural(state['count'])}"


def _whose_account(event: Event) -> str:
    return "other" if "account" in _state(event) else "own"


def _change_of_theme(event: Event) -> str:
    before, after = event.before or {}, event.after or {}
    if before["name"] != after["name"]:
        return "renamed"
    places = [(state["parent"], state["position"]) for state in (before, after)]
    return "moved" if places[0] != places[1] else "rewritten"


def _scope_and_end(event: Event) -> str:
    state = _state(event)
    return f"{state['scope']}, ends" if state["expires_at"] else str(state["scope"])


def _exported(event: Event) -> str:
    state, cases = _state(event), {"article": "article", "query": "asked"}
    if "of" in state:
        return f"{state['of']}, asked" if state.get("query") else str(state["of"])
    return next((case for name, case in cases.items() if name in state), "all")


def _verdict(event: Event) -> str:
    return str(_state(event)["value"])


def _done_to_many(event: Event) -> str:
    return str(_state(event)["act"])


def _plural(count: int) -> str:
    return "one" if count == 1 else "many"


CASES: Mapping[str, Callable[[Event], str]] = {
    assignments.ASSIGNED: _whose_and_due,
    assignments.DUE_CHANGED: _whose_and_due,
    assignments.UNASSIGNED: _whose,
    assignments.STATE_CHANGED: _change_of_state,
    articles.MODE_CHANGED: _whose_mode,
    themes.CHANGED: _change_of_theme,
    members.JOINED: _whose,
    members.ROLE_CHANGED: _whose,
    invitations.MADE: _how_many_may_join,
    audit.SIGNED_IN: _with_browser,
    audit.REFUSED: _with_browser,
    audit.SESSIONS_ENDED: _sessions_ended,
    audit.EMAIL_CHANGED: _whose_account,
    token_audit.MADE: _scope_and_end,
    exports.EXPORTED: _exported,
    verdicts.GIVEN: _verdict,
    bulk.CHANGED_MANY: _done_to_many,
    bulk.UNDONE: _done_to_many,
}
"""How the case is found of a kind that has more than one sentence."""
