"""Flask's application and request, without what takes its time and serves none of ours."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, cast

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

from app.web.templating import TemplateEnvironment


class PlainRequest(Request):
    """A request whose cookies come in one header, as WSGI joins them."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Return the cookies; Werkzeug would go through all headers for more of them."""
        header = self.environ.get("HTTP_COOKIE", "")
        return cast("ImmutableMultiDict[str, str]", parse_cookie(header, cls=ImmutableMultiDict))


class PlainRule(Rule):
    """A rule that compiles what builds its addresses when it builds the first one.

    Werkzeug compiles two functions for each rule as it is made: a fourteenth of a start.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 (Werkzeug's signature)
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


class PlainFlask(Flask):
    """A Flask application in which no function is a coroutine."""

    request_class = PlainRequest
    url_rule_class = PlainRule
    jinja_environment = TemplateEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is; Flask would look at each, a dozen for a request."""
        return func
