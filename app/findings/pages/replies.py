"""The replies to the passages of a page: in which a search found them, and who disputes them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from app.discussion.service.stances import AGREE, DISPUTE
from app.findings.asked import Asked
from app.findings.pages.found_pieces import FoundPiece, pieces_of
from app.findings.queries.disputes import list_disputes
from app.findings.queries.hits import PassageHit
from app.findings.queries.matching import sources_of
from app.findings.queries.replies import COMMENT, QUESTION, Reply, list_replies
from app.frozen import frozen
from app.search.concordance import Context
from app.search.hits import count_groups, marked
from app.search.queries.annotations import Source
from app.search.query import Query, read_query

DISPUTES_SHOWN = 3  # of one passage
# It may have been about what the annotation was before.
_DID: Mapping[str, str] = {
    COMMENT: "replied",
    QUESTION: "asked",
    AGREE: "agreed",
    DISPUTE: "disputed it",
}


@frozen
class FoundReply:
    """Who said it, what they did ("asked"), and their words around the first that was found.

    `disputer_id` is the account of who said it in disputing the annotation, None for other replies.
    """

    disputer_id: int | None
    name: str
    did: str
    excerpt: Sequence[FoundPiece]


def found_replies(
    session: Session, asked: Asked, annotation_ids: Collection[int]
) -> dict[int, FoundReply]:
    """Return the reply to show with each of some annotations, by its id; none without such words.

    It is the one that has most of what is searched, and the newest of these.
    """
    query = read_query(asked.q)
    if not query.groups or not annotation_ids or Source.THREAD not in sources_of(asked):
        return {}
    best: dict[int, tuple[int, Reply]] = {}
    for reply in list_replies(session, annotation_ids, query):
        count = count_groups(reply.text, query)
        if count > (best[reply.annotation_id][0] if reply.annotation_id in best else 0):
            best[reply.annotation_id] = count, reply
    return {number: _found(reply, query) for number, (_count, reply) in best.items()}


@frozen
class DisputesShown:
    """Who disputes a passage, with the beginnings of their reasons; `more` counts those left out.

    A reason that a search found stands with the passage already.
    """

    lines: Sequence[tuple[str, str]]
    more: int


def shown_disputes(
    session: Session, hits: Collection[PassageHit], replies: Mapping[int, FoundReply]
) -> dict[int, DisputesShown]:
    """Return what a list shows of who disputes its passages, beside its replies, by their ids."""
    found = list_disputes(session, [hit.id for hit in hits if hit.is_disputed])
    shown = {}
    for number, disputes in found.items():
        told = replies[number].disputer_id if number in replies else None
        others = [each for each in disputes if each.account_id != told]
        lines = [(each.name, _beginning(each.reason)) for each in others[:DISPUTES_SHOWN]]
        shown[number] = DisputesShown(lines, len(others) - len(lines))
    return shown


def _beginning(reason: str) -> str:
    return Context.of(reason, 0, 0, first=0, last=len(reason)).right


def _found(reply: Reply, query: Query) -> FoundReply:
    start, end = marked(reply.text, query)[0]
    around = Context.of(reply.text, start, end, first=0, last=len(reply.text))
    (excerpt,) = pieces_of(query, around.left + around.words + around.right)
    disputer_id = reply.account_id if reply.kind == DISPUTE else None
    return FoundReply(disputer_id, reply.name, _DID[reply.kind], excerpt)
