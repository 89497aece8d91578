"""Recording what people download, beside the service that records exports."""

from flask import request

from app.annotations.service.exports import record_export
from app.articles.models import Article
from app.projects.models import Member
from app.web.recording import recording_export


def record_download(
    member: Member,
    *,
    file_format: str,
    article: Article | None = None,
    query: str = "",
    of: str = "",
    is_piece: bool = False,
) -> None:
    """Record a download as `record_export` does, in a session of its own: a GET's only reads.

    HEAD exports nothing.
    """
    if request.method == "HEAD":
        return
    whose = f"by account {member.account_id} of project {member.project_id}"
    with recording_export(whose) as own:
        record_export(
            own,
            actor=member,
            article=article,
            file_format=file_format,
            query=query,
            of=of,
            is_piece=is_piece,
        )
