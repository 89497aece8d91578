"""Say of an event which act on many it is a part of.

The column has no foreign key: SQLite would copy the table for it, which takes minutes where
there are many events.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

IS_PART = sa.text("part_of_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("events", sa.Column("part_of_id", sa.Integer()))
    op.create_index(
        op.f("ix_events_part_of_id"),
        "events",
        ["part_of_id"],
        sqlite_where=IS_PART,
        postgresql_where=IS_PART,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_events_part_of_id"), table_name="events")
    op.drop_column("events", "part_of_id")
