"""Index what the marks of a text are drawn from: of all blocks, and what runs on into one."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LIVING = sa.text("deleted_at IS NULL")
RUNS_ON = sa.text("last_block > first_block AND deleted_at IS NULL")


def upgrade() -> None:
    op.drop_index(op.f("ix_annotations_revision_id_first_block"), table_name="annotations")
    op.create_index(
        op.f("ix_annotations_marks"),
        "annotations",
        ["revision_id", "first_block", "start", "tag", "end", "last_block", "deleted_at"],
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_index(
        op.f("ix_annotations_revision_id_last_block"),
        "annotations",
        ["revision_id", "last_block"],
        sqlite_where=RUNS_ON,
        postgresql_where=RUNS_ON,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_annotations_revision_id_last_block"), table_name="annotations")
    op.drop_index(op.f("ix_annotations_marks"), table_name="annotations")
    op.create_index(
        op.f("ix_annotations_revision_id_first_block"),
        "annotations",
        ["revision_id", "first_block"],
    )
