"""The summary of a project's passages, of all or of those that an address asks for."""

from flask import request
from flask.typing import ResponseReturnValue

from app.assignments.queries.visibility import can_see_all
from app.core.arguments import ignored_names
from app.findings.asked import ASKED, ask
from app.findings.pages.summary import KEYS, summary_page
from app.projects.views.current_member import current_member
from app.web.responses import render
from app.web.session import get_session

OF_PAGE = ("show", "page", "over")
"""What an address says beside what is asked for."""


def summary(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    asked, ignored = ask(request.args)
    ignored += ignored_names(request.args, {*ASKED, *OF_PAGE})
    shown = request.args.get("show", "")
    page = summary_page(
        session,
        member,
        asked,
        ignored=ignored,
        leaves_out=not can_see_all(session, member),
        shown=shown if shown in KEYS else "",
        number=request.args.get("page"),
        is_by_tagging=request.args.get("over") == "tagged",
    )
    return render("findings/summary.html", page)
