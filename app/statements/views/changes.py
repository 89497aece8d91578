"""Changes: who is both for and against something, and what people say of that."""

from urllib.parse import parse_qsl

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.assignments.queries.visibility import can_see_all
from app.core.arguments import ignored_names
from app.core.errors import Conflict, Invalid
from app.discussion.service import verdicts
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.views.responses import UndoForm, flash_with_undo
from app.statements.asked_changes import ASKED_OF_CHANGES, AskedChanges, ask_changes, read_rank
from app.statements.changes import PairKey
from app.statements.pages.changes import VERDICTS, VerdictRefused, anchor_of, changes_page
from app.web.responses import read_number, render
from app.web.session import get_session, reopen_for_reading


def changes(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    asked, ignored = ask_changes(request.args)
    ignored += ignored_names(request.args, {*ASKED_OF_CHANGES, "after"})
    page = changes_page(
        session,
        member,
        asked,
        ignored=ignored,
        after=request.args.get("after", ""),
        leaves_out=not can_see_all(session, member),
    )
    return render("statements/changes.html", page)


def give_verdict(slug: str) -> ResponseReturnValue:
    """Say what a pair is: a change, a contradiction, neither, or nothing any more."""
    member = current_member(slug, Act.DISCUSS)
    session = get_session()
    supporting, opposing = (
        read_number(request.form.get(name)) or 0 for name in ("supporting", "opposing")
    )
    key = PairKey(supporting, opposing)
    reason = request.form.get("reason", "")
    try:
        given = verdicts.give(
            session,
            actor=member,
            supporting_id=key.supporting,
            opposing_id=key.opposing,
            version=read_number(request.form.get("version")) or 0,
            value=request.form.get("value", ""),
            reason=reason,
        )
    except (Invalid, Conflict) as error:
        refused = VerdictRefused(key, reason, message=error.message)
        if isinstance(error, Invalid) and error.field == "reason":
            refused = VerdictRefused(key, reason, problem=error.message)
        return _show_refused(slug, refused, error.status)
    session.commit()
    words = VERDICTS.get(given.verdict.value)
    message = f"Said of this pair: {words}." if words else "The verdict is taken back."
    if given.event_id is None:
        flash(message)
    else:
        address = url_for("changes.undo_verdict", slug=slug)
        fields = {"event": str(given.event_id), **_place()}
        flash_with_undo(message, UndoForm(address, fields))
    return _go_back(slug, key)


def undo_verdict(slug: str) -> ResponseReturnValue:
    """Take back that a verdict was given."""
    member = current_member(slug, Act.DISCUSS)
    session = get_session()
    event_id = read_number(request.form.get("event")) or 0
    try:
        verdict = verdicts.undo(session, actor=member, event_id=event_id)
    except Conflict as error:
        flash(error.message)
        return _go_back(slug)
    session.commit()
    words = VERDICTS.get(verdict.value)
    flash(f"Undone. What was said before is said again: {words}." if words else "Undone.")
    return _go_back(slug, PairKey(verdict.supporting_id, verdict.opposing_id))


def _show_refused(slug: str, refused: VerdictRefused, status: int) -> ResponseReturnValue:
    session = reopen_for_reading()
    member = current_member(slug)
    asked, after = _asked_in_form()
    page = changes_page(
        session,
        member,
        asked,
        after=after,
        leaves_out=not can_see_all(session, member),
        refused=refused,
    )
    return render("statements/changes.html", page, status)


def _asked_in_form() -> tuple[AskedChanges, str]:
    place = _place()
    arguments = MultiDict(parse_qsl(place["query"].removeprefix("?")))
    return ask_changes(arguments)[0], place["after"]


def _place() -> dict[str, str]:
    """Return where the page was from which a form was sent."""
    after = request.form.get("after", "")
    return {
        "query": request.form.get("query", ""),
        "after": after if read_rank(after) else "",
    }


def _go_back(slug: str, key: PairKey | None = None) -> ResponseReturnValue:
    asked, after = _asked_in_form()
    address = url_for("changes.changes", slug=slug) + asked.query
    if after:
        address += ("&" if asked.query else "?") + f"after={after}"
    return redirect(f"{address}#{anchor_of(key)}" if key else address, code=303)
