"""The groups in which kinds of events are chosen."""

from collections.abc import Mapping, Sequence

from app.accounts.views import audit
from app.annotations.service import annotations, bulk, exports, moving, searches
from app.articles.service import articles, tagging_modes
from app.assignments.service import assignments
from app.discussion.pages import event_text as discussion
from app.discussion.service import verdicts
from app.frozen import frozen
from app.guidelines import service as guidelines
from app.parties import kinds as parties
from app.projects.service import invitations, members, projects, reset_links, token_audit
from app.themes.service import themes


@frozen
class EventGroup:
    """Kinds of events that are chosen together; `name` stands in the form."""

    name: str
    kinds: Sequence[str]
    is_audit: bool = False  # for those alone who may see what happened to people


GROUPS: Mapping[str, EventGroup] = {
    "tagging": EventGroup("Tagging", (*annotations.MADE, bulk.TAGGED_MANY, bulk.IMPORTED_MANY)),
    "changes": EventGroup("Changing annotations", (annotations.CHANGED, *bulk.CHANGES)),
    "deletions": EventGroup(
        "Deleting and restoring annotations", (annotations.DELETED, annotations.RESTORED)
    ),
    "discussion": EventGroup("Discussion", discussion.KINDS),
    "articles": EventGroup(
        "Articles",
        (
            articles.ADDED,
            articles.CHANGED,
            articles.ARCHIVED,
            articles.RESTORED,
            moving.CORRECTED,
            moving.TAKEN_BACK,
        ),
    ),
    "assignments": EventGroup(
        "Assignments, and who sees what",
        (
            assignments.ASSIGNED,
            assignments.DUE_CHANGED,
            assignments.UNASSIGNED,
            assignments.STATE_CHANGED,
            articles.MODE_CHANGED,
            articles.REVEALED,
            articles.HIDDEN,
            tagging_modes.PROJECT_MODE_CHANGED,
        ),
    ),
    "guidelines": EventGroup("Guidelines", (guidelines.CHANGED,)),
    "themes": EventGroup("Themes", themes.KINDS),
    "parties": EventGroup("Parties and positions", parties.EVERY),
    "verdicts": EventGroup("Verdicts on changes", verdicts.KINDS),
    "searches": EventGroup("Shared searches", searches.KINDS),
    "people": EventGroup(
        "People and settings",
        (
            projects.CREATED,
            projects.RENAMED,
            projects.ARCHIVED,
            projects.RESTORED,
            projects.IMPORTED,
            members.JOINED,
            members.LEFT,
            members.REMOVED,
            members.ROLE_CHANGED,
            invitations.MADE,
            invitations.REVOKED,
            invitations.USED,
            reset_links.MADE,
            audit.RENAMED,
        ),
        is_audit=True,
    ),
    "sign-ins": EventGroup(
        "Signing in, passwords and API tokens",
        (
            audit.SIGNED_IN,
            audit.SIGNED_OUT,
            audit.REFUSED,
            audit.SESSIONS_ENDED,
            audit.PASSWORD_CHANGED,
            audit.EMAIL_CHANGED,
            audit.CONNECTED,
            audit.DISABLED,
            audit.ENABLED,
            audit.DISCONNECTED,
            audit.PASSWORD_RESET,
            token_audit.MADE,
            token_audit.REVOKED,
            token_audit.USED,
        ),
        is_audit=True,
    ),
    "exports": EventGroup("Exports", (exports.EXPORTED, projects.EXPORTED), is_audit=True),
}
"""The groups by their names in addresses. A kind that is in none of them is in no list."""

GROUP_NAMES: Mapping[str, str] = {
    kind: group.name for group in GROUPS.values() for kind in group.kinds
}
"""The name of the group of each kind of event."""

LEFT_OUT = frozenset(moving.MOVES)
"""Kinds that are in no list on purpose: a correction makes one for each annotation."""
