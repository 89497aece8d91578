"""Search the reasons of agreeing and disputing: a thread was found by its comments alone.

A reason has a row of the index like a comment, by its annotation and account. The functions of
migration 0030 fold its words.
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_SQLITE_ADD = """
INSERT INTO search_index (rowid, words)
SELECT -(4294967296 + NEW.annotation_id * 4294967296 + NEW.account_id), fold_words(NEW.reason)
WHERE NEW.reason <> '';"""
_SQLITE_TAKE = """
INSERT INTO search_index (search_index, rowid, words)
SELECT 'delete', -(4294967296 + OLD.annotation_id * 4294967296 + OLD.account_id),
fold_words(OLD.reason) WHERE OLD.reason <> '';"""
_INDEX_ROW = """
CREATE FUNCTION index_stances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP <> 'INSERT' THEN
DELETE FROM search_index
WHERE id = -(4294967296 + OLD.annotation_id * 4294967296 + OLD.account_id);
END IF;
IF TG_OP <> 'DELETE' THEN
INSERT INTO search_index (id, words)
SELECT -(4294967296 + NEW.annotation_id * 4294967296 + NEW.account_id), vector_of(NEW.reason)
WHERE NEW.reason <> '';
END IF;
RETURN NULL;
END $$"""
_RUN = "FOR EACH ROW WHEN ({}) EXECUTE FUNCTION index_stances()"

TRIGGERS = {
    "sqlite": (
        f"""CREATE TRIGGER stances_search_made AFTER INSERT ON stances
        WHEN NEW.reason <> '' BEGIN{_SQLITE_ADD} END""",
        f"""CREATE TRIGGER stances_search_changed AFTER UPDATE OF reason ON stances
        WHEN NEW.reason <> OLD.reason BEGIN{_SQLITE_TAKE}{_SQLITE_ADD} END""",
        f"""CREATE TRIGGER stances_search_removed AFTER DELETE ON stances
        WHEN OLD.reason <> '' BEGIN{_SQLITE_TAKE} END""",
    ),
    "postgresql": (
        _INDEX_ROW,
        f"""CREATE TRIGGER stances_search_made AFTER INSERT ON stances
        {_RUN.format("NEW.reason <> ''")}""",
        f"""CREATE TRIGGER stances_search_changed AFTER UPDATE OF reason ON stances
        {_RUN.format("NEW.reason <> OLD.reason")}""",
        f"""CREATE TRIGGER stances_search_removed AFTER DELETE ON stances
        {_RUN.format("OLD.reason <> ''")}""",
    ),
}
FILL = {
    "sqlite": """INSERT INTO search_index (rowid, words)
        SELECT -(4294967296 + annotation_id * 4294967296 + account_id), fold_words(reason)
        FROM stances WHERE reason <> ''""",
    "postgresql": """INSERT INTO search_index (id, words)
        SELECT -(4294967296 + annotation_id * 4294967296 + account_id), vector_of(reason)
        FROM stances WHERE reason <> ''""",
}
EMPTY = {
    "sqlite": """INSERT INTO search_index (search_index, rowid, words)
        SELECT 'delete', -(4294967296 + annotation_id * 4294967296 + account_id),
        fold_words(reason) FROM stances WHERE reason <> ''""",
    "postgresql": "DELETE FROM search_index WHERE id < -2 * 4294967296",
}


def upgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    for statement in (*TRIGGERS[dialect], FILL[dialect]):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    dialect = connection.dialect.name
    connection.exec_driver_sql(EMPTY[dialect])
    if dialect == "sqlite":
        for name in ("made", "changed", "removed"):
            op.execute(f"DROP TRIGGER stances_search_{name}")
    else:
        op.execute("DROP FUNCTION index_stances() CASCADE")
