"""Keep in each stance what the annotation was that it is about; old ones are about what is now."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stances", sa.Column("about_tag", sa.String(length=20)))
    op.add_column("stances", sa.Column("about_quote", sa.Text()))
    for column, source in (("about_tag", "tag"), ("about_quote", "quote")):
        op.execute(
            f"UPDATE stances SET {column} = (SELECT annotations.{source} FROM annotations"  # noqa: S608  (no value from outside)
            " WHERE annotations.id = stances.annotation_id)"
        )
    with op.batch_alter_table("stances") as stances:
        stances.alter_column("about_tag", existing_type=sa.String(length=20), nullable=False)
        stances.alter_column("about_quote", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("stances") as stances:
        stances.drop_column("about_quote")
        stances.drop_column("about_tag")
