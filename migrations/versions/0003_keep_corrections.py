"""Say who made a revision of what, and keep what annotations were in a corrected one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("revisions") as revisions:
        revisions.add_column(sa.Column("account_id", sa.Integer()))
        revisions.add_column(sa.Column("source", sa.Text()))
        revisions.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True)))
        revisions.create_foreign_key(
            op.f("fk_revisions_account_id"), "accounts", ["account_id"], ["id"]
        )
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("article_id", sa.Integer()))
        drafts.add_column(sa.Column("decisions", sa.JSON()))
        drafts.create_foreign_key(op.f("fk_drafts_article_id"), "articles", ["article_id"], ["id"])
    # No version wrote to this table before, so it has no rows that would lack these.
    with op.batch_alter_table("earlier_places") as places:
        places.add_column(sa.Column("first_block", sa.Integer(), nullable=False))
        places.add_column(sa.Column("last_block", sa.Integer(), nullable=False))
        places.add_column(sa.Column("tag", sa.String(length=20), nullable=False))
        places.add_column(sa.Column("note", sa.Text(), nullable=False))
        places.add_column(sa.Column("was_deleted", sa.Boolean(), nullable=False))
        places.create_check_constraint(
            op.f("ck_earlier_places_tag"),
            "tag IN ('claim', 'demand', 'assumption', 'citation')",
        )
        places.create_index(op.f("ix_earlier_places_revision_id_start"), ["revision_id", "start"])


def downgrade() -> None:
    with op.batch_alter_table("earlier_places") as places:
        places.drop_index(op.f("ix_earlier_places_revision_id_start"))
        places.drop_constraint(op.f("ck_earlier_places_tag"), type_="check")
        for name in ("was_deleted", "note", "tag", "last_block", "first_block"):
            places.drop_column(name)
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_constraint(op.f("fk_drafts_article_id"), type_="foreignkey")
        drafts.drop_column("decisions")
        drafts.drop_column("article_id")
    with op.batch_alter_table("revisions") as revisions:
        revisions.drop_constraint(op.f("fk_revisions_account_id"), type_="foreignkey")
        for name in ("taken_back_at", "source", "account_id"):
            revisions.drop_column(name)
