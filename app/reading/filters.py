"""Which annotations a reader wants to see: in the URL, so that it can be sent to a colleague."""

from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.annotations.queries import Filter
from app.annotations.tags import Tag
from app.core.pages import read_number

CHOSEN = "chosen"


def read_filter(arguments: MultiDict[str, str]) -> Filter:
    """Read the filter in a URL's arguments.

    `shown=chosen` says that both lists are complete, so that an empty one shows nothing; without
    it, a list that is not there hides nothing. Unknown tags and ids match no annotation.
    """
    tags = arguments.getlist("tag")
    annotators = arguments.getlist("annotator")
    is_chosen = arguments.get("shown") == CHOSEN
    return Filter(
        tags=frozenset(tags) & set(Tag) if tags or is_chosen else None,
        annotators=(
            frozenset(number for value in annotators if (number := read_number(value)))
            if annotators or is_chosen
            else None
        ),
    )


def filter_query(shown: Filter) -> str:
    """Return the URL's arguments for a filter: "" where nothing is hidden, else "?tag=…"."""
    if shown.is_everything:
        return ""
    pairs: list[tuple[str, object]] = [("tag", tag) for tag in sorted(shown.tags or ())]
    pairs += [("annotator", account_id) for account_id in sorted(shown.annotators or ())]
    if shown.tags is not None and shown.annotators is not None:
        pairs.insert(0, ("shown", CHOSEN))
    return "?" + urlencode(pairs) if pairs else f"?shown={CHOSEN}"
