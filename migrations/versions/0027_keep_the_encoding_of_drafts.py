"""Keep how the file of a draft was read, and the file itself where its encoding is a guess."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "drafts", sa.Column("unread", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )
    # PostgreSQL cannot compare JSON, and so Alembic no default of it with the model's.
    with op.batch_alter_table("drafts") as drafts:
        drafts.alter_column("unread", server_default=None)
    op.add_column(
        "drafts", sa.Column("encoding", sa.String(40), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "drafts", sa.Column("confidence", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column(
        "drafts", sa.Column("file_name", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("drafts", sa.Column("file", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in ("file", "file_name", "confidence", "encoding", "unread"):
        op.drop_column("drafts", name)
