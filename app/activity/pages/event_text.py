"""What every kind of event says to a person, and the groups in which kinds are chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.accounts.views import audit
from app.annotations.pages.event_text import describe as describe_annotation
from app.annotations.service import annotations, exports, moving
from app.articles.service import articles, tagging_modes
from app.assignments.service import assignments
from app.discussion.pages import event_text as discussion
from app.events.models import Event, Snapshot
from app.guidelines import service as guidelines
from app.projects.service import invitations, members, projects, reset_links
from app.web.filters import day, moment, pluralise

Names = Mapping[int, str]
"""The names of accounts by their ids."""

Words = str | Callable[[Event, Names], str]

FIELDS = {"published_on": "date of publication", "source_url": "source URL"}


def _annotation(event: Event, _names: Names) -> str:
    return describe_annotation(event)


def _discussion(event: Event, _names: Names) -> str:
    return discussion.describe(event)


def _fields_changed(event: Event, _names: Names) -> str:
    return "changed " + ", ".join(FIELDS.get(name, name) for name in _state(event))


def _corrected(event: Event, _names: Names) -> str:
    return f"corrected the text (revision {_state(event)['revision']})"


def _correction_taken_back(event: Event, _names: Names) -> str:
    return f"took back a correction (revision {_state(event)['revision']})"


def _mode(event: Event, _names: Names) -> str:
    mode = _state(event)["mode"]
    if mode is None:
        return f"made the article follow the project again, which is {_state(event)['project']}"
    return f"made the article {mode}"


def _project_mode(event: Event, _names: Names) -> str:
    return f"made the project {_state(event)['mode']}"


def _assigned(event: Event, names: Names) -> str:
    whom = "themselves" if _is_own(event) else _whom(event, names)
    return f"assigned the article to {whom}{_due(event)}"


def _due_changed(event: Event, names: Names) -> str:
    whose = "their own assignment" if _is_own(event) else f"the assignment of {_whom(event, names)}"
    return f"changed {whose}{_due(event) or ': no date'}"


def _unassigned(event: Event, names: Names) -> str:
    whom = "themselves" if _is_own(event) else _whom(event, names)
    return f"took the assignment from {whom}"


def _state_changed(event: Event, names: Names) -> str:
    before, after = event.before or {}, event.after or {}
    if event.account_id is None:
        return f"reopened the article for {_whom(event, names)}, who came back"
    if before["state"] == "done":
        return f"reopened the article{'' if _is_own(event) else f' for {_whom(event, names)}'}"
    return {
        "not started": "marked the article as not started",
        "in progress": "began with the article",
        "done": "marked the article as done",
    }[after["state"]]


def _guidelines(event: Event, _names: Names) -> str:
    return f"wrote the guidelines (version {_state(event)['number']})"


def _renamed(event: Event, _names: Names) -> str:
    before, after = event.before or {}, event.after or {}
    return f"renamed the project from “{before['name']}” to “{after['name']}”"


def _own_name(event: Event, _names: Names) -> str:
    before, after = event.before or {}, event.after or {}
    return f"changed their own name from “{before['name']}” to “{after['name']}”"


def _joined(event: Event, names: Names) -> str:
    if not _is_own(event):
        return f"took {_whom(event, names)} in as {_state(event)['role']}"
    return f"joined as {_state(event)['role']}"


def _left(event: Event, _names: Names) -> str:
    return f"left the project, having been {_state(event)['role']}"


def _removed(event: Event, names: Names) -> str:
    return f"removed {_whom(event, names)}, who was {_state(event)['role']}"


def _role_changed(event: Event, names: Names) -> str:
    before, after = event.before or {}, event.after or {}
    is_own = after["account"] == event.account_id
    whose = "their own role" if is_own else f"the role of {_whom(event, names)}"
    return f"changed {whose} from {before['role']} to {after['role']}"


def _invited(event: Event, _names: Names) -> str:
    state = _state(event)
    most = state["max_uses"]
    people = "any number of people" if most is None else pluralise(most, "person", "people")
    until = moment(datetime.fromisoformat(state["expires_at"]))
    return f"made invitation {state['invitation']}: as {state['role']}, for {people}, until {until}"


def _revoked(event: Event, _names: Names) -> str:
    return f"revoked invitation {_state(event)['invitation']}"


def _reset_link_made(event: Event, names: Names) -> str:
    return f"made a link that sets the password of {_whom(event, names)}"


def _signed_in(event: Event, _names: Names) -> str:
    return f"signed in by {_state(event)['how']}{_browser(event)}"


def _refused(event: Event, _names: Names) -> str:
    return f"was refused: a wrong password for their address{_browser(event)}"


def _sessions_ended(event: Event, names: Names) -> str:
    state = _state(event)
    whose = _whom(event, names) if "account" in state else "theirs"
    return f"ended {pluralise(state['count'], 'session', 'sessions')} of {whose}"


def _disabled(event: Event, names: Names) -> str:
    return f"disabled the account of {_whom(event, names)}"


def _enabled(event: Event, names: Names) -> str:
    return f"enabled the account of {_whom(event, names)} again"


def _disconnected(event: Event, names: Names) -> str:
    return f"took the connection with the provider from the account of {_whom(event, names)}"


def _exported(event: Event, _names: Names) -> str:
    state = _state(event)
    what = f"the annotations of “{state['title']}”" if state else "all annotations"
    return f"took away {what} as CSV"


def _browser(event: Event) -> str:
    browser = _state(event)["browser"]
    return f", in {browser}" if browser else ""


def _used(event: Event, _names: Names) -> str:
    return f"used invitation {_state(event)['invitation']}"


def _state(event: Event) -> Snapshot:
    return event.after or event.before or {}


def _is_own(event: Event) -> bool:
    return bool(_state(event)["account"] == event.account_id)


def _due(event: Event) -> str:
    due = _state(event)["due"]
    return f", due {day(date.fromisoformat(due))}" if due else ""


def _whom(event: Event, names: Names) -> str:
    return names[_state(event)["account"]]


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of events that are chosen together, each with its words; `name` stands in the form."""

    name: str
    kinds: Mapping[str, Words]
    is_audit: bool = False  # for those alone who may see what happened to people


GROUPS: Mapping[str, Group] = {
    "tagging": Group("Tagging", {annotations.CREATED: _annotation}),
    "changes": Group("Changing annotations", {annotations.CHANGED: _annotation}),
    "deletions": Group(
        "Deleting and restoring annotations",
        {annotations.DELETED: _annotation, annotations.RESTORED: _annotation},
    ),
    "discussion": Group("Discussion", dict.fromkeys(discussion.KINDS, _discussion)),
    "articles": Group(
        "Articles",
        {
            articles.ADDED: "added the article",
            articles.CHANGED: _fields_changed,
            articles.ARCHIVED: "archived the article",
            articles.RESTORED: "restored the article",
            moving.CORRECTED: _corrected,
            moving.TAKEN_BACK: _correction_taken_back,
        },
    ),
    "assignments": Group(
        "Assignments, and who sees what",
        {
            assignments.ASSIGNED: _assigned,
            assignments.DUE_CHANGED: _due_changed,
            assignments.UNASSIGNED: _unassigned,
            assignments.STATE_CHANGED: _state_changed,
            articles.MODE_CHANGED: _mode,
            articles.REVEALED: "revealed to everyone what was tagged in the article",
            articles.HIDDEN: "took the revealing of the article back",
            tagging_modes.PROJECT_MODE_CHANGED: _project_mode,
        },
    ),
    "guidelines": Group("Guidelines", {guidelines.CHANGED: _guidelines}),
    "people": Group(
        "People and settings",
        {
            projects.CREATED: "made the project",
            projects.RENAMED: _renamed,
            projects.ARCHIVED: "archived the project",
            projects.RESTORED: "restored the project",
            members.JOINED: _joined,
            members.LEFT: _left,
            members.REMOVED: _removed,
            members.ROLE_CHANGED: _role_changed,
            invitations.MADE: _invited,
            invitations.REVOKED: _revoked,
            invitations.USED: _used,
            reset_links.MADE: _reset_link_made,
            audit.RENAMED: _own_name,
        },
        is_audit=True,
    ),
    "sign-ins": Group(
        "Signing in, and passwords",
        {
            audit.SIGNED_IN: _signed_in,
            audit.SIGNED_OUT: "signed out",
            audit.REFUSED: _refused,
            audit.SESSIONS_ENDED: _sessions_ended,
            audit.PASSWORD_CHANGED: "changed their password",
            audit.CONNECTED: "connected their account with the provider; its password ended",
            audit.DISABLED: _disabled,
            audit.ENABLED: _enabled,
            audit.DISCONNECTED: _disconnected,
            audit.PASSWORD_RESET: "set a new password by a link",
        },
        is_audit=True,
    ),
    "exports": Group("Exports", {exports.EXPORTED: _exported}, is_audit=True),
}
"""The groups by their names in addresses. A kind that is in none of them is in no list."""

LEFT_OUT = frozenset({moving.REANCHORED, moving.ORPHANED, moving.RETURNED})
"""Kinds that are in no list on purpose: a correction makes one for each annotation."""

_WORDS: Mapping[str, Words] = {
    kind: words for group in GROUPS.values() for kind, words in group.kinds.items()
}


def describe(event: Event, names: Names) -> str:
    """Say what an event did, after the name of who did it: "removed Ines, who was annotator".

    `names` are those of the accounts that `accounts_in` finds. A kind without words says itself.
    """
    words = _WORDS.get(event.kind, event.kind)
    return words if isinstance(words, str) else words(event, names)


def accounts_in(event: Event) -> set[int]:
    """Return the accounts that an event happened to."""
    states = (event.before or {}, event.after or {})
    return {state["account"] for state in states if "account" in state}
