"""Index what lists of annotations over a whole project look at.

Whether there is a note, and the month, are columns of their own: an index of the notes themselves
would be as large as the table. Each index holds all that such a list looks at, since to look into
a million rows takes seconds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LIVING = sa.text("deleted_at IS NULL")
WITH_NOTE = sa.text("has_note AND deleted_at IS NULL")
WITH_NOTE_ON_SQLITE = sa.text("has_note = 1 AND deleted_at IS NULL")
LISTED = ("tag", "account_id", "tagged_month", "has_note", "revision_id", "deleted_at")
PLACE = ("project_id", "article_id", "start", "id")
INDEXES = {
    "ix_annotations_places": (PLACE, LIVING, LIVING),
    "ix_annotations_by_tag": (("project_id", "tag", *PLACE[1:]), LIVING, LIVING),
    "ix_annotations_by_account_id": (("project_id", "account_id", *PLACE[1:]), LIVING, LIVING),
    "ix_annotations_by_tagged_month": (("project_id", "tagged_month", *PLACE[1:]), LIVING, LIVING),
    "ix_annotations_by_note": (PLACE, WITH_NOTE, WITH_NOTE_ON_SQLITE),
    "ix_annotations_by_created_at": (
        ("project_id", "created_at", "id", "article_id"),
        LIVING,
        LIVING,
    ),
}
THREADS = {
    "ix_threads_questions": sa.text("questions > 0 AND resolved_at IS NULL"),
    "ix_threads_disputes": sa.text("disputes > 0 AND resolved_at IS NULL"),
    "ix_threads_resolved": sa.text("resolved_at IS NOT NULL"),
}
MONTHS = {
    "sqlite": "CAST(substr(created_at, 1, 4) || substr(created_at, 6, 2) AS INTEGER)",
    "postgresql": "CAST(to_char(created_at AT TIME ZONE 'UTC', 'YYYYMM') AS INTEGER)",
}


def upgrade() -> None:
    op.add_column(
        "annotations",
        sa.Column("has_note", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "annotations",
        sa.Column("tagged_month", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    month = MONTHS[op.get_bind().dialect.name]
    op.execute(f"UPDATE annotations SET has_note = (note <> ''), tagged_month = {month}")  # noqa: S608  (of the above)
    op.drop_index(op.f("ix_annotations_project_id_tag_living"), table_name="annotations")
    for name, (columns, where, where_on_sqlite) in INDEXES.items():
        listed = [*columns, *(each for each in LISTED if each not in columns)]
        op.create_index(
            op.f(name),
            "annotations",
            listed,
            sqlite_where=where_on_sqlite,
            postgresql_where=where,
        )
    for name, where in THREADS.items():
        op.create_index(
            op.f(name), "threads", ["article_id"], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name in THREADS:
        op.drop_index(op.f(name), table_name="threads")
    for name in INDEXES:
        op.drop_index(op.f(name), table_name="annotations")
    op.create_index(
        op.f("ix_annotations_project_id_tag_living"),
        "annotations",
        ["project_id", "tag", "id"],
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.drop_column("annotations", "tagged_month")
    op.drop_column("annotations", "has_note")
