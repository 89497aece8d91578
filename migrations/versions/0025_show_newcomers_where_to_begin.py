"""Keep which steps of a first visit an account has yet to do; those of before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("guide", sa.String(40), nullable=False, server_default=sa.text("''"))
    op.add_column("accounts", column)


def downgrade() -> None:
    op.drop_column("accounts", "guide")
