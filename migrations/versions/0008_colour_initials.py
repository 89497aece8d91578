"""Let people choose the colour on which their initials stand; each account begins with one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLOURS = ("blue", "teal", "green", "ochre", "rust", "rose", "plum", "slate")


def upgrade() -> None:
    op.add_column("accounts", sa.Column("colour", sa.String(length=20)))
    whens = " ".join(f"WHEN {number} THEN '{name}'" for number, name in enumerate(COLOURS))
    op.execute(f"UPDATE accounts SET colour = CASE id % {len(COLOURS)} {whens} END")  # noqa: S608  (no value from outside)
    allowed = ", ".join(f"'{name}'" for name in COLOURS)
    with op.batch_alter_table("accounts") as accounts:
        accounts.alter_column("colour", existing_type=sa.String(length=20), nullable=False)
        accounts.create_check_constraint(op.f("ck_accounts_colour"), f"colour IN ({allowed})")


def downgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_constraint(op.f("ck_accounts_colour"), type_="check")
        accounts.drop_column("colour")
