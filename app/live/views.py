"""Who may listen: the one question about a stream that needs the application."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.core.errors import SignedOut
from app.live.subscriptions import Subscription, subscribe
from app.web.responses import read_number
from app.web.session import get_session

OPENING = "gloss.opening"  # key of the WSGI environment: an Opening, where a stream can be held


@dataclass(slots=True)
class Opening:
    """A stream that is being opened; the view says here what it is about."""

    subscription: Subscription | None = None


def live() -> ResponseReturnValue:
    account = current_account()
    if read_number(request.args.get("account")) != account.id:
        raise SignedOut  # someone else signed in since the page was loaded
    subscription = subscribe(get_session(), account, request.args.getlist("place"))
    opening: Opening | None = request.environ.get(OPENING)
    if opening is None:
        words = "This server holds no streams: reload a page to see changes.\n"
        return Response(words, HTTPStatus.NOT_IMPLEMENTED, mimetype="text/plain")
    opening.subscription = subscription
    return Response(status=HTTPStatus.NO_CONTENT)
