"""Routes by the names of their views, which are imported when they are first asked for.

A start imports a quarter less so. It is Flask's pattern of lazily loaded views: what is asked of a
view, and its marks, is found by `view_of` or `current_view`, and never in `app.view_functions`.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app, request

from app.core.lazy import LazyFunction


class Routes:
    """The routes of one module of views: a blueprint whose views are known by name."""

    def __init__(self, name: str, module: str, *, prefix: str | None = None) -> None:
        self.blueprint = Blueprint(name, __name__, url_prefix=prefix)
        self._module = module
        self._views: dict[str, LazyFunction] = {}

    def get(self, rule: str, view: str, **options: Any) -> None:  # noqa: ANN401  (as Flask has it)
        """Answer GET at an address by a view; `options` are those of Flask's `add_url_rule`."""
        self._add("GET", rule, view, **options)

    def post(self, rule: str, view: str, **options: Any) -> None:  # noqa: ANN401  (the same)
        """Answer POST."""
        self._add("POST", rule, view, **options)

    def patch(self, rule: str, view: str) -> None:
        """Answer PATCH."""
        self._add("PATCH", rule, view)

    def delete(self, rule: str, view: str) -> None:
        """Answer DELETE."""
        self._add("DELETE", rule, view)

    def _add(self, method: str, rule: str, name: str, **options: Any) -> None:  # noqa: ANN401  (the same)
        # Two rules of one view are of one endpoint, which has to have one function.
        view = self._views.setdefault(name, LazyFunction(self._module, name))
        self.blueprint.add_url_rule(rule, view_func=view, methods=[method], **options)


def view_of(app: Flask, endpoint: str | None) -> Callable[..., Any] | None:
    """Return the view of an endpoint, which is imported now, or None where there is none."""
    view = app.view_functions.get(endpoint or "")
    return view.function if isinstance(view, LazyFunction) else view


def current_view() -> Callable[..., Any] | None:
    """Return the view of this request, or None where nothing is at its address."""
    return view_of(current_app, request.endpoint)
