"""Find annotations that carry themes, of which there are few: an index of these alone.

It has all that is counted of them: to look into a hundred thousand rows takes a third of a second.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INDEXED = ("project_id", "article_id", "start", "id", "themes")
SAID = ("account_id", "party_id", "position_id", "side")
LISTED = ("tag", "tagged_month", "has_note", "revision_id", "deleted_at")
CONDITION = sa.text("themes <> '' AND deleted_at IS NULL")


def upgrade() -> None:
    op.create_index(
        op.f("ix_annotations_by_theme"),
        "annotations",
        [*INDEXED, *SAID, *LISTED],
        sqlite_where=CONDITION,
        postgresql_where=CONDITION,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_annotations_by_theme"), "annotations")
