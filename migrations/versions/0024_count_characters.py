"""Count characters where words have no spaces between them; the rules are app/text/length.py's."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SOME = 100  # texts
UNSPACED = re.compile(
    r"[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    r"\U0001b000-\U0001b16f\U00020000-\U000323af"
    r"\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u109f\u1780-\u17d3]"
)


def upgrade() -> None:
    op.add_column("revisions", sa.Column("characters", sa.Integer(), nullable=True))
    connection = op.get_bind()
    after = 0
    # A text of a script with spaces has words of about six characters: it is not read.
    some = sa.text(
        "SELECT id, text FROM revisions WHERE id > :after AND length(text) > 9 * words"
        " ORDER BY id LIMIT :n"
    )
    change = sa.text("UPDATE revisions SET words = :words, characters = :characters WHERE id = :id")
    while rows := connection.execute(some, {"after": after, "n": SOME}).all():
        counted = [
            {"id": id_, "words": -(-characters // 2), "characters": characters}
            for id_, characters in ((row.id, count(row.text)) for row in rows)
            if characters
        ]
        if counted:
            connection.execute(change, counted)
        after = rows[-1].id


def count(text: str) -> int:
    """Return how many characters a text has, 0 where it is counted by words."""
    is_unspaced = 2 * len(UNSPACED.findall(text)) > sum(map(str.isalpha, text))
    return sum(map(len, text.split())) if is_unspaced else 0


def downgrade() -> None:
    connection = op.get_bind()
    after = 0
    some = sa.text(
        "SELECT id, text FROM revisions WHERE id > :after AND characters IS NOT NULL"
        " ORDER BY id LIMIT :n"
    )
    change = sa.text("UPDATE revisions SET words = :words WHERE id = :id")
    while rows := connection.execute(some, {"after": after, "n": SOME}).all():
        connection.execute(change, [{"id": row.id, "words": len(row.text.split())} for row in rows])
        after = rows[-1].id
    op.drop_column("revisions", "characters")
