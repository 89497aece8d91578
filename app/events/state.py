"""What an event keeps of a row: one typed value, to JSON and back."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from app.events.models import Snapshot


class EventState:
    """A row as it is, or was: the base of `@frozen` classes, whose fields are the keys of the JSON.

    A field more goes at the end and has a default, which stands for what earlier events do not
    hold. A class with values that JSON has not, such as tuples, extends `from_json` and `to_json`.
    """

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]]  # the names of the fields, which `@frozen` writes

    @classmethod
    def known(cls, kept: Snapshot) -> dict[str, Any]:
        """Return the fields that an event holds, as they are in the JSON."""
        return {name: kept[name] for name in cls.__match_args__ if name in kept}

    @classmethod
    def from_json(cls, kept: Snapshot) -> Self:
        """Read what an event keeps; what it does not hold has its default."""
        make: Callable[..., Self] = cls
        return make(**cls.known(kept))

    def to_json(self) -> Snapshot:
        """Return what an event is to keep."""
        return {name: getattr(self, name) for name in self.__match_args__}
