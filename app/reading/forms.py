"""Which annotations a reader wants to see: in the URL, so that it can be sent to a colleague.

What each of the two sees is what they may see themselves.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.annotations.queries.marks import Filter
from app.annotations.tags import Tag
from app.articles.models import Article
from app.assignments.queries.visibility import Visibility, visibility_for
from app.discussion.thread_states import STATES
from app.projects.models import Member
from app.web.responses import read_number

CHOSEN = "chosen"
SHOWS = "shows"
EVERYONE, MINE, TEXT_ONLY = "all", "mine", "text"
WITH = "with"
NOTE = "note"
THREAD = "thread"
OLD_THREAD = "said"  # what addresses of before call it, which people may have sent or kept
THEME = "theme"
NOTHING = "nothing"  # a state that no thread has, and no theme


def asked_filter(session: Session, member: Member, article: Article) -> Filter:
    """Return what the address asks to be shown, of what the member may see of an article."""
    seen = visibility_for(session, member, article)
    return read_filter(request.args, seen, account_id=member.account_id)


def asked_view() -> str:
    """Return what the address asks for: everyone's annotations, one's own, or the text alone."""
    asked = request.args.get(SHOWS)
    return asked if asked in {MINE, TEXT_ONLY} else EVERYONE


def read_filter(arguments: MultiDict[str, str], seen: Visibility, *, account_id: int) -> Filter:
    """Read the filter in a URL's arguments, of what may be seen.

    `shown=chosen` says that both lists are complete, so that an empty one shows nothing; without
    it, a list that is not there hides nothing. Unknown tags and ids match no annotation. `thread`
    asks for an open question, a dispute, or either; without it nothing is hidden by its thread.
    `with=note` asks for a note, `theme` for any of these themes, by their ids, and `shows=mine` for
    what the account itself has tagged.
    """
    if not arguments:
        return Filter(seen)
    tags = arguments.getlist("tag")
    annotators = arguments.getlist("annotator")
    threads = arguments.getlist(THREAD) or arguments.getlist(OLD_THREAD)
    themes = arguments.getlist(THEME)
    is_chosen = arguments.get("shown") == CHOSEN
    return Filter(
        seen,
        tags=frozenset(tags) & set(Tag) if tags or is_chosen else None,
        annotators=_read_ids(annotators) if annotators or is_chosen else None,
        threads=frozenset(threads) & set(STATES) if threads else None,
        own=account_id if arguments.get(SHOWS) == MINE else None,
        has_note=NOTE in arguments.getlist(WITH),
        themes=_read_ids(themes) if themes else None,
    )


def _read_ids(values: Sequence[str]) -> frozenset[int]:
    return frozenset(number for value in values if (number := read_number(value)))


def filter_query(shown: Filter) -> str:
    """Return the URL's arguments for a filter: "" where nothing is hidden, else "?tag=…"."""
    if shown.is_everything:
        return ""
    pairs: list[tuple[str, object]] = [("tag", tag) for tag in sorted(shown.tags or ())]
    pairs += [("annotator", account_id) for account_id in sorted(shown.annotators or ())]
    lists = (shown.tags, shown.annotators)
    if None not in lists or frozenset() in lists:
        pairs.insert(0, ("shown", CHOSEN))
    if shown.own is not None:
        pairs.append((SHOWS, MINE))
    if shown.has_note:
        pairs.append((WITH, NOTE))
    if shown.threads is not None:
        pairs += [(THREAD, state) for state in sorted(shown.threads) or [NOTHING]]
    if shown.themes is not None:
        pairs += [(THEME, theme_id) for theme_id in sorted(shown.themes) or (NOTHING,)]
    return "?" + urlencode(pairs)
