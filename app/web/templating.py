"""How templates find what all of them may use."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class TemplateEnvironment(Environment):
    """Flask's environment of templates, with their globals in a plain dictionary.

    Jinja joins them in a ChainMap, so that a global could still be added after a template was
    loaded. It goes through that, slowly, for each template that is drawn, included or imported;
    ours are all there when the first is loaded.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template."""
        return {**self.globals, **(d or {})}
