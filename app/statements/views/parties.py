"""The parties and the positions of a project: the lists, the pages of each, and making new ones."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.arguments import ignored_names
from app.core.errors import Conflict, Invalid
from app.parties import queries
from app.parties.fields import CALLED
from app.parties.models import Party, Position
from app.parties.service import names
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.statements.pages.listed import ASKED_OF_LISTS, AskedList, ask_list, list_page, not_made
from app.statements.pages.of_party import party_page
from app.statements.pages.of_position import position_page
from app.statements.pages.words import WORDS
from app.web.responses import render, see_other
from app.web.session import get_session, reopen_for_reading

LIST = "statements/listed.html"


def listed(slug: str, what: str) -> ResponseReturnValue:
    member = current_member(slug)
    asked, ignored = ask_list(request.args)
    ignored += ignored_names(request.args, {*ASKED_OF_LISTS, "page"})
    number = request.args.get("page")
    page = list_page(get_session(), member, what, asked, number=number, ignored=ignored)
    return render(LIST, page)


def make(slug: str, what: str) -> ResponseReturnValue:
    member = current_member(slug, Act.MAKE_PARTIES)
    session = get_session()
    model = WORDS[what].model
    typed = request.form.get("called", "")
    try:
        row = names.create(session, model, actor=member, typed={CALLED[model.SUBJECT]: typed})
    except (Invalid, Conflict) as error:
        page = list_page(reopen_for_reading(), member, what, AskedList())
        return render(LIST, not_made(page, typed, error.message), error.status)
    session.commit()
    flash(f"“{row.called}” is made.")
    return see_other("parties.one", slug=slug, what=what, row_id=row.id)


def one(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    """Show a party or a position; another name of one leads to that."""
    member = current_member(slug)
    session = get_session()
    model = WORDS[what].model
    row = queries.find(session, model, project_id=member.project_id, row_id=row_id)
    if row.alias_of_id is not None:
        return redirect(url_for("parties.one", slug=slug, what=what, row_id=row.alias_of_id))
    show, asked_page = request.args.get("show", ""), request.args.get("page")
    if isinstance(row, Party):
        page = party_page(session, member, row, show=show, asked_page=asked_page)
    else:
        page = position_page(
            session, member, session.get_one(Position, row_id), show=show, asked_page=asked_page
        )
    return render("statements/one.html", page)
