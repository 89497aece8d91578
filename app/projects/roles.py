"""What each role may do: the one place where it is decided."""

from enum import StrEnum
from typing import Protocol

from app.core.errors import Forbidden


class Role(StrEnum):
    """A member's role in a project, from the least to the most."""

    READER = "reader"
    ANNOTATOR = "annotator"
    CURATOR = "curator"
    OWNER = "owner"


IN_WORDS = {
    Role.READER: "reads and exports",
    Role.ANNOTATOR: "also tags, discusses, and changes their own annotations",
    Role.CURATOR: "also sees and changes everyone’s, keeps, assigns and reveals the articles, and "
    "writes the guidelines and the themes",
    Role.OWNER: "also decides on people and settings",
}
"""What each role may do, in addition to the one before it."""


class Act(StrEnum):
    """Something that a role may allow. The value completes "You may not …"."""

    READ = "read this project"
    EXPORT = "export annotations"
    SAVE_SEARCHES = "save searches"
    SHARE_SEARCHES = "share saved searches with the project"
    TAG = "tag passages"
    CHANGE_OWN = "change your own annotations"
    MAKE_THEMES = "make themes"
    MAKE_PARTIES = "make parties and positions"
    DISCUSS = "discuss annotations"
    CHANGE_ANY = "change other people's annotations"
    IMPORT = "import annotations"
    KEEP_ARTICLES = "add, correct, change and archive articles"
    WRITE_GUIDELINES = "write the guidelines"
    KEEP_THEMES = "change, merge and archive themes"
    KEEP_PARTIES = "change, merge and archive parties and positions"
    ASSIGN = "assign articles"
    REVEAL = "decide who sees whose annotations, and reveal them"
    SEE_ALL = "see everyone's annotations before they are revealed"
    MANAGE = "manage people and project settings"
    SEE_SETTINGS = "see the project settings"
    ARCHIVE = "archive and restore the project"
    AUDIT = "see what happened to people and settings"
    EXPORT_PROJECT = "export the whole project as an archive"


_READER = frozenset({Act.READ, Act.EXPORT, Act.SAVE_SEARCHES})
_ANNOTATOR = _READER | {
    Act.TAG,
    Act.CHANGE_OWN,
    Act.MAKE_THEMES,
    Act.MAKE_PARTIES,
    Act.DISCUSS,
    Act.SHARE_SEARCHES,
}
_CURATOR = _ANNOTATOR | {
    Act.CHANGE_ANY,
    Act.IMPORT,
    Act.KEEP_ARTICLES,
    Act.WRITE_GUIDELINES,
    Act.KEEP_THEMES,
    Act.KEEP_PARTIES,
    Act.ASSIGN,
    Act.REVEAL,
    Act.SEE_ALL,
}
_OWNER = _CURATOR | {
    Act.MANAGE,
    Act.SEE_SETTINGS,
    Act.ARCHIVE,
    Act.AUDIT,
    Act.EXPORT_PROJECT,
}

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.READER: _READER,
    Role.ANNOTATOR: _ANNOTATOR,
    Role.CURATOR: _CURATOR,
    Role.OWNER: _OWNER,
}

IN_ARCHIVE = frozenset(
    {
        Act.READ,
        Act.EXPORT,
        Act.SEE_ALL,
        Act.SEE_SETTINGS,
        Act.ARCHIVE,
        Act.AUDIT,
        Act.EXPORT_PROJECT,
    }
)
"""What an archived project still allows, to those whose role does."""


def roles_with(act: Act) -> frozenset[Role]:
    """Return the roles that allow an act, while the project is in use."""
    return frozenset(role for role in Role if act in ALLOWED[role])


class Standing(Protocol):
    """What decides what someone may do: a `Member` has it."""

    @property
    def role(self) -> Role:
        """Return the role in the project."""

    @property
    def is_in_archive(self) -> bool:
        """Say whether the project is archived."""


def may(member: Standing, act: Act) -> bool:
    """Say whether a member may do something, in their role and as the project stands."""
    is_open = not member.is_in_archive or act in IN_ARCHIVE
    return is_open and act in ALLOWED[member.role]


def require(member: Standing, act: Act) -> None:
    """Do nothing if the member may do it.

    Raises: Forbidden (the role does not allow it, or the project is archived).
    """
    if may(member, act):
        return
    if act in ALLOWED[member.role]:
        message = f"You may not {act}: this project is archived. An owner can restore it."
    else:
        message = (
            f"You may not {act}: you are here as {member.role}. Ask an owner for another role."
        )
    raise Forbidden(message)


def may_change(member: Standing, *, is_own: bool) -> bool:
    """Say whether a member may change, delete and restore an annotation."""
    return may(member, Act.CHANGE_OWN if is_own else Act.CHANGE_ANY)


def require_change(member: Standing, *, is_own: bool) -> None:
    """Do nothing if the member may change an annotation.

    Raises: Forbidden (it is not theirs, and they are no curator; or they only read; or the project
    is archived).
    """
    require(member, Act.CHANGE_OWN if is_own else Act.CHANGE_ANY)
