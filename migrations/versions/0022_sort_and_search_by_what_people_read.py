"""Store how articles are sorted and searched: without accents, capitals and quotation marks.

The rules are those of app/text/sorting.py, for texts without runs of white space.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAMES = ("title_key", "author_key", "searched")
BATCH = 1_000  # rows

SIGNS = str.maketrans(
    {
        **dict.fromkeys(
            "\"'`\u00b4\u00ab\u00bb\u02bc\u05f3\u05f4\u2018\u2019\u201a\u201b\u201c\u201d"
            "\u201e\u201f\u2032\u2033\u2039\u203a\uff02\u200b\ufeff\u00ad",
            "",
        ),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u2026": "...",
    }
)
MARKS = re.compile(
    "(?<![иу])[\u0300-\u036f]|(?<=[иу])(?!\u0306)[\u0300-\u036f]"
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]"
)
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "æ": "ae", "œ": "oe"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)


def upgrade() -> None:
    # By code points on either database, whatever its own order is.
    kind = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    for name in NAMES:
        column = sa.Column(name, kind, nullable=False, server_default=sa.text("''"))
        op.add_column("articles", column)
    fill(op.get_bind())
    op.create_index(
        op.f("ix_articles_title_key"),
        "articles",
        ["project_id", "title_key", "id"],
        sqlite_where=sa.text("archived_at IS NULL"),
        postgresql_where=sa.text("archived_at IS NULL"),
    )


def fill(connection: sa.Connection) -> None:
    """Give every article its keys."""
    after = 0
    some = sa.text("SELECT id, title, author FROM articles WHERE id > :after ORDER BY id LIMIT :n")
    change = sa.text(
        "UPDATE articles SET title_key = :title, author_key = :author, searched = :searched"
        " WHERE id = :id"
    )
    while rows := connection.execute(some, {"after": after, "n": BATCH}).all():
        connection.execute(
            change,
            [
                {
                    "id": article_id,
                    "title": sort_key(title),
                    "author": sort_key(author),
                    "searched": f"{fold(title)}\n{fold(author)}",
                }
                for article_id, title, author in rows
            ],
        )
        after = rows[-1].id


def fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", " ".join(text.translate(SIGNS).split()).casefold())
    return unicodedata.normalize("NFC", MARKS.sub("", letters)).translate(LETTERS)


def sort_key(text: str) -> str:
    words = re.sub(r"^[\W_]+", "", fold(text))
    return re.sub("[0-9]+", lambda number: number[0].lstrip("0").rjust(12, "0"), words)


def downgrade() -> None:
    op.drop_index(op.f("ix_articles_title_key"), table_name="articles")
    for name in NAMES:
        op.drop_column("articles", name)
