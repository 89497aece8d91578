"""Classes of values: their fields are typed, and never change."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, make_dataclass
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[Made]) -> type[Made]:
    """Make a dataclass with slots, whose objects are equal where all their fields are.

    That nobody changes one is for mypy to see to: nothing looks when the program runs.
    `dataclass(frozen=True)` writes and compiles six functions for each class. For our 370 classes
    that was a sixth of a start, and to make an object took five times as long. Here one is, when
    the first object is made: most classes are of pages that nobody has asked for yet.
    """
    made = dataclass(slots=True, init=False, eq=False, repr=False)(cls)
    its_fields = fields(made)  # type: ignore[arg-type]  # mypy does not know what it has become
    compared = attrgetter(*(each.name for each in its_fields if each.compare))
    shown = [each.name for each in its_fields if each.repr]

    def make_first(self: Made, *values: object, **named: object) -> None:
        initialize = _compile_init(made)
        setattr(made, "__init__", initialize)  # noqa: B010  mypy takes no method in place of another
        initialize(self, *values, **named)

    def is_equal(self: Made, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def hash_of(self: Made) -> int:
        return hash(compared(self))

    def show(self: Made) -> str:
        values = (f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({', '.join(values)})"

    methods = {"__init__": make_first, "__eq__": is_equal, "__hash__": hash_of, "__repr__": show}
    for name, method in methods.items():
        setattr(made, name, method)
    return made


def _compile_init(cls: type[Any]) -> Callable[..., None]:
    """Return the `__init__` that a dataclass of the fields of `cls` has."""
    after = {"__post_init__": cls.__post_init__} if hasattr(cls, "__post_init__") else {}
    its_fields = [(each.name, each.type, each) for each in fields(cls)]
    alike = make_dataclass(cls.__qualname__, its_fields, namespace=after, eq=False, repr=False)
    initialize: Callable[..., None] = alike.__init__  # type: ignore[misc]  # mypy: of no subclass
    return initialize
