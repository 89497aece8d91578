"""Find parties, positions and sides of what has no theme: the indexes of each have the themes.

Else the database looks into the row of each of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

PLACE = ("article_id", "start", "id", "account_id")
LISTED = ("tag", "tagged_month", "has_note", "revision_id", "deleted_at")
INDEXES = {
    "party": (
        ("project_id", "party_id", *PLACE, "position_id", "side"),
        ("end", *LISTED),
        "party_id IS NOT NULL AND deleted_at IS NULL",
    ),
    "position": (
        ("project_id", "position_id", *PLACE, "party_id", "side"),
        ("end", *LISTED),
        "position_id IS NOT NULL AND deleted_at IS NULL",
    ),
    "side": (
        ("project_id", "side", *PLACE, "party_id", "position_id"),
        LISTED,
        "side <> '' AND deleted_at IS NULL",
    ),
}


def upgrade() -> None:
    _make_anew("themes")


def downgrade() -> None:
    _make_anew()


def _make_anew(*added: str) -> None:
    for name, (before, after, condition) in INDEXES.items():
        op.drop_index(op.f(f"ix_annotations_by_{name}"), "annotations")
        op.create_index(
            op.f(f"ix_annotations_by_{name}"),
            "annotations",
            [*before, *added, *after],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
