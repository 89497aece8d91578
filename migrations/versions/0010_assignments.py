"""Let articles be tagged independently, assign them to people, and keep how far each of them is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MODES = "mode IN ('shared', 'independent')"


def upgrade() -> None:
    with op.batch_alter_table("projects") as projects:
        projects.add_column(
            sa.Column("mode", sa.String(length=20), server_default="shared", nullable=False)
        )
        projects.create_check_constraint(op.f("ck_projects_mode"), MODES)
    with op.batch_alter_table("articles") as articles:
        articles.add_column(sa.Column("mode", sa.String(length=20)))
        articles.add_column(sa.Column("revealed_at", MOMENT))
        articles.create_check_constraint(op.f("ck_articles_mode"), MODES)
    op.create_table(
        "progress",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('not started', 'in progress', 'done')", name=op.f("ck_progress_state")
        ),
        sa.CheckConstraint(
            "due_on IS NULL OR assigned_at IS NOT NULL", name=op.f("ck_progress_due_on")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_progress_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_progress_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "account_id", name=op.f("pk_progress")),
    )
    op.create_index(op.f("ix_progress_account_id"), "progress", ["account_id"])


def downgrade() -> None:
    op.drop_table("progress")
    with op.batch_alter_table("articles") as articles:
        articles.drop_constraint(op.f("ck_articles_mode"), type_="check")
        articles.drop_column("revealed_at")
        articles.drop_column("mode")
    with op.batch_alter_table("projects") as projects:
        projects.drop_constraint(op.f("ck_projects_mode"), type_="check")
        projects.drop_column("mode")
