"""The daily digest by email: sending it to who asks for it, and ending it by one press."""

from datetime import date

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import accounts
from app.config import Config
from app.core.clock import now
from app.core.errors import NotFound
from app.frozen import frozen
from app.inbox import service
from app.inbox.pages import InboxLine, lines_of
from app.inbox.queries import inbox
from app.inbox.queries.inbox import InboxItem
from app.integrations.mail import MailServer, send_mail
from app.web.access import public
from app.web.link_throttle import counting_wrong_links
from app.web.responses import render
from app.web.session import get_database, get_session
from app.web.signing import read_signed, sign

LINES = 50  # of one message; it says how many more there are
PURPOSE = "digest"

TEXT = """Hello {name},

{what_is_new}

{lines}

All of it: {inbox}

You get this once a day, when there is something, because you asked for it in your account. One
press ends it: {unsubscribe}
"""
ONE_IS_NEW = "1 thing is new in your inbox:"
MANY_ARE_NEW = "{count:,} things are new in your inbox:"
MORE_ARE_NEW = "More than {count:,} things are new in your inbox:"
PARAGRAPH = """{line.name} {line.words}
“{line.quote}” in {line.article_title} ({line.project})
{link}"""
PARAGRAPH_WITH_WORDS = """{line.name} {line.words}: {line.said}
“{line.quote}” in {line.article_title} ({line.project})
{link}"""


@frozen
class UnsubscribePage:
    """Whether to end the digest, and afterwards that it has ended."""

    token: str
    email: str
    asks: bool


def send_digest(server: MailServer, account_id: int, today: date) -> bool:
    """Send someone what is new since their last digest; say whether there was anything to send.

    Nobody gets two on one day, also where this runs twice at once: whoever claims the day sends it.
    One that is not sent is given back, and a later run tries again. What it tells of counts as told
    when it is sent: where the process dies in between, the next day's digest tells of it.

    Raises: OSError (the mail server cannot be reached, or refuses), ValueError (the address is
    none).
    """
    with get_database().writing() as session:
        account = accounts.get(session, account_id)
        if account.disabled_at is not None or account.is_outsider:
            return False
        _told_to, before = service.told(session, account_id)
        items = inbox.list_untold(session, account_id, limit=LINES + 1)
        if not items or not service.claim_digest(session, account_id=account_id, today=today):
            return False
        up_to = items[0].event.id
        text = _text(session, account, items)
        session.commit()
    address = _address("digests.unsubscribe", token=sign(account_id, purpose=PURPOSE))
    headers = {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    try:
        send_mail(server, to=account.email, subject="New in your inbox", text=text, headers=headers)
    except Exception:
        with get_database().writing() as session:
            service.give_back_digest(session, account_id=account_id, today=today, before=before)
            session.commit()
        raise
    with get_database().writing() as session:
        service.mark_told(session, account_id=account_id, up_to=up_to)
        session.commit()
    return True


def today() -> date:
    """Return the day (UTC) that digests are counted by."""
    return now().date()


@public
def unsubscribe(token: str) -> ResponseReturnValue:
    return _page(token)


@public
def end_digest(token: str) -> ResponseReturnValue:
    """End the digest. A mail program may send this by itself (RFC 8058), with no token of a form.

    The signed one of the address says whose digest it is, and to end it is all that it can do.
    """
    session = get_session()
    account = _account_of(session, token)
    accounts.change_digest(session, account_id=account.id, daily_digest=False)
    session.commit()
    return _page(token)


def _page(token: str) -> ResponseReturnValue:
    account = _account_of(get_session(), token)
    page = UnsubscribePage(token, account.email, account.daily_digest)
    return render("inbox/unsubscribe.html", page)


def _account_of(session: Session, token: str) -> Account:
    with counting_wrong_links():
        account_id = read_signed(token, purpose=PURPOSE)
        if account_id is None:
            raise NotFound
        return accounts.get(session, int(account_id))


def _address(endpoint: str, **values: object) -> str:
    """Return a whole address: it stands on the settings, never on a request."""
    config: Config = current_app.config["GLOSS"]
    return config.permalink_base + current_app.url_map.bind("").build(endpoint, values)


def _text(session: Session, account: Account, items: list[InboxItem]) -> str:
    lines = lines_of(session, items[:LINES], account.id)
    what_is_new = ONE_IS_NEW if len(lines) == 1 else MANY_ARE_NEW
    if len(items) > LINES:
        what_is_new = MORE_ARE_NEW
    return TEXT.format(
        name=account.name,
        what_is_new=what_is_new.format(count=len(lines)),
        lines="\n\n".join(map(_paragraph, lines)),
        inbox=_address("inbox.inbox"),
        unsubscribe=_address("digests.unsubscribe", token=sign(account.id, purpose=PURPOSE)),
    )


def _paragraph(line: InboxLine) -> str:
    link = _address("annotation.permalink", annotation_id=line.annotation_id)
    sentence = PARAGRAPH_WITH_WORDS if line.said else PARAGRAPH
    return sentence.format(line=line, link=link)
