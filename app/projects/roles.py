"""What each role may do: the one place where it is decided."""

from enum import StrEnum

from app.core.errors import Forbidden


class Role(StrEnum):
    """A member's role in a project, from the least to the most."""

    READER = "reader"
    ANNOTATOR = "annotator"
    CURATOR = "curator"
    OWNER = "owner"


class Act(StrEnum):
    """Something that a role may allow. The value completes "You may not …"."""

    READ = "read this project"
    EXPORT = "export annotations"
    TAG = "tag passages"
    CHANGE_OWN = "change your own annotations"
    CHANGE_ANY = "change other people's annotations"
    KEEP_ARTICLES = "add, correct, change and archive articles"


_READER = frozenset({Act.READ, Act.EXPORT})
_ANNOTATOR = _READER | {Act.TAG, Act.CHANGE_OWN}
_CURATOR = _ANNOTATOR | {Act.CHANGE_ANY, Act.KEEP_ARTICLES}

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.READER: _READER,
    Role.ANNOTATOR: _ANNOTATOR,
    Role.CURATOR: _CURATOR,
    Role.OWNER: _CURATOR,
}


def may(role: Role, act: Act) -> bool:
    """Say whether a role allows an act."""
    return act in ALLOWED[role]


def require(role: Role, act: Act) -> None:
    """Do nothing if the role allows the act.

    Raises: Forbidden (it does not).
    """
    if not may(role, act):
        message = f"You may not {act}: you are here as {role}. Ask an owner for another role."
        raise Forbidden(message)


def may_change(role: Role, *, is_own: bool) -> bool:
    """Say whether a role allows changing, deleting and restoring an annotation."""
    return may(role, Act.CHANGE_OWN if is_own else Act.CHANGE_ANY)


def require_change(role: Role, *, is_own: bool) -> None:
    """Do nothing if the role allows changing an annotation.

    Raises: Forbidden (it is not theirs, and they are no curator; or they only read).
    """
    require(role, Act.CHANGE_OWN if is_own else Act.CHANGE_ANY)
