"""What a process keeps of an article in memory is what the database holds."""

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.articles.queries.content import content_of
from app.articles.service.articles import add_revision
from app.core.db import Database
from app.text.document import Document, Piece
from tests.harness.builders import Room
from tests.harness.correcting import REPORT

QUOTES = ("The council", "must close the road", "It floods every spring", REPORT)


def test_the_text_of_a_revision_that_was_rolled_back_is_not_kept(
    database: Database, session: Session, room: Room
) -> None:
    """On SQLite the next revision gets the same id."""

    def write(text: str, *, is_kept: bool) -> int:
        with database.writing() as writing:
            article = writing.get_one(Article, room.article.id)
            revision = add_revision(writing, article, Document.from_pieces([Piece(text)]))
            assert content_of(writing, revision.id).text == text
            if is_kept:
                writing.commit()
            return revision.id

    session.rollback()
    write("It was never meant.", is_kept=False)
    revision_id = write("It is meant.", is_kept=True)
    with database.session() as reading:
        assert content_of(reading, revision_id).text == "It is meant."
