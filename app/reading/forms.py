"""Which annotations a reader wants to see: in the URL, so that it can be sent to a colleague.

What each of the two sees is what they may see themselves.
"""

from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.annotations.queries.marks import Filter
from app.annotations.tags import Tag
from app.articles.models import Article
from app.assignments.queries.visibility import Visibility, visibility_for
from app.discussion.queries.discussion import STATES
from app.projects.models import Member
from app.web.responses import read_number

CHOSEN = "chosen"
THREAD = "thread"
OLD_THREAD = "said"  # what addresses of before call it, which people may have sent or kept
NOTHING = "nothing"  # a state that no thread has


def asked_filter(session: Session, member: Member, article: Article) -> Filter:
    """Return what the address asks to be shown, of what the member may see of an article."""
    return read_filter(request.args, visibility_for(session, member, article))


def read_filter(arguments: MultiDict[str, str], seen: Visibility) -> Filter:
    """Read the filter in a URL's arguments, of what may be seen.

    `shown=chosen` says that both lists are complete, so that an empty one shows nothing; without
    it, a list that is not there hides nothing. Unknown tags and ids match no annotation. `thread`
    asks for an open question, a dispute, or either; without it nothing is hidden by its thread.
    """
    tags = arguments.getlist("tag")
    annotators = arguments.getlist("annotator")
    threads = arguments.getlist(THREAD) or arguments.getlist(OLD_THREAD)
    is_chosen = arguments.get("shown") == CHOSEN
    return Filter(
        seen,
        tags=frozenset(tags) & set(Tag) if tags or is_chosen else None,
        annotators=(
            frozenset(number for value in annotators if (number := read_number(value)))
            if annotators or is_chosen
            else None
        ),
        threads=frozenset(threads) & set(STATES) if threads else None,
    )


def filter_query(shown: Filter) -> str:
    """Return the URL's arguments for a filter: "" where nothing is hidden, else "?tag=…"."""
    if shown.is_everything:
        return ""
    pairs: list[tuple[str, object]] = [("tag", tag) for tag in sorted(shown.tags or ())]
    pairs += [("annotator", account_id) for account_id in sorted(shown.annotators or ())]
    if shown.tags is not None and shown.annotators is not None:
        pairs.insert(0, ("shown", CHOSEN))
    if shown.threads is not None:
        pairs += [(THREAD, state) for state in sorted(shown.threads) or [NOTHING]]
    return "?" + urlencode(pairs) if pairs else f"?shown={CHOSEN}"
