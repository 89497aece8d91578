"""Finding words in an article that is open."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.queries import articles
from app.articles.queries.content import content_of
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may
from app.search.concordance import Context
from app.search.queries.texts import TextHit, places_in
from app.search.query import LONGEST_QUERY, Query, read_query

MOST_HITS = 1_000
AROUND = 60  # characters of the sentence, before a hit and after it


@frozen
class Hit:
    """A place that was found: in a block, `[start, end)` of the text; its words and those around.

    `before` and `after` end where the sentence does, or are cut between words.
    """

    block: int
    start: int
    end: int
    before: str
    words: str
    after: str


@frozen
class FindPage:
    """What was found in the revision with the number `revision`; `is_open` says that it was asked.

    `is_cut` says that there may be more than `hits`. `tag_every` is the address at which each of
    them is tagged, "" where that cannot be.
    """

    is_open: bool
    query: Query
    revision: int
    hits: Sequence[Hit]
    is_cut: bool
    tag_every: str
    longest: int = LONGEST_QUERY
    most: int = MOST_HITS


def find_page(session: Session, member: Member, article: Article, typed: str | None) -> FindPage:
    """Find what was typed in the current text of an article; None where nothing was asked."""
    query = read_query(typed or "")
    revision = articles.current_revision_slim(session, article.id)
    found = places_in(session, revision.id, query, most=MOST_HITS)
    text = content_of(session, revision.id).text if found else ""
    return FindPage(
        is_open=typed is not None,
        query=query,
        revision=revision.number,
        hits=[_hit(text, place) for place in found],
        is_cut=len(found) == MOST_HITS,
        tag_every=url_for(
            "occurrences.occurrences", slug=member.project.slug, q=query.typed, article=article.id
        )
        if found and article.archived_at is None and may(member, Act.TAG)
        else "",
    )


def _hit(text: str, place: TextHit) -> Hit:
    context = Context.of(
        text, place.start, place.end, first=place.first, last=place.last, width=AROUND
    )
    return Hit(
        block=place.block,
        start=place.start,
        end=place.end,
        before=context.left,
        words=context.words,
        after=context.right,
    )
