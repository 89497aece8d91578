"""Sum annotations by the month in which they were tagged, too, and those with a note.

The summary over months, and the counts of months and notes, went through every annotation of a
project. Somebody tags an article in one month mostly, so that there are hardly more sums. They are
made anew: on SQLite a key cannot be altered.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KEY = ("project_id", "account_id", "article_id", "revision_id", "tag")
BY_MONTH = (*KEY, "tagged_month")
CHANGE = ("revision_id", "account_id", "tag", "deleted_at")
CHANGE_OF_NOTES = (*CHANGE, "has_note", "tagged_month")
REFERENCES = {
    "project_id": "projects",
    "account_id": "accounts",
    "article_id": "articles",
    "revision_id": "revisions",
}
SQLITE = ("annotations_count_made", "annotations_count_changed", "annotations_count_removed")


def upgrade() -> None:
    _drop()
    _make(BY_MONTH, CHANGE_OF_NOTES, is_of_notes=True)


def downgrade() -> None:
    _drop()
    _make(KEY, CHANGE, is_of_notes=False)


def _drop() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER annotations_are_counted ON annotations")
    else:
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("annotation_counts")


def _make(key: Sequence[str], change: Sequence[str], *, is_of_notes: bool) -> None:
    names = ", ".join(key)
    sums = {"living": "count(*)"}
    checks = [sa.CheckConstraint("living >= 0", name=op.f("ck_annotation_counts_living"))]
    if is_of_notes:
        sums["with_note"] = "sum(CAST(has_note AS INTEGER))"
        within = "with_note >= 0 AND with_note <= living"
        checks.append(sa.CheckConstraint(within, name=op.f("ck_annotation_counts_with_note")))
    op.create_table(
        "annotation_counts",
        *(
            sa.Column(name, sa.String(20) if name == "tag" else sa.Integer(), nullable=False)
            for name in (*key, *sums)
        ),
        *checks,
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_annotation_counts_{column}")
            )
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_annotation_counts")),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO annotation_counts ({names}, {', '.join(sums)})"  # noqa: S608  (the names above)
        f" SELECT {names}, {', '.join(sums.values())}"
        f" FROM annotations WHERE deleted_at IS NULL GROUP BY {names}"
    )
    op.create_index(op.f("ix_annotation_counts_article_id"), "annotation_counts", ["article_id"])
    for statement in _triggers(key, change, is_of_notes=is_of_notes):
        op.execute(statement)


def _triggers(key: Sequence[str], change: Sequence[str], *, is_of_notes: bool) -> Sequence[str]:
    names = ", ".join(key)
    new = ", ".join(f"NEW.{name}" for name in key)
    old = " AND ".join(f"{name} = OLD.{name}" for name in key)
    column = ", with_note" if is_of_notes else ""
    one = ", CAST(NEW.has_note AS INTEGER)" if is_of_notes else ""
    more = ", with_note = annotation_counts.with_note + EXCLUDED.with_note" if is_of_notes else ""
    less = ", with_note = with_note - CAST(OLD.has_note AS INTEGER)" if is_of_notes else ""
    count = f"""
INSERT INTO annotation_counts ({names}, living{column})
SELECT {new}, 1{one}
WHERE NEW.deleted_at IS NULL
ON CONFLICT ({names})
DO UPDATE SET living = annotation_counts.living + 1{more};"""
    count_no_more = f"""
UPDATE annotation_counts SET living = living - 1{less}
WHERE {old} AND OLD.deleted_at IS NULL;"""  # noqa: S608  (the names above)
    changed = f"UPDATE OF {', '.join(change)}"
    if op.get_bind().dialect.name == "postgresql":
        return (
            f"""CREATE OR REPLACE FUNCTION count_annotations() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
            IF TG_OP <> 'INSERT' THEN{count_no_more} END IF;
            IF TG_OP <> 'DELETE' THEN{count} END IF;
            RETURN NULL;
            END $$""",
            f"""CREATE CONSTRAINT TRIGGER annotations_are_counted
            AFTER INSERT OR DELETE OR {changed} ON annotations
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_annotations()""",
        )
    made, altered, removed = SQLITE
    return (
        f"CREATE TRIGGER {made} AFTER INSERT ON annotations BEGIN{count} END",
        f"""CREATE TRIGGER {altered} AFTER {changed} ON annotations
        BEGIN{count_no_more}{count} END""",
        f"CREATE TRIGGER {removed} AFTER DELETE ON annotations BEGIN{count_no_more} END",
    )
