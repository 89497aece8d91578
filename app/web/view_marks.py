"""Marks by which a view says how its requests are read and answered, and finding a path's view."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
FoundView = Callable[..., object] | None


def download(view: View) -> View:
    """Mark a view whose answer is sent piece by piece, each as it is made."""
    view.is_download = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def takes_files(view: View) -> View:
    """Mark a view whose requests bring files: they may be larger, and take longer, than others."""
    view.takes_files = True  # type: ignore[attr-defined]  # a mark of ours
    return view


def is_download(view: FoundView) -> bool:
    """Say whether a view is marked as a download; None is no view."""
    return getattr(view, "is_download", False)


def is_for_files(view: FoundView) -> bool:
    """Say whether a view is marked as one that takes files; None is no view."""
    return getattr(view, "takes_files", False)


def view_finder(app: Flask) -> Callable[[str, str], FoundView]:
    """Return a function from a path and a method to the view that answers them, or None."""
    adapter = app.url_map.bind("localhost")  # no rule of ours asks for a host

    def find(path: str, method: str) -> FoundView:
        try:
            endpoint, _ = adapter.match(path, method)
        except HTTPException:  # nothing there, another method, or another spelling of the path
            return None
        return app.view_functions.get(endpoint)

    return find
