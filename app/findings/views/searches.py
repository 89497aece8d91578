"""Saving what is asked of the passages by a name, and removing that."""

from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.errors import Conflict, Invalid, NotFound
from app.findings import service
from app.findings.asked import Asked, ask
from app.findings.views.passages import render_passages
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.web.session import get_session, reopen_for_reading


def save(slug: str) -> ResponseReturnValue:
    """Save what the form's address asks for."""
    member = current_member(slug, Act.SAVE_SEARCHES)
    session = get_session()
    asked = asked_in_form()
    name = request.form.get("name", "")
    is_shared = request.form.get("shared") == "1"
    try:
        search = service.save(
            session,
            actor=member,
            asked=asked,
            name=name,
            is_shared=is_shared,
            is_in_place=request.form.get("in_place") == "1",
        )
    except (Invalid, Conflict) as error:
        reopen_for_reading()
        member = current_member(slug)
        return render_passages(member, asked, name=name, is_shared=is_shared, error=error)
    session.commit()
    whose = "Members of the project see it too." if is_shared else "You alone see it."
    flash(f"Saved as “{search.name}”. {whose}")
    return _go_back(slug, asked)


def remove(slug: str, search_id: int) -> ResponseReturnValue:
    """Remove a saved search."""
    member = current_member(slug)
    session = get_session()
    try:
        search = service.remove(session, actor=member, search_id=search_id)
    except NotFound as error:
        flash(error.message)
        return _go_back(slug, asked_in_form())
    session.commit()
    flash(f"Removed the saved search “{search.name}”.")
    return _go_back(slug, asked_in_form())


def asked_in_form() -> Asked:
    """Return what the list asks for from which a form was sent."""
    query = request.form.get("query", "").removeprefix("?")
    return ask(MultiDict(parse_qsl(query)))[0]


def _go_back(slug: str, asked: Asked) -> ResponseReturnValue:
    return redirect(url_for("findings.passages", slug=slug) + asked.query, code=303)
