"""Who may call a view: whoever is signed in, but for those marked otherwise."""

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


def by_token(view: View) -> View:
    """Mark a view for programs: it asks for an API token, and no cookie opens it.

    It therefore needs no CSRF token: no browser sends an API token of its own accord.
    """
    view.is_by_token = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def is_by_token(view: Callable[..., object] | None) -> bool:
    """Say whether a view asks for an API token."""
    return getattr(view, "is_by_token", False)
