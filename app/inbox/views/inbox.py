"""The inbox: what concerns who is signed in, over all their projects."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.inbox import service
from app.inbox.pages import inbox_page, unsettled_page
from app.inbox.queries.unsettled import DISPUTES, QUESTIONS
from app.inbox.views.unread import unread_count
from app.web.responses import read_number, render, see_other, wants_fragment
from app.web.session import get_session


def inbox() -> ResponseReturnValue:
    before = read_number(request.args.get("before"))
    page = inbox_page(get_session(), current_account().id, before=before)
    return render("inbox/inbox.html", page)


def questions() -> ResponseReturnValue:
    return _unsettled(QUESTIONS)


def disputes() -> ResponseReturnValue:
    return _unsettled(DISPUTES)


def _unsettled(kind: str) -> ResponseReturnValue:
    asked = request.args.get("page")
    page = unsettled_page(get_session(), current_account().id, kind, asked)
    return render("inbox/unsettled.html", page)


def mark_read() -> ResponseReturnValue:
    """Mark what was read up to `up_to`.

    Of the annotation of the item `event`, or of `annotation`, or else everything.
    """
    session = get_session()
    account_id = current_account().id
    event_id = read_number(request.form.get("event"))
    annotation_id = read_number(request.form.get("annotation"))
    up_to = read_number(request.form.get("up_to")) or 0
    if event_id is not None:
        service.mark_read(session, account_id=account_id, event_id=event_id, up_to=up_to)
    elif annotation_id is not None:
        service.mark_thread_read(
            session, account_id=account_id, annotation_id=annotation_id, up_to=up_to
        )
    else:
        service.mark_all_read(session, account_id=account_id, up_to=up_to)
    session.commit()
    if wants_fragment():
        return _unread()
    flash("Marked as read.")
    return see_other("inbox.inbox", before=read_number(request.form.get("before")))


def unread() -> ResponseReturnValue:
    return _unread() if wants_fragment() else see_other("inbox.inbox")


def _unread() -> ResponseReturnValue:
    return render_template("inbox/_unread.html", **unread_count())
