"""Let an event say what it is about, and the version that its row had then; refuse TRUNCATE too.

The key of an undo is unique by a partial index: most events have none. On SQLite the table is made
again once, by hand, so that what old events are about is filled in while they are copied.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATE = {
    "sqlite": "json_extract(coalesce(after, before), '$.{0}')",
    "postgresql": "CAST(coalesce(after, before) ->> '{0}' AS INTEGER)",
}
# What each event is about, by its kind; what stands in braces is a number that its state holds.
ABOUT = """
SELECT id,
    CASE
        WHEN kind LIKE 'comment.%' THEN 'comment'
        WHEN kind LIKE 'stance.%' OR kind LIKE 'thread.%' THEN 'thread'
        WHEN annotation_id IS NOT NULL THEN 'annotation'
        WHEN article_id IS NOT NULL OR {article} IS NOT NULL THEN 'article'
        WHEN kind LIKE 'invitation.%' THEN 'invitation'
        WHEN kind LIKE 'guidelines.%' THEN 'guidelines'
        WHEN kind LIKE 'account.%' OR {account} IS NOT NULL THEN 'account'
        ELSE 'project'
    END AS subject_kind,
    CASE
        WHEN kind LIKE 'comment.%' THEN {comment}
        WHEN annotation_id IS NOT NULL THEN annotation_id
        WHEN article_id IS NOT NULL OR {article} IS NOT NULL THEN coalesce(article_id, {article})
        WHEN kind LIKE 'invitation.%' THEN {invitation}
        WHEN kind LIKE 'guidelines.%' THEN project_id
        WHEN kind LIKE 'account.%' OR {account} IS NOT NULL THEN coalesce({account}, account_id)
        ELSE project_id
    END AS subject_id,
    CASE WHEN kind LIKE 'guidelines.%' THEN {number} END AS number
FROM events
"""
# Each change of an annotation and of a comment has had its event; each of the guidelines says it.
VERSIONED = """
SELECT id, subject_kind, subject_id,
    CASE
        WHEN subject_kind IN ('annotation', 'comment')
            THEN row_number() OVER (PARTITION BY subject_kind, subject_id ORDER BY id)
        ELSE number
    END AS version
FROM ({about}) AS about
"""

SQLITE_TRIGGER = """
CREATE TRIGGER events_are_not_{past} BEFORE {act} ON events
BEGIN SELECT RAISE(ABORT, 'An event is never changed or deleted.'); END
"""
SQLITE_ACTS = {"changed": "UPDATE", "deleted": "DELETE"}
FILL = (
    "UPDATE events SET subject_kind = found.subject_kind, subject_id = found.subject_id,"
    " version = found.version FROM ({}) AS found WHERE found.id = events.id"
)
KEY = "client_key IS NOT NULL"
COPIED = (
    'id, at, project_id, article_id, annotation_id, account_id, kind, "before", "after",'
    " undoes_id, redoes_id, client_key"
)
INDEXES = {
    "ix_events_article_id_id": ["article_id", "id"],
    "ix_events_annotation_id_id": ["annotation_id", "id"],
    "ix_events_account_id_article_id_id": ["account_id", "article_id", "id"],
    "ix_events_project_id_id_kind": ["project_id", "id", "kind"],
    "ix_events_project_id_account_id_id": ["project_id", "account_id", "id"],
}


def versioned(dialect: str) -> str:
    """Return the query of what each event is about."""
    names = ("article", "account", "comment", "invitation", "number")
    state = {name: STATE[dialect].format(name) for name in names}
    return VERSIONED.format(about=ABOUT.format(**state))


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _alter_on_postgresql()
    else:
        _make_anew_on_sqlite()


def _alter_on_postgresql() -> None:
    op.execute("DROP TRIGGER events_are_kept ON events")
    op.add_column("events", sa.Column("subject_kind", sa.String(length=20)))
    op.add_column("events", sa.Column("subject_id", sa.Integer()))
    op.add_column("events", sa.Column("version", sa.Integer()))
    op.execute(FILL.format(versioned("postgresql")))
    op.alter_column("events", "subject_kind", nullable=False)
    op.alter_column("events", "subject_id", nullable=False)
    op.drop_constraint("uq_events_account_id_client_key", "events", type_="unique")
    _index_keys()
    op.execute(
        "CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON events"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event()"
    )
    op.execute(
        "CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event()"
    )


def _make_anew_on_sqlite() -> None:
    _create("new_events", *_new_columns())
    op.execute(
        f"INSERT INTO new_events ({COPIED}, subject_kind, subject_id, version)"  # noqa: S608  (no value from outside)
        f" SELECT {', '.join('events.' + name.strip() for name in COPIED.split(','))},"
        " found.subject_kind, found.subject_id, found.version"
        f" FROM events JOIN ({versioned('sqlite')}) AS found ON found.id = events.id"
        " ORDER BY events.id"
    )
    _take_the_place_of_events("new_events")
    _index_keys()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER events_are_not_truncated ON events")
        op.drop_index("uq_events_account_id_client_key", table_name="events")
        op.create_unique_constraint(
            "uq_events_account_id_client_key", "events", ["account_id", "client_key"]
        )
        for name in ("version", "subject_id", "subject_kind"):
            op.drop_column("events", name)
        return
    key = sa.UniqueConstraint(
        "account_id", "client_key", name=op.f("uq_events_account_id_client_key")
    )
    _create("old_events", key)
    op.execute(f"INSERT INTO old_events ({COPIED}) SELECT {COPIED} FROM events ORDER BY id")  # noqa: S608  (the same)
    _take_the_place_of_events("old_events")


def _new_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer()),
    ]


def _index_keys() -> None:
    op.create_index(
        "uq_events_account_id_client_key",
        "events",
        ["account_id", "client_key"],
        unique=True,
        sqlite_where=sa.text(KEY),
        postgresql_where=sa.text(KEY),
    )


def _create(name: str, *more: sa.schema.SchemaItem) -> None:
    targets = {
        "account_id": "accounts",
        "annotation_id": "annotations",
        "article_id": "articles",
        "project_id": "projects",
        "redoes_id": "events",
        "undoes_id": "events",
    }
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer()),
        sa.Column("annotation_id", sa.Integer()),
        sa.Column("account_id", sa.Integer()),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.Column("undoes_id", sa.Integer()),
        sa.Column("redoes_id", sa.Integer()),
        sa.Column("client_key", sa.String(length=64)),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_events_{column}"))
            for column, table in targets.items()
        ),
    )


def _take_the_place_of_events(name: str) -> None:
    """Drop the table, with its indexes and triggers, and give another its name and all of these."""
    op.drop_table("events")
    op.rename_table(name, "events")
    for index, columns in INDEXES.items():
        op.create_index(index, "events", columns)
    for past, act in SQLITE_ACTS.items():
        op.execute(SQLITE_TRIGGER.format(past=past, act=act))
