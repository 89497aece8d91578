"""What the database itself keeps of annotations, in SQL: sums, and by what they are found."""

from collections.abc import Mapping

_COUNT = """
INSERT INTO annotation_counts
(project_id, account_id, article_id, revision_id, tag, tagged_month, living, with_note)
SELECT NEW.project_id, NEW.account_id, NEW.article_id, NEW.revision_id, NEW.tag, NEW.tagged_month,
1, CAST(NEW.has_note AS INTEGER)
WHERE NEW.deleted_at IS NULL
ON CONFLICT (project_id, account_id, article_id, revision_id, tag, tagged_month)
DO UPDATE SET living = annotation_counts.living + 1,
with_note = annotation_counts.with_note + EXCLUDED.with_note;"""
_COUNT_NO_MORE = """
UPDATE annotation_counts SET living = living - 1,
with_note = with_note - CAST(OLD.has_note AS INTEGER)
WHERE project_id = OLD.project_id AND account_id = OLD.account_id
AND article_id = OLD.article_id AND revision_id = OLD.revision_id
AND tag = OLD.tag AND tagged_month = OLD.tagged_month AND OLD.deleted_at IS NULL;"""
_CHANGE = "UPDATE OF revision_id, account_id, tag, deleted_at, has_note, tagged_month"
_COUNTING = {
    "sqlite": (
        f"CREATE TRIGGER annotations_count_made AFTER INSERT ON annotations BEGIN{_COUNT} END",
        f"""CREATE TRIGGER annotations_count_changed AFTER {_CHANGE} ON annotations
        BEGIN{_COUNT_NO_MORE}{_COUNT} END""",
        f"""CREATE TRIGGER annotations_count_removed AFTER DELETE ON annotations
        BEGIN{_COUNT_NO_MORE} END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION count_annotations() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
        IF TG_OP <> 'INSERT' THEN{_COUNT_NO_MORE} END IF;
        IF TG_OP <> 'DELETE' THEN{_COUNT} END IF;
        RETURN NULL;
        END $$""",
        f"""CREATE CONSTRAINT TRIGGER annotations_are_counted
        AFTER INSERT OR DELETE OR {_CHANGE} ON annotations
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_annotations()""",
    ),
}
# A table is kept in step with a column of ids, so that what carries one of these is found.
_KEEPING = {
    "sqlite": (
        """CREATE TRIGGER annotations_{column}_given AFTER INSERT ON annotations
        WHEN NEW.{column} <> '' BEGIN
        INSERT INTO {table} (annotation_id, {row_id})
        SELECT NEW.id, value FROM json_each('[' || NEW.{column} || ']');
        END""",
        """CREATE TRIGGER annotations_{column}_changed AFTER UPDATE OF {column} ON annotations
        WHEN NEW.{column} <> OLD.{column} BEGIN
        DELETE FROM {table} WHERE annotation_id = NEW.id
        AND {row_id} NOT IN (SELECT value FROM json_each('[' || NEW.{column} || ']'));
        INSERT OR IGNORE INTO {table} (annotation_id, {row_id})
        SELECT NEW.id, value FROM json_each('[' || NEW.{column} || ']');
        END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION carry_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE ids integer[] := string_to_array(NEW.{column}, ',')::integer[];
        BEGIN
        DELETE FROM {table} WHERE annotation_id = NEW.id AND {row_id} <> ALL (ids);
        INSERT INTO {table} (annotation_id, {row_id})
        SELECT NEW.id, unnest(ids) ON CONFLICT DO NOTHING;
        RETURN NULL;
        END $$""",
        """CREATE TRIGGER annotations_{column}_given AFTER INSERT ON annotations
        FOR EACH ROW WHEN (NEW.{column} <> '') EXECUTE FUNCTION carry_{column}()""",
        """CREATE TRIGGER annotations_{column}_changed AFTER UPDATE OF {column} ON annotations
        FOR EACH ROW WHEN (NEW.{column} <> OLD.{column}) EXECUTE FUNCTION carry_{column}()""",
    ),
}
_KEPT = (
    {"column": "themes", "table": "annotation_themes", "row_id": "theme_id"},
    {"column": "addressees", "table": "annotation_addressees", "row_id": "party_id"},
)

TRIGGERS: Mapping[str, tuple[str, ...]] = {
    dialect: (
        *_COUNTING[dialect],
        *(statement.format(**kept) for kept in _KEPT for statement in _KEEPING[dialect]),
    )
    for dialect in ("sqlite", "postgresql")
}
"""By dialect, made after the tables."""
