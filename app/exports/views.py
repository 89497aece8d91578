"""Downloads. They are streamed by threads of their own: see app/downloads.py."""

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from app.annotations.queries.annotations import sql_member_can_see
from app.annotations.service.exports import record_export
from app.articles.models import Article
from app.articles.queries import articles
from app.exports.queries import csv_chunks
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.web.session import get_database, get_session
from app.web.view_marks import download

blueprint = Blueprint("exports", __name__)


@blueprint.get("/projects/<slug>/annotations.csv")
@download
def project_csv(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    _record(member, None)
    return _download(member, None, f"{slug}-annotations.csv")


@blueprint.get("/projects/<slug>/articles/<int:article_id>/annotations.csv")
@download
def article_csv(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    article = articles.find_article(
        get_session(), project_id=member.project_id, article_id=article_id
    )
    _record(member, article)
    name = f"{slug}-article-{article_id}-annotations.csv"
    return _download(member, article_id, name)


def _record(member: Member, article: Article | None) -> None:
    """Record an export in a session of its own: a GET's only reads. HEAD takes nothing away."""
    if request.method == "HEAD":
        return
    with get_database().writing() as own:
        record_export(own, actor=member, article=article)
        own.commit()


def _download(member: Member, article_id: int | None, name: str) -> Response:
    # The request's session is closed before the body is read: the stream opens its own.
    chunks = csv_chunks(
        get_database(),
        project_id=member.project_id,
        article_id=article_id,
        permalink_base=current_app.config["GLOSS"].permalink_base,
        with_bom=request.args.get("bom") != "0",
        seen=sql_member_can_see(member),
    )
    response = Response(chunks, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
