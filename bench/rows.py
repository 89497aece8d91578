"""The rows that are measured: commentary of a given length, tagged as a team would tag it."""

import hashlib
import random
import re
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app import hooks
from app.accounts.passwords import hash_password
from app.accounts.service import accounts
from app.annotations.models import ANNOTATION, Annotation
from app.annotations.service.annotations import CREATED
from app.annotations.state import AnnotationState
from app.annotations.tags import Tag
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.service import articles as service
from app.core.clock import now
from app.core.db import Database
from app.core.migrate import upgrade
from app.events.models import Event
from app.projects.service.projects import FIRST_SLUG, ensure_first, join_first
from app.text.anchoring import describe
from app.text.document import Document, Inline, InlineKind, Piece
from app.text.parsed import ParsedArticle

PASSWORD = "measured, not guessed"  # noqa: S105  (of accounts that live for one measurement)
SHORTEST, LONGEST = 3, 20  # words of a passage
CROSSING = 20  # one passage in so many runs on into the next block
NOTED = 3  # one annotation in so many has a note
STYLED = 5  # one block in so many has a hyperlink and an emphasis

_SUBJECTS = ("The ministry", "A local reporter", "The council", "Her editor", "The “union”")
_VERBS = ("insisted that", "denied that", "admitted that", "argued that", "doubted that")
_OBJECTS = ("the new tariff", "the harbour project", "the census", "the café’s lease")
_ENDS = (
    "would cost less than promised",
    "had never been put to a vote",
    "helps those who need it least",
    "belongs to the next government & nobody else",
    "was the only honest choice left",
)
_NOTES = (
    "Stated as a fact; no source is given for it here.",
    "=SUM is how a careless note may begin, so this one does.",
    "Compare the second paragraph, where the “opposite” is said,\nand the figures at the end.",
)


@dataclass(frozen=True, slots=True)
class Shape:
    """An article to measure: so many words in so many blocks, with so many annotations."""

    words: int
    blocks: int
    annotations: int


@dataclass(frozen=True, slots=True)
class Filled:
    """An article in the database: its id, its page and its text."""

    id: int
    address: str
    text: str


def fill(url: str, *, people: Sequence[str], shapes: Sequence[Shape]) -> list[Filled]:
    """Make the tables, an account a name and an article a shape; return the articles.

    The rows are the same each time, and such that `flask --app app verify` finds nothing wrong.
    The first account is an owner, the others are annotators; all have PASSWORD.
    """
    dice = random.Random(7)
    upgrade(url)
    hooks.register()
    database = Database(url)
    password_hash = hash_password(PASSWORD)
    with database.writing() as session:
        project_id = ensure_first(session).id
        account_ids = []
        for name in people:
            account = accounts.create(
                session, name=name, email=email_of(name), password_hash=password_hash
            )
            join_first(session, account_id=account.id)
            account_ids.append(account.id)
        filled = []
        for number, shape in enumerate(shapes, start=1):
            article = _add_article(session, project_id, number, shape, dice)
            text = _annotate(session, article, account_ids, shape.annotations, dice)
            address = f"/projects/{FIRST_SLUG}/articles/{article.id}"
            filled.append(Filled(article.id, address, text))
            session.commit()
            session.expunge_all()
    database.dispose()
    return filled


def email_of(name: str) -> str:
    """Return the address with which the account of this name signs in."""
    return f"{name.lower()}@example.org"


def passages(text: str, dice: random.Random) -> Iterator[tuple[int, int]]:
    """Yield passages of whole words, `(start, end)` in code points, for ever."""
    words = [found.span() for found in re.finditer(r"\S+", text)]
    while True:
        first = dice.randrange(len(words))
        last = min(first + dice.randint(SHORTEST, LONGEST), len(words)) - 1
        start, end = words[first][0], words[last][1]
        if dice.randrange(CROSSING):
            end = start + len(text[start:end].partition("\n\n")[0])
        yield start, end


def forms(article: Filled, seed: int) -> Iterator[dict[str, str]]:
    """Yield what the page's own code sends to tag one passage after the other, for ever."""
    dice = random.Random(seed)
    for start, end in passages(article.text, dice):
        yield {
            "quote": article.text[start:end],
            "start": str(start),
            "tag": dice.choice(list(Tag)).value,
            "client_key": uuid.uuid4().hex,
        }


def _add_article(
    session: Session, project_id: int, number: int, shape: Shape, dice: random.Random
) -> Article:
    title = f"Measured article {number}"
    pieces = [_piece(place, shape.words // shape.blocks, dice) for place in range(shape.blocks)]
    return service.add(
        session,
        project_id=project_id,
        parsed=ParsedArticle(
            document=Document.from_pieces(pieces),
            title=title,
            author="Inês Álvarez",
            publication="The Bench",
            published_on=date(2026, 11, 22),
            source_url="https://example.org/measured",
            language="en",
        ),
        content_hash=hashlib.sha256(title.encode()).hexdigest(),
    )


def _piece(place: int, length: int, dice: random.Random) -> Piece:
    words: list[str] = []
    while len(words) < length:
        sentence = " ".join(map(dice.choice, (_SUBJECTS, _VERBS, _OBJECTS, _ENDS)))
        words += f"{sentence}.".split()
    text = " ".join(words[: length - 1]) + " word."
    if place % STYLED:
        return Piece(text)
    bounds = [found.span() for found in re.finditer(r"\S+", text)]
    hyperlink = Inline(*bounds[1], InlineKind.HYPERLINK, "https://example.org/source?a=1&b=2")
    emphasis = Inline(bounds[4][0], bounds[6][1], InlineKind.EMPHASIS)
    return Piece(text, inlines=(hyperlink, emphasis))


def _annotate(
    session: Session, article: Article, account_ids: Sequence[int], count: int, dice: random.Random
) -> str:
    """Annotate an article and return its text."""
    revision = articles.current_revision(session, article.id)
    starts = [block.start for block in articles.blocks_of(session, revision.id)]
    taken = set()
    annotations: list[Annotation] = []
    for start, end in passages(revision.text, dice):
        if len(annotations) == count:
            break
        key = (dice.choice(account_ids), dice.choice(list(Tag)), start, end)
        if key not in taken:
            taken.add(key)
            made = _annotation(revision, starts, key, _note(dice))
            made.project_id = article.project_id
            annotations.append(made)
    session.add_all(annotations)
    session.flush()
    if annotations:
        session.execute(
            insert(Event), [_creation(article.project_id, made) for made in annotations]
        )
    return revision.text


def _note(dice: random.Random) -> str:
    return "" if dice.randrange(NOTED) else dice.choice(_NOTES)


def _annotation(
    revision: Revision,
    starts: Sequence[int],
    key: tuple[int, Tag, int, int],
    note: str,
) -> Annotation:
    account_id, tag, start, end = key
    quote = describe(revision.text, start, end)
    moment = now()
    return Annotation(
        article_id=revision.article_id,
        revision_id=revision.id,
        account_id=account_id,
        tag_name=tag.value,
        start=start,
        end=end,
        first_block=bisect_right(starts, start),
        last_block=bisect_left(starts, end),
        quote=quote.exact,
        prefix=quote.prefix,
        suffix=quote.suffix,
        note=note,
        client_key=f"{revision.id}-{account_id}-{tag}-{start}-{end}",
        version=1,
        created_at=moment,
        updated_at=moment,
        deleted_at=None,
        made_blind=False,
    )


def _creation(project_id: int, annotation: Annotation) -> dict[str, Any]:
    return {
        "at": annotation.created_at,
        "project_id": project_id,
        "article_id": annotation.article_id,
        "annotation_id": annotation.id,
        "account_id": annotation.account_id,
        "kind": CREATED,
        "subject_kind": ANNOTATION,
        "subject_id": annotation.id,
        "version": 1,
        "before": None,
        "after": AnnotationState.of(annotation).to_json(),
        "undoes_id": None,
        "redoes_id": None,
    }
