"""Index the events of a project by their kind: of a rare one, all others were looked at.

Those of one person have theirs in the index too, so that no row is read for it.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BY_KIND = "ix_events_project_id_kind_id"
BY_PERSON = "ix_events_project_id_account_id_id"
BY_PERSON_WITH_KIND = "ix_events_project_id_account_id_id_kind"


def upgrade() -> None:
    op.create_index(op.f(BY_KIND), "events", ["project_id", "kind", "id"])
    columns = ["project_id", "account_id", "id", "kind"]
    op.create_index(op.f(BY_PERSON_WITH_KIND), "events", columns)
    op.drop_index(op.f(BY_PERSON), table_name="events")


def downgrade() -> None:
    op.create_index(op.f(BY_PERSON), "events", ["project_id", "account_id", "id"])
    op.drop_index(op.f(BY_PERSON_WITH_KIND), table_name="events")
    op.drop_index(op.f(BY_KIND), table_name="events")
