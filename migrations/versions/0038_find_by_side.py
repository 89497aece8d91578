"""Find annotations by the side that they take, of which there are few: an index of these alone."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INDEXED = ("project_id", "side", "article_id", "start", "id")
LISTED = ("tag", "account_id", "tagged_month", "has_note", "revision_id", "deleted_at")
CONDITION = sa.text("side <> '' AND deleted_at IS NULL")


def upgrade() -> None:
    op.create_index(
        op.f("ix_annotations_by_side"),
        "annotations",
        [*INDEXED, *LISTED],
        sqlite_where=CONDITION,
        postgresql_where=CONDITION,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_annotations_by_side"), "annotations")
