"""Let members say of two passages whether a party changed its mind: one verdict for each two."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

REFERS = {
    "project_id": "projects",
    "supporting_id": "annotations",
    "opposing_id": "annotations",
    "account_id": "accounts",
    "supporting_party_id": "parties",
    "supporting_position_id": "positions",
    "opposing_party_id": "parties",
    "opposing_position_id": "positions",
}


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in REFERS),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "value IN ('', 'change', 'contradiction', 'neither')", name=op.f("ck_verdicts_value")
        ),
        sa.CheckConstraint("(value = 'neither') = (reason <> '')", name=op.f("ck_verdicts_reason")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_verdicts_{name}"))
            for name, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
        sa.UniqueConstraint(
            "supporting_id", "opposing_id", name=op.f("uq_verdicts_supporting_id_opposing_id")
        ),
    )
    op.create_index(op.f("ix_verdicts_project_id"), "verdicts", ["project_id"])


def downgrade() -> None:
    op.drop_table("verdicts")
