"""What programs read: projects, articles, texts, what a project has names for, and all that."""

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from app.api.openapi import Described, document
from app.api.operations import Operation, Parameter, describes, operation_of
from app.api.pages.resources import (
    article_json,
    party_json,
    position_json,
    project_json,
    text_json,
    theme_json,
)
from app.api.parameters import AFTER, ARCHIVED, ASSIGNEE, LIMIT, SEARCH, STATE, THREAD
from app.api.queries import list_articles, list_memberships
from app.api.routes import VERSION
from app.api.views.answers import (
    address_of,
    answer_json,
    answer_page,
    read_after,
    read_choice,
    read_limit,
)
from app.api.views.caller import current_caller
from app.articles.queries import articles
from app.core.errors import Invalid
from app.library.pages.article_list import ME, NOBODY, ArticleListQuery
from app.library.views.article_list import conditions_of
from app.parties import queries as parties
from app.parties.models import Party, Position
from app.search.query import read_query
from app.themes.queries import list_themes
from app.web.access import by_token, public
from app.web.responses import read_number
from app.web.routing import view_of
from app.web.session import get_session
from app.web.view_marks import without_database

REVISION = Parameter(
    "revision",
    "The number of an earlier text; without it the one that is read now.",
    {"type": "integer", "minimum": 1},
)


@public
@without_database
def openapi() -> ResponseReturnValue:
    """Say all that programs may ask, to anyone: there is no secret in it."""
    described = [
        Described(rule.rule, method, operation)
        for rule in current_app.url_map.iter_rules()
        if (operation := operation_of(view_of(current_app, rule.endpoint))) is not None
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
    ]
    return answer_json(document(described, version=VERSION))


@by_token
@describes(
    Operation(
        "list_projects",
        "List the projects that the token may ask about",
        {200: "Projects"},
        refusals=(422,),
        parameters=(LIMIT, AFTER),
    )
)
def projects() -> ResponseReturnValue:
    limit = read_limit()
    caller = current_caller()
    found = list_memberships(
        get_session(),
        caller.account_id,
        only=caller.project_id,
        after=read_after(),
        limit=limit + 1,
    )
    return answer_page(found, limit, lambda member: member.project_id, project_json)


@by_token
@describes(
    Operation(
        "list_articles",
        "List the articles of a project",
        {200: "Articles"},
        refusals=(404, 422),
        parameters=(SEARCH, ASSIGNEE, STATE, THREAD, ARCHIVED, LIMIT, AFTER),
        words="By id, those alone that fit all that is asked for, as on the page Articles.",
    )
)
def list_of_articles(slug: str) -> ResponseReturnValue:
    member = current_caller().member(slug)
    limit = read_limit()
    asked = _read_asked()
    found = list_articles(
        get_session(),
        member.project_id,
        is_archived=asked.is_archive,
        among=conditions_of(get_session(), member, asked),
        after=read_after(),
        limit=limit + 1,
    )
    return answer_page(
        found,
        limit,
        lambda row: row[0].id,
        lambda row: article_json(*row, text_url=_text_address(slug, row[0].id)),
    )


def _read_asked() -> ArticleListQuery:
    """Return which articles are asked for.

    Raises: Invalid.
    """
    query = read_query(request.args.get(SEARCH.name, ""))
    if query.notice:
        raise Invalid(SEARCH.name, query.notice)
    assignee = request.args.get(ASSIGNEE.name, "")
    if assignee not in {"", ME, NOBODY} and read_number(assignee) is None:
        raise Invalid(ASSIGNEE.name, f"Choose {ME}, {NOBODY} or the id of a member.")
    return ArticleListQuery(
        query=query,
        sort="",
        assignee=assignee,
        state=read_choice(STATE.name, {each: each for each in STATE.schema["enum"]}, default=""),
        thread=read_choice(THREAD.name, {each: each for each in THREAD.schema["enum"]}, default=""),
        is_archive=read_choice(ARCHIVED.name, {"no": False, "yes": True}, default=False),
    )


@by_token
@describes(
    Operation("get_article", "Get an article, without its text", {200: "Article"}, (404, 422))
)
def article(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_caller().member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    revision = articles.current_revision_slim(session, found.id)
    return answer_json(article_json(found, revision, _text_address(slug, found.id)))


@by_token
@describes(
    Operation(
        "get_text",
        "Get the text of an article, with its blocks",
        {200: "Text"},
        refusals=(404, 422),
        parameters=(REVISION,),
    )
)
def text(slug: str, article_id: int) -> Response:
    member = current_caller().member(slug)
    session = get_session()
    found = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    asked = request.args.get(REVISION.name)
    if asked is None:
        revision = articles.current_revision(session, found.id)
    else:
        number = read_number(asked)
        if number is None:
            raise Invalid(REVISION.name, "A revision is named by its number, from 1 on.")
        revision = articles.find_revision(session, found.id, number)
    return answer_json(text_json(found.id, revision, articles.blocks_of(session, revision.id)))


@by_token
@describes(
    Operation("list_themes", "List all themes of a project", {200: "Themes"}, refusals=(404, 422))
)
def themes(slug: str) -> ResponseReturnValue:
    member = current_caller().member(slug)
    found = list_themes(get_session(), member.project_id)
    return answer_json({"items": list(map(theme_json, found)), "next": None})


@by_token
@describes(
    Operation(
        "list_parties",
        "List all parties of a project, other names and archived ones too",
        {200: "Parties"},
        refusals=(404, 422),
    )
)
def list_of_parties(slug: str) -> ResponseReturnValue:
    member = current_caller().member(slug)
    found = parties.list_all(get_session(), Party, member.project_id)
    return answer_json({"items": list(map(party_json, found)), "next": None})


@by_token
@describes(
    Operation(
        "list_positions",
        "List all positions of a project, other wordings and archived ones too",
        {200: "Positions"},
        refusals=(404, 422),
    )
)
def list_of_positions(slug: str) -> ResponseReturnValue:
    member = current_caller().member(slug)
    found = parties.list_all(get_session(), Position, member.project_id)
    return answer_json({"items": list(map(position_json, found)), "next": None})


def _text_address(slug: str, article_id: int) -> str:
    return address_of("api.text", slug=slug, article_id=article_id)
