"""Store which revision of an article is read, and index the list of articles."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("current_revision_id", sa.Integer()))
    op.execute(
        "UPDATE articles SET current_revision_id = (SELECT revisions.id FROM revisions"
        " WHERE revisions.article_id = articles.id AND revisions.taken_back_at IS NULL"
        " ORDER BY revisions.number DESC LIMIT 1)"
    )
    with op.batch_alter_table("articles") as articles:
        articles.create_foreign_key(
            op.f("fk_articles_current_revision_id"), "revisions", ["current_revision_id"], ["id"]
        )
    op.create_index(
        op.f("ix_articles_project_id_archived_at_created_at"),
        "articles",
        ["project_id", "archived_at", "created_at"],
    )
    op.drop_index(op.f("ix_articles_project_id"), table_name="articles")


def downgrade() -> None:
    op.create_index(op.f("ix_articles_project_id"), "articles", ["project_id"])
    op.drop_index(op.f("ix_articles_project_id_archived_at_created_at"), table_name="articles")
    with op.batch_alter_table("articles") as articles:
        articles.drop_constraint(op.f("fk_articles_current_revision_id"), type_="foreignkey")
        articles.drop_column("current_revision_id")
