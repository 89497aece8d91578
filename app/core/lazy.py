"""Functions by their names, imported when they are first called: a start waits for none of them."""

import logging
from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

log = logging.getLogger(__name__)


class LazyFunction:
    """A function by the names of its module and its own.

    It has both as functions have them: Flask calls endpoints after one, and Flask-WTF knows by them
    what is exempt.
    """

    known: ClassVar[list["LazyFunction"]] = []

    def __init__(self, module: str, name: str) -> None:
        self.__module__ = module
        self.__name__ = name
        self.known.append(self)

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function itself.

        Raises: ImportError, AttributeError (there is no such function), whatever the import raises.
        """
        function: Callable[..., Any] = getattr(import_module(self.__module__), self.__name__)
        return function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  (those of any function)
        """Call the function."""
        return self.function(*args, **kwargs)


def load_all() -> None:
    """Import every such function, so that nobody waits for one.

    What cannot be imported is logged; whoever calls it is told once more.
    """
    for lazy in LazyFunction.known:
        try:
            lazy.function  # noqa: B018  (it is kept)
        except Exception:
            log.exception("%s.%s cannot be loaded", lazy.__module__, lazy.__name__)
