"""Recording what people take away as a file."""

from flask import current_app, request
from sqlalchemy.exc import DBAPIError

from app.annotations.service.exports import record_export
from app.articles.models import Article
from app.core.write_faults import write_fault
from app.projects.models import Member
from app.web.session import get_database


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

    HEAD takes nothing away. Where nothing can be written any more, people still get their work out.
    """
    if request.method == "HEAD":
        return
    try:
        with get_database().writing() as own:
            record_export(
                own,
                actor=member,
                article=article,
                file_format=file_format,
                query=query,
                of=of,
                is_piece=is_piece,
            )
            own.commit()
    except DBAPIError as error:
        if write_fault(error) is None:
            raise
        words = "an export by account %s of project %s is not recorded: %s"
        current_app.logger.error(words, member.account_id, member.project_id, error.orig)  # noqa: TRY400  (one line)
