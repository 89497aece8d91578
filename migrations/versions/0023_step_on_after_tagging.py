"""Let an account have a tag lead to the next sentence."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column: sa.Column[bool] = sa.Column(
        "steps_on", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("accounts", column)


def downgrade() -> None:
    op.drop_column("accounts", "steps_on")
