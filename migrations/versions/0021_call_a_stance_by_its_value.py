"""Call what a member takes a stance's value, so that *position* is free; events keep both names."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("position", "value")


def downgrade() -> None:
    _rename("value", "position")


def _rename(old: str, new: str) -> None:
    """Rename the column; the checks name it, so they are made again."""
    for name in ("reason", old):
        with op.batch_alter_table("stances") as stances:
            stances.drop_constraint(op.f(f"ck_stances_{name}"), type_="check")
    with op.batch_alter_table("stances") as stances:
        stances.alter_column(old, new_column_name=new, existing_type=sa.String(length=10))
    with op.batch_alter_table("stances") as stances:
        stances.create_check_constraint(op.f(f"ck_stances_{new}"), f"{new} IN ('agree', 'dispute')")
        stances.create_check_constraint(
            op.f("ck_stances_reason"), f"{new} = 'agree' OR reason <> ''"
        )
