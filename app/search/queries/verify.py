"""Checking what must always hold: the index has every text as it is, and nothing else."""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Revision
from app.articles.queries.content import read_content
from app.discussion.models import Comment, Stance
from app.search.models import SearchSentence
from app.search.queries.index import index_of, reason_id
from app.search.triggers import BASE
from app.text.search_words import fold_words

ROWS_AT_ONCE = 1_000
REBUILD = "`flask --app app search rebuild` rebuilds the index"

IndexRow = tuple[int, str]
"""The id of a row of the index, and the text that it should have."""

# What SQLite tells of an index without texts: each word, by its row and its place there.
_WORDS_OF = text(
    "CREATE VIRTUAL TABLE temp.search_words USING fts5vocab(main, search_index, instance)"
)
_EACH_WORD = text('SELECT term, doc, "offset" FROM temp.search_words')
_FORGET = text("DROP TABLE temp.search_words")
_WRONG = (
    text(
        "SELECT given.id FROM unnest(:ids, :texts) AS given (id, said)"
        " LEFT JOIN search_index ON search_index.id = given.id"
        " WHERE search_index.words IS DISTINCT FROM vector_of(said)"
    )
    .bindparams(bindparam("ids", type_=ARRAY(BigInteger)), bindparam("texts", type_=ARRAY(Text)))
    .columns(id=BigInteger)
)


def verify(session: Session) -> Iterator[str]:
    """Yield a sentence for every text of which the index has not every word; none for sound ones.

    A revision is one text, so are a note, a comment and the reason of a stance.
    """
    find_wrong = _find_wrong(session)
    for article_id, revision_id, number in session.execute(
        select(Revision.article_id, Revision.id, Revision.number).order_by(Revision.id)
    ).all():
        rows, places = _sentences(session, revision_id)
        if places != _stored_places(session, revision_id) or find_wrong(rows):
            yield (
                f"article {article_id}: revision {number} is not searched as it reads; {REBUILD}"
            )
    notes = select(Annotation.id, Annotation.note).where(Annotation.note != "")
    for wrong in _each_wrong(session, notes, lambda each: -each, find_wrong):
        yield f"annotation {-wrong}: its note is not searched as it reads; {REBUILD}"
    comments = select(Comment.id, Comment.text).where(Comment.text != "")
    for wrong in _each_wrong(session, comments, lambda each: -BASE - each, find_wrong):
        yield f"comment {-BASE - wrong}: it is not searched as it reads; {REBUILD}"
    reasons = select(reason_id(), Stance.reason).where(Stance.reason != "")
    for wrong in _each_wrong(session, reasons, lambda each: each, find_wrong):
        annotation_id, account_id = divmod(-BASE - wrong, BASE)
        yield (
            f"annotation {annotation_id}: the reason of account {account_id} is not searched"
            f" as it reads; {REBUILD}"
        )
    extra = _count_extra(session)
    if extra:
        yield f"the index has {extra} rows of what is not there; {REBUILD}"


def _sentences(
    session: Session, revision_id: int
) -> tuple[list[IndexRow], list[tuple[int, int, int]]]:
    """Return the rows that a revision should have in the index, and the sentences' places."""
    content = read_content(session, revision_id)
    places = []
    for block in content.blocks:
        bounds = [block.start + int(bound) for bound in block.sentences.split()]
        places += [(*each, block.number) for each in zip(bounds[::2], bounds[1::2], strict=True)]
    rows = [(revision_id * BASE + start, content.text[start:end]) for start, end, _ in places]
    return rows, places


def _stored_places(session: Session, revision_id: int) -> list[tuple[int, int, int]]:
    query = (
        select(SearchSentence.start, SearchSentence.end, SearchSentence.block)
        .where(SearchSentence.revision_id == revision_id)
        .order_by(SearchSentence.start)
    )
    return [(start, end, block) for start, end, block in session.execute(query)]


def _each_wrong(
    session: Session,
    query: Select[int, str],
    id_of: Callable[[int], int],
    find_wrong: Callable[[list[IndexRow]], list[int]],
) -> Iterator[int]:
    for some in session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).partitions():
        yield from find_wrong([(id_of(row_id), said) for row_id, said in some])


def _find_wrong(session: Session) -> Callable[[list[IndexRow]], list[int]]:
    """Return what tells the ids of the rows that the index has not, or has with other words."""
    if index_of(session).is_postgresql:
        return lambda rows: list(
            session.scalars(
                _WRONG, {"ids": [each for each, _ in rows], "texts": [said for _, said in rows]}
            )
        )
    sums: defaultdict[int, int] = defaultdict(int)
    session.execute(_WORDS_OF)
    for word, row_id, place in session.execute(_EACH_WORD):
        sums[row_id] += _weigh(word, place)
    session.execute(_FORGET)
    return lambda rows: [each for each, said in rows if sums[each] != _sum_of(said)]


def _weigh(word: str, place: int) -> int:
    return zlib.crc32(word.encode()) * (place + 1)


def _sum_of(said: str) -> int:
    return sum(_weigh(word, place) for place, word in enumerate(fold_words(said).split()))


def _count_extra(session: Session) -> int:
    index = index_of(session)
    sentence = exists().where(index.is_of_sentence)
    note = exists().where(Annotation.id == index.annotation_id, Annotation.note != "")
    comment = exists().where(Comment.id == index.comment_id)
    reason = exists().where(
        Stance.annotation_id == index.stance_annotation_id,
        Stance.account_id == index.stance_account_id,
        Stance.reason != "",
    )
    is_extra = or_(
        and_(index.is_sentence, not_(sentence)),
        and_(index.is_note, not_(note)),
        and_(index.is_comment, not_(comment)),
        and_(index.is_reason, not_(reason)),
    )
    return session.scalars(select(func.count(index.id)).where(is_extra)).one()
