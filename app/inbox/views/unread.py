"""How many items of the inbox are unread: it stands in the frame of every whole page."""

from collections.abc import Mapping

from flask import Flask

from app.accounts.views.current_account import current_account, is_signed_in
from app.web.responses import add_layout_context
from app.web.session import get_session


def unread_count() -> Mapping[str, object]:
    """Return the number as it is shown, by its name in the templates; nothing to who is nobody."""
    if not is_signed_in():
        return {}
    from app.inbox.queries import inbox  # noqa: PLC0415 loaded when needed

    count = inbox.count_unread(get_session(), current_account().id)
    return {"unread": f"{inbox.MOST_COUNTED}+" if count > inbox.MOST_COUNTED else count}


def register(app: Flask) -> None:
    """Give every whole page the number of unread items."""
    add_layout_context(app, unread_count)
