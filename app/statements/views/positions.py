"""Positions: who is for and who is against what, as a matrix or as a table."""

from flask import request
from flask.typing import ResponseReturnValue

from app.assignments.queries.visibility import can_see_all
from app.core.arguments import ignored_names
from app.projects.views.current_member import current_member
from app.statements.asked import ASKED_OF_POSITIONS, ask_positions
from app.statements.pages.positions import positions_page
from app.web.responses import render
from app.web.session import get_session


def positions(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    asked, ignored = ask_positions(request.args)
    ignored += ignored_names(request.args, {*ASKED_OF_POSITIONS, "page"})
    page = positions_page(
        session,
        member,
        asked,
        ignored=ignored,
        leaves_out=not can_see_all(session, member),
        number_of_page=request.args.get("page"),
    )
    return render("statements/positions.html", page)
