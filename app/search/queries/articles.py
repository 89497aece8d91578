"""Which articles a search finds, and by which words where."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.core.db import read_columns
from app.frozen import frozen
from app.search.queries.index import Index, index_of
from app.search.query import Query, Term


@frozen
class WordsFound:
    """Where an article has a term: in its title or author, and in so many sentences."""

    term: Term
    is_in_title: bool
    sentences: int


def has_words(session: Session, query: Query) -> ColumnElement[bool]:
    """Return the condition that a search finds an article: by title, author and current text.

    Each of its groups is in one of them, whichever, and nothing of what is to be absent in any.
    Of a title or a name the parts of words are found, too.
    """
    if not query.groups:
        return false()
    index = index_of(session)
    found = (or_(*(_has(index, term) for term in group)) for group in query.groups)
    return and_(*found, *(not_(_has(index, term)) for term in query.without))


def words_found(
    session: Session, query: Query, article_ids: Collection[int]
) -> Mapping[int, Sequence[WordsFound]]:
    """Return by article which terms of a search it has, and where; what it has not is left out."""
    if not query.groups:
        return {}
    index = index_of(session)
    columns = [
        column
        for term in query.terms
        for column in (
            _in_title(term),
            index.count_in(Article.current_revision_id, term).correlate(Article),
        )
    ]
    rows = read_columns(session, select(Article.id, *columns).where(Article.id.in_(article_ids)))
    return {
        article_id: [
            WordsFound(term, bool(is_in_title), count)
            for term, is_in_title, count in zip(query.terms, found[::2], found[1::2], strict=True)
            if is_in_title or count
        ]
        for article_id, *found in rows
    }


def _has(index: Index, term: Term) -> ColumnElement[bool]:
    texts = select(index.revision_id).where(index.has(term), index.is_sentence)
    return or_(_in_title(term), Article.current_revision_id.in_(texts))


def _in_title(term: Term) -> ColumnElement[bool]:
    # There quotation marks and apostrophes are left out, and hyphens are kept.
    return or_(
        *(
            Article.searched.contains(sign.join(term.words), autoescape=True)
            for sign in ((" ", "", "-") if len(term.words) > 1 else ("",))
        )
    )
