"""Which views need no one signed in: those marked `@public`, and no others."""

from collections.abc import Callable
from typing import TypeVar

from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def public(view: View) -> View:
    """Mark a view that needs no one signed in."""
    view.is_public = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def is_public(view: Callable[..., object]) -> bool:
    """Say whether a view is marked public."""
    return getattr(view, "is_public", False)
