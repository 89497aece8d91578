"""From what somebody chooses and types while tagging to themes; confirmed names are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.projects.models import Member
from app.text.sorting import fold
from app.themes import queries
from app.themes.fields import clean_name, join_names, split_names
from app.themes.models import SEPARATOR, Theme
from app.themes.service.themes import create

NEW = "new:"  # before the name of a theme that is to be made
NEAREST = 3  # themes that are offered in place of a name that is none
FIELD = "theme_names"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form says of an annotation's themes.

    `ids` are those that it has, as content.py of annotations reads them, without `dropped`; `names`
    are typed, with semicolons between. Each of `answers` says what a name that was none is: an id,
    NEW and the name, or "" for nothing.
    """

    ids: str
    dropped: str = ""
    names: str = ""
    answers: Sequence[str] = ()

    @property
    def kept_ids(self) -> str:
        """Return the ids without the one that is dropped, and with those that were answered."""
        ids = [each for each in self.ids.split(SEPARATOR) if each and each != self.dropped]
        ids += [each for each in self.answers if each and not _is_new(each)]
        return SEPARATOR.join(dict.fromkeys(ids))

    @property
    def kept_names(self) -> str:
        """Return the names that were typed, and those that were to be made."""
        names = [each[len(NEW) :] for each in self.answers if _is_new(each)]
        return join_names(filter(None, (self.names.strip(), *names)))


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that is no theme, and the themes that it may mean."""

    name: str
    nearest: Sequence[Theme]

    @property
    def new(self) -> str:
        """Return the answer that makes it a theme."""
        return NEW + self.name


class UnknownThemes(Invalid):
    """Some names are no themes yet. `ids` are all that is chosen beside them, as a form has it."""

    def __init__(self, ids: str, unknown: Sequence[Unknown]) -> None:
        super().__init__(
            FIELD, "There is no theme of this name yet. Say which one you mean, or make it new."
        )
        self.ids = ids
        self.unknown = unknown


def choose(session: Session, *, actor: Member, chosen: Chosen) -> str:
    """Return the ids of what is chosen, as content.py reads them; what is confirmed is made.

    Raises: Invalid, UnknownThemes, Forbidden (to make themes), Conflict (there are too many).
    """
    ids = [each for each in chosen.kept_ids.split(SEPARATOR) if each]
    confirmed = [clean_name(each[len(NEW) :], FIELD) for each in chosen.answers if _is_new(each)]
    typed = split_names(chosen.names)
    known = queries.find_named(session, actor.project_id, [*confirmed, *typed])
    for name in confirmed:
        if fold(name) not in known:
            known[fold(name)] = create(session, actor=actor, typed={"name": name})
    archived = next((each.name for each in known.values() if each.archived_at), None)
    if archived is not None:
        message = f"“{archived}” is archived. Choose another theme, or ask a curator to restore it."
        raise Invalid(FIELD, message)
    ids += [str(known[fold(name)].id) for name in (*confirmed, *typed) if fold(name) in known]
    joined = SEPARATOR.join(dict.fromkeys(ids))
    unknown = [name for name in typed if fold(name) not in known]
    if unknown:
        raise UnknownThemes(joined, [_near(session, actor.project_id, name) for name in unknown])
    return joined


def _is_new(answer: str) -> bool:
    return answer.startswith(NEW)


def _near(session: Session, project_id: int, name: str) -> Unknown:
    usable = {
        theme.folded: theme
        for theme in queries.list_themes(session, project_id)
        if theme.archived_at is None
    }
    alike = get_close_matches(fold(name), usable, n=NEAREST, cutoff=0.4)
    return Unknown(name, [usable[folded] for folded in alike])
