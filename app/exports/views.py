"""Downloads. They are streamed by threads of their own: see app/downloads.py."""

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from app.articles import queries as articles
from app.core.requests import get_database, get_session
from app.exports.table import csv_chunks
from app.projects.current import current_member
from app.projects.roles import Act

blueprint = Blueprint("exports", __name__)


@blueprint.get("/projects/<slug>/annotations.csv")
def project_csv(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    return _download(member.project_id, None, f"{slug}-annotations.csv")


@blueprint.get("/projects/<slug>/articles/<int:article_id>/annotations.csv")
def article_csv(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    articles.find_article(get_session(), project_id=member.project_id, article_id=article_id)
    name = f"{slug}-article-{article_id}-annotations.csv"
    return _download(member.project_id, article_id, name)


def _download(project_id: int, article_id: int | None, name: str) -> Response:
    # The request's session is closed before the body is read: the stream opens its own.
    chunks = csv_chunks(
        get_database(),
        project_id=project_id,
        article_id=article_id,
        permalink_base=current_app.config["GLOSS"].permalink_base,
        with_bom=request.args.get("bom") != "0",
    )
    response = Response(chunks, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
