"""From names that somebody types to rows: those that are meant, and those that are to be made.

What is chosen so, such as a theme, is a word of a project's own. A name that is none yet is not
made at once: it comes back with those that are most like it, and is made where somebody says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Protocol, TypeVar

from app.core.db import ID, Base
from app.core.errors import Invalid
from app.core.names import SEPARATOR
from app.frozen import frozen

NEW = "new:"  # before a name that is to be made
NEAREST = 3  # that are offered in place of a name that is none
_ALIKE = 0.4  # at least, as difflib measures it


Row_co = TypeVar("Row_co", bound=Base, covariant=True)


class NamedRows(Protocol[Row_co]):
    """What a project has names for, of which some are chosen."""

    def split(self, typed: str) -> Sequence[str]:
        """Return the names in what was typed, as they are kept.

        Raises: Invalid.
        """

    def key_of(self, name: str) -> str:
        """Return what a name is found by."""

    def find(self, names: Iterable[str]) -> Mapping[str, Row_co]:
        """Return those that have some names, by what these are found by.

        Raises: Invalid (one of them cannot be given any more).
        """

    def create(self, name: str) -> Row_co:
        """Make one.

        Raises: Forbidden, Conflict (there are too many).
        """

    def usable(self) -> Mapping[str, Row_co]:
        """Return all that can be given, by what their names are found by."""


@frozen
class Chosen:
    """What a form says of a field that holds ids, beside these.

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
        names = [self.names.strip(), *self.confirmed]
        return f"{SEPARATOR} ".join(filter(None, names))

    @property
    def confirmed(self) -> Sequence[str]:
        """Return the names that are to be made."""
        return [each[len(NEW) :] for each in self.answers if _is_new(each)]


@frozen
class Unknown:
    """A name that is none yet, and those that it may mean."""

    name: str
    nearest: Sequence[Base]

    @property
    def new(self) -> str:
        """Return the answer that makes it one."""
        return NEW + self.name


class UnknownNames(Invalid):
    """Some names are none yet. `ids` are all that is chosen beside them, as a form has it."""

    def __init__(self, field: str, message: str, ids: str, unknown: Sequence[Unknown]) -> None:
        super().__init__(field, message)
        self.ids = ids
        self.unknown = unknown


def choose(words: NamedRows[Row_co], chosen: Chosen) -> tuple[str, Sequence[Unknown]]:
    """Return the ids of what is chosen, as content.py reads them, and the names that are none.

    What is confirmed is made.

    Raises: Invalid, Forbidden (to make one), Conflict (there are too many).
    """
    confirmed = [name for each in chosen.confirmed for name in words.split(each)]
    typed = words.split(chosen.names)
    known = dict(words.find([*confirmed, *typed]))
    for name in confirmed:
        if words.key_of(name) not in known:
            known[words.key_of(name)] = words.create(name)
    keys = [words.key_of(name) for name in (*confirmed, *typed)]
    ids = [each for each in chosen.kept_ids.split(SEPARATOR) if each]
    ids += [str(getattr(known[key], ID)) for key in keys if key in known]
    unknown = [name for name in typed if words.key_of(name) not in known]
    return SEPARATOR.join(dict.fromkeys(ids)), _with_nearest(words, unknown)


def _with_nearest(words: NamedRows[Row_co], names: Sequence[str]) -> Sequence[Unknown]:
    usable = words.usable() if names else {}
    alike = {
        name: get_close_matches(words.key_of(name), usable, n=NEAREST, cutoff=_ALIKE)
        for name in names
    }
    return [Unknown(name, [usable[key] for key in keys]) for name, keys in alike.items()]


def _is_new(answer: str) -> bool:
    return answer.startswith(NEW)
