"""Let a corrected revision find what was tagged in it in the events of the correction.

The table held a copy of every field. The event that the correction made of each annotation holds
the same, as what was before: it is the last one before the event of the correction itself.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# MATERIALIZED: found once for each revision, and not once for each annotation.
FILL = """
INSERT INTO new_earlier_places (annotation_id, revision_id, event_id)
WITH corrections AS MATERIALIZED (
    SELECT base.id AS revision_id, (
        SELECT max(events.id) FROM events
        WHERE events.article_id = base.article_id AND events.kind = 'article.corrected'
            AND {number} = (
                SELECT min(following.number) FROM revisions AS following
                WHERE following.article_id = base.article_id AND following.number > base.number
                    AND following.taken_back_at IS NULL
            )
    ) AS event_id
    FROM revisions AS base WHERE base.id IN (SELECT revision_id FROM earlier_places)
)
SELECT place.annotation_id, place.revision_id, (
    SELECT max(events.id) FROM events
    WHERE events.annotation_id = place.annotation_id AND events.id < corrections.event_id
        AND events.kind IN ('annotation.reanchored', 'annotation.orphaned')
)
FROM earlier_places AS place JOIN corrections ON corrections.revision_id = place.revision_id
"""
BACK = """
INSERT INTO old_earlier_places (annotation_id, revision_id, start, "end", first_block, last_block,
    quote, prefix, suffix, tag, note, was_deleted)
SELECT found.annotation_id, found.revision_id, found.start, found."end", found.block,
    (
        SELECT max(blocks.number) FROM blocks
        WHERE blocks.revision_id = found.revision_id AND blocks.start < found."end"
    ),
    found.quote,
    CASE
        WHEN found.start <= 32 THEN substr(revisions.text, 1, found.start)
        ELSE substr(revisions.text, found.start - 31, 32)
    END,
    substr(revisions.text, found."end" + 1, 32),
    found.tag, found.note, found.deleted
FROM (
    SELECT place.annotation_id, place.revision_id, {start} AS start, {end} AS "end",
        {block} AS block, {quote} AS quote, {tag} AS tag, {note} AS note, {deleted} AS deleted
    FROM earlier_places AS place JOIN events ON events.id = place.event_id
) AS found JOIN revisions ON revisions.id = found.revision_id
"""
NUMBERS = ("start", "end", "block")
WORDS = ("quote", "tag", "note")


def upgrade() -> None:
    number = "json_extract(events.after, '$.revision')"
    if op.get_bind().dialect.name == "postgresql":
        number = "CAST(events.after ->> 'revision' AS INTEGER)"
    _create("new_earlier_places", {"event_id": "events"}, sa.Column("event_id", sa.Integer()))
    op.execute(FILL.format(number=number))
    _take_the_place("new_earlier_places")
    with op.batch_alter_table("earlier_places") as places:
        places.alter_column("event_id", existing_type=sa.Integer(), nullable=False)
    op.create_index("ix_earlier_places_revision_id", "earlier_places", ["revision_id"])


def downgrade() -> None:
    _create(
        "old_earlier_places",
        {},
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("first_block", sa.Integer(), nullable=False),
        sa.Column("last_block", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(length=32), nullable=False),
        sa.Column("suffix", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("was_deleted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "tag IN ('claim', 'demand', 'assumption', 'citation')",
            name=op.f("ck_earlier_places_tag"),
        ),
        sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f("ck_earlier_places_range")),
    )
    op.execute(BACK.format(**_state(op.get_bind().dialect.name)))
    _take_the_place("old_earlier_places")
    op.create_index(
        "ix_earlier_places_revision_id_start", "earlier_places", ["revision_id", "start"]
    )


def _state(dialect: str) -> dict[str, str]:
    """Return what reads each field of the state before an event."""
    if dialect == "postgresql":
        return {
            **{name: f"CAST(events.before ->> '{name}' AS INTEGER)" for name in NUMBERS},
            **{name: f"events.before ->> '{name}'" for name in WORDS},
            "deleted": "CAST(events.before ->> 'deleted' AS BOOLEAN)",
        }
    names = (*NUMBERS, *WORDS, "deleted")
    return {name: f"json_extract(events.before, '$.{name}')" for name in names}


def _create(name: str, more_targets: Mapping[str, str], *more: sa.schema.SchemaItem) -> None:
    targets = {"annotation_id": "annotations", "revision_id": "revisions", **more_targets}
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        name,
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        *more,
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_earlier_places_{column}")
            )
            for column, table in targets.items()
        ),
        # PostgreSQL names its index so, and two of one name cannot be.
        sa.PrimaryKeyConstraint(
            "annotation_id",
            "revision_id",
            name=op.f("pk_earlier_places" if is_sqlite else f"pk_{name}"),
        ),
    )


def _take_the_place(name: str) -> None:
    op.drop_table("earlier_places")
    op.rename_table(name, "earlier_places")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX pk_{name} RENAME TO pk_earlier_places")
