"""What the index answers, found plainly: whether a text has what a search looks for."""

from app.search.hits import marked
from app.search.query import Query, Term


def has(text: str, term: Term) -> bool:
    """Say whether a text has a term."""
    return bool(marked(text, Query(groups=((term,),))))


def matches(text: str, query: Query) -> bool:
    """Say whether one text has all that a search looks for, and nothing that is to be absent."""
    return (
        bool(query.groups)
        and all(any(has(text, term) for term in group) for group in query.groups)
        and not any(has(text, term) for term in query.without)
    )
