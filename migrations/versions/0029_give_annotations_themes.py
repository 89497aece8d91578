"""Give projects themes, and annotations what they carry of them.

The triggers keep `annotation_themes`, by which the annotations of a theme are found, in step with
the column `themes` of the annotations.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": (
        """CREATE TRIGGER annotations_themes_given AFTER INSERT ON annotations
        WHEN NEW.themes <> '' BEGIN
        INSERT INTO annotation_themes (annotation_id, theme_id)
        SELECT NEW.id, value FROM json_each('[' || NEW.themes || ']');
        END""",
        """CREATE TRIGGER annotations_themes_changed AFTER UPDATE OF themes ON annotations
        WHEN NEW.themes <> OLD.themes BEGIN
        DELETE FROM annotation_themes WHERE annotation_id = NEW.id
        AND theme_id NOT IN (SELECT value FROM json_each('[' || NEW.themes || ']'));
        INSERT OR IGNORE INTO annotation_themes (annotation_id, theme_id)
        SELECT NEW.id, value FROM json_each('[' || NEW.themes || ']');
        END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION carry_themes() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE ids integer[] := string_to_array(NEW.themes, ',')::integer[];
        BEGIN
        DELETE FROM annotation_themes WHERE annotation_id = NEW.id AND theme_id <> ALL (ids);
        INSERT INTO annotation_themes (annotation_id, theme_id)
        SELECT NEW.id, unnest(ids) ON CONFLICT DO NOTHING;
        RETURN NULL;
        END $$""",
        """CREATE TRIGGER annotations_themes_given AFTER INSERT ON annotations
        FOR EACH ROW WHEN (NEW.themes <> '') EXECUTE FUNCTION carry_themes()""",
        """CREATE TRIGGER annotations_themes_changed AFTER UPDATE OF themes ON annotations
        FOR EACH ROW WHEN (NEW.themes <> OLD.themes) EXECUTE FUNCTION carry_themes()""",
    ),
}
COLOURS = "colour IN ('blue', 'teal', 'green', 'ochre', 'rust', 'rose', 'plum', 'slate')"


def upgrade() -> None:
    by_code_points = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("folded", by_code_points, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(20), server_default=sa.text("'slate'"), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(COLOURS, name=op.f("ck_themes_colour")),
        sa.CheckConstraint("name <> '' AND name NOT LIKE '%;%'", name=op.f("ck_themes_name")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_themes_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["themes.id"], name=op.f("fk_themes_parent_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_themes_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
    )
    op.create_index(
        op.f("uq_themes_project_id_folded"), "themes", ["project_id", "folded"], unique=True
    )
    op.create_table(
        "annotation_themes",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_annotation_themes_annotation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_annotation_themes_theme_id")
        ),
        sa.PrimaryKeyConstraint("annotation_id", "theme_id", name=op.f("pk_annotation_themes")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_annotation_themes_theme_id_annotation_id"),
        "annotation_themes",
        ["theme_id", "annotation_id"],
    )
    op.add_column(
        "annotations",
        sa.Column("themes", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in ("annotations_themes_given", "annotations_themes_changed"):
        op.execute(f"DROP TRIGGER {name}" + (" ON annotations" if is_postgresql else ""))
    if is_postgresql:
        op.execute("DROP FUNCTION carry_themes()")
    op.drop_column("annotations", "themes")
    op.drop_table("annotation_themes")
    op.drop_table("themes")
