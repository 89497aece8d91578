"""Let the database refuse that an event is changed or deleted, whoever asks.

A later migration that copies the table of events on SQLite (`batch_alter_table`) loses the
triggers there, and has to make them again.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER events_are_not_{past} BEFORE {act} ON events
BEGIN SELECT RAISE(ABORT, 'An event is never changed or deleted.'); END
"""
SQLITE_ACTS = {"changed": "UPDATE", "deleted": "DELETE"}

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'An event is never changed or deleted.'; END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
        return
    for past, act in SQLITE_ACTS.items():
        op.execute(SQLITE.format(past=past, act=act))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER events_are_kept ON events")
        op.execute("DROP FUNCTION refuse_change_of_event()")
        return
    for past in SQLITE_ACTS:
        op.execute(f"DROP TRIGGER events_are_not_{past}")
