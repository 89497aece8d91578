"""Find sides of what has no party or position: the index of sides has both.

Where none of them is without, the database looked into the row of each.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

NAME = "ix_annotations_by_side"
INDEXED = ("project_id", "side", "article_id", "start", "id")
BEFORE = ("tag", "account_id", "tagged_month", "has_note", "revision_id", "deleted_at")
NOW = (
    *("account_id", "party_id", "position_id"),
    *("tag", "tagged_month", "has_note", "revision_id", "deleted_at"),
)
CONDITION = sa.text("side <> '' AND deleted_at IS NULL")


def upgrade() -> None:
    _make_anew(NOW)


def downgrade() -> None:
    _make_anew(BEFORE)


def _make_anew(columns: tuple[str, ...]) -> None:
    op.drop_index(op.f(NAME), "annotations")
    op.create_index(
        op.f(NAME),
        "annotations",
        [*INDEXED, *columns],
        sqlite_where=CONDITION,
        postgresql_where=CONDITION,
    )
