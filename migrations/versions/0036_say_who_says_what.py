"""Give projects parties and positions, and annotations a party, addressees, a position and a side.

Columns are added one by one, also on SQLite, so that no row is rewritten and no trigger lost.
The triggers keep `annotation_addressees` in step with the column `addressees` of the annotations.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": (
        """CREATE TRIGGER annotations_addressees_given AFTER INSERT ON annotations
        WHEN NEW.addressees <> '' BEGIN
        INSERT INTO annotation_addressees (annotation_id, party_id)
        SELECT NEW.id, value FROM json_each('[' || NEW.addressees || ']');
        END""",
        """CREATE TRIGGER annotations_addressees_changed AFTER UPDATE OF addressees ON annotations
        WHEN NEW.addressees <> OLD.addressees BEGIN
        DELETE FROM annotation_addressees WHERE annotation_id = NEW.id
        AND party_id NOT IN (SELECT value FROM json_each('[' || NEW.addressees || ']'));
        INSERT OR IGNORE INTO annotation_addressees (annotation_id, party_id)
        SELECT NEW.id, value FROM json_each('[' || NEW.addressees || ']');
        END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION carry_addressees() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE ids integer[] := string_to_array(NEW.addressees, ',')::integer[];
        BEGIN
        DELETE FROM annotation_addressees WHERE annotation_id = NEW.id AND party_id <> ALL (ids);
        INSERT INTO annotation_addressees (annotation_id, party_id)
        SELECT NEW.id, unnest(ids) ON CONFLICT DO NOTHING;
        RETURN NULL;
        END $$""",
        """CREATE TRIGGER annotations_addressees_given AFTER INSERT ON annotations
        FOR EACH ROW WHEN (NEW.addressees <> '') EXECUTE FUNCTION carry_addressees()""",
        """CREATE TRIGGER annotations_addressees_changed AFTER UPDATE OF addressees ON annotations
        FOR EACH ROW WHEN (NEW.addressees <> OLD.addressees) EXECUTE FUNCTION carry_addressees()""",
    ),
}
COLUMNS = (
    "party_id INTEGER CONSTRAINT fk_annotations_party_id REFERENCES parties (id)",
    "position_id INTEGER CONSTRAINT fk_annotations_position_id REFERENCES positions (id)",
    (
        "side VARCHAR(10) DEFAULT '' NOT NULL CONSTRAINT ck_annotations_side CHECK"
        " (side IN ('', 'for', 'against'))"
    ),
    "addressees TEXT DEFAULT '' NOT NULL",
)
INDEXES = ("party", "position")
INDEXED = ("article_id", "start", "id", "account_id", "party_id", "position_id", "side", "end")
LISTED = ("tag", "tagged_month", "has_note", "revision_id", "deleted_at")


def upgrade() -> None:
    by_code_points = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    _create_named(
        "parties",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("folded", by_code_points, nullable=False),
        sa.Column("kind", sa.String(20), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind IN ('', 'person', 'organization')", name=op.f("ck_parties_kind")),
        sa.CheckConstraint("name <> '' AND name NOT LIKE '%;%'", name=op.f("ck_parties_name")),
    )
    _create_named(
        "positions",
        sa.Column("sentence", sa.String(300), nullable=False),
        sa.Column("folded", by_code_points, nullable=False),
        sa.CheckConstraint("sentence <> ''", name=op.f("ck_positions_sentence")),
    )
    op.create_table(
        "affiliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(
            "organization_id <> party_id", name=op.f("ck_affiliations_organization")
        ),
        sa.CheckConstraint("until >= since", name=op.f("ck_affiliations_days")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_affiliations_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["parties.id"], name=op.f("fk_affiliations_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliations")),
    )
    for column in ("party_id", "organization_id"):
        op.create_index(op.f(f"ix_affiliations_{column}"), "affiliations", [column])
    op.create_table(
        "annotation_addressees",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_annotation_addressees_annotation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_annotation_addressees_party_id")
        ),
        sa.PrimaryKeyConstraint("annotation_id", "party_id", name=op.f("pk_annotation_addressees")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_annotation_addressees_party_id_annotation_id"),
        "annotation_addressees",
        ["party_id", "annotation_id"],
    )
    for column in COLUMNS:
        op.execute(f"ALTER TABLE annotations ADD COLUMN {column}")
    for name in INDEXES:
        condition = sa.text(f"{name}_id IS NOT NULL AND deleted_at IS NULL")
        op.create_index(
            op.f(f"ix_annotations_by_{name}"),
            "annotations",
            list(dict.fromkeys(("project_id", f"{name}_id", *INDEXED, *LISTED))),
            sqlite_where=condition,
            postgresql_where=condition,
        )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _create_named(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("alias_of_id", sa.Integer()),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("alias_of_id <> id", name=op.f(f"ck_{table}_alias")),
        sa.ForeignKeyConstraint(
            ["alias_of_id"], [f"{table}.id"], name=op.f(f"fk_{table}_alias_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f(f"fk_{table}_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        op.f(f"uq_{table}_project_id_folded"), table, ["project_id", "folded"], unique=True
    )
    op.create_index(op.f(f"ix_{table}_alias_of_id"), table, ["alias_of_id"])


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("annotations_addressees_given", "annotations_addressees_changed"):
        op.execute(f"DROP TRIGGER {name}" + (" ON annotations" if is_postgresql else ""))
    if is_postgresql:
        op.execute("DROP FUNCTION carry_addressees()")
    for name in INDEXES:
        op.drop_index(op.f(f"ix_annotations_by_{name}"), "annotations")
    for column in COLUMNS:
        op.execute(f"ALTER TABLE annotations DROP COLUMN {column.split()[0]}")
    for table in ("annotation_addressees", "affiliations", "positions", "parties"):
        op.drop_table(table)
