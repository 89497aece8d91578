"""Find the events of a project in their order, by kind and by person.

The order and the kind stand in one index: kinds that a list leaves out are passed over without
reading their rows.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_events_project_id_id_kind"), "events", ["project_id", "id", "kind"])
    op.create_index(
        op.f("ix_events_project_id_account_id_id"), "events", ["project_id", "account_id", "id"]
    )
    op.drop_index(op.f("ix_events_project_id"), table_name="events")


def downgrade() -> None:
    op.create_index(op.f("ix_events_project_id"), "events", ["project_id"])
    op.drop_index(op.f("ix_events_project_id_account_id_id"), table_name="events")
    op.drop_index(op.f("ix_events_project_id_id_kind"), table_name="events")
