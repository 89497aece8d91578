"""Every address of the application: its routes, and how to fill one in and send it."""

import re

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.exports.queries.formats import FORMATS
from app.statements.network_files import NETWORK_FORMATS
from app.web.access import is_by_token
from app.web.routing import view_of
from tests.harness.pages import PageClient

NEEDED = {"/projects/<slug>/findings/places.<extension>": "?q=road"}
"""What an address has to ask for, by its rule, so that it answers with what it is for."""


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Return every method and rule of the application but those that ask for an API token."""
    return [
        (method, rule)
        for method, rule in all_routes(app)
        if not is_by_token(view_of(app, rule.endpoint))
    ]


def api_routes(app: Flask) -> list[tuple[str, Rule]]:
    """Return every method and rule of the application that asks for an API token."""
    return [each for each in all_routes(app) if each not in routes(app)]


def all_routes(app: Flask) -> list[tuple[str, Rule]]:
    """Return every method (but HEAD and OPTIONS) and rule of the application."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
    ]


def fill(rule: Rule | str, **values: object) -> str:
    """Return an address of a rule."""
    words = rule if isinstance(rule, str) else rule.rule
    defaults = {"slug": "first", "number": 1, "offset": 0, "first": 1, "last": 9}
    numbers = (
        "article_id",
        "annotation_id",
        "comment_id",
        "draft_id",
        "account_id",
        "invitation_id",
        "session_id",
        "event_id",
        "search_id",
        "theme_id",
        "import_id",
        "row_id",
        "token_id",
    )
    defaults |= dict.fromkeys(numbers, 1)
    given = {
        **defaults,
        "content_hash": "x",
        "token": "x",
        "facet": "author",
        "what": "parties",
        "extension": "csv",
        "name": "css/gloss.css",
        **values,
    }
    return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", lambda found: str(given[found[1]]), words)


def fill_whole(rule: Rule | str, **values: object) -> str:
    """Return an address of a rule with what it has to ask for."""
    return fill(rule, **values) + NEEDED.get(rule if isinstance(rule, str) else rule.rule, "")


def fill_each(rule: Rule, **values: object) -> list[str]:
    """Return every address of a rule.

    There is one for each format of a file where it is of files, one for parties and one for
    positions where it is of both.
    """
    if "what" in rule.arguments:
        return [fill(rule, **values, what=what) for what in ("parties", "positions")]
    if "extension" not in rule.arguments:
        return [fill(rule, **values)]
    of_networks = (each.extension for each in NETWORK_FORMATS.values())
    extensions = of_networks if rule.endpoint == "networks.file" else FORMATS
    return [fill(rule, **values, extension=extension) for extension in extensions]


def send(client: PageClient, method: str, path: str, **fields: str) -> TestResponse:
    """Send a request; `fields` are the form of a POST."""
    answer = client.open(path, method=method, data=fields if method == "POST" else None)
    answer.close()  # a file's answer holds the file open
    return answer
