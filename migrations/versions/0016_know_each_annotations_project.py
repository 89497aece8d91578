"""Keep each annotation's project, whether it was made blind, and how many there are.

The rows are changed in batches, so that whoever waits sees how far it is. A later migration that
makes the table of annotations anew on SQLite (`batch_alter_table`) loses the triggers that count
them there, and has to make them again.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.migrate import batches, report

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SEE_ALL = ("curator", "owner")
LIVING = sa.text("deleted_at IS NULL")
IN_TRASH = sa.text("deleted_at IS NOT NULL")

COUNT = """
INSERT INTO annotation_counts (article_id, revision_id, account_id, tag, living)
SELECT NEW.article_id, NEW.revision_id, NEW.account_id, NEW.tag, 1 WHERE NEW.deleted_at IS NULL
ON CONFLICT (article_id, revision_id, account_id, tag)
DO UPDATE SET living = annotation_counts.living + 1;"""
COUNT_NO_MORE = """
UPDATE annotation_counts SET living = living - 1
WHERE article_id = OLD.article_id AND revision_id = OLD.revision_id
AND account_id = OLD.account_id AND tag = OLD.tag AND OLD.deleted_at IS NULL;"""
CHANGE = "UPDATE OF revision_id, account_id, tag, deleted_at"
SQLITE = {
    "annotations_count_made": f"AFTER INSERT ON annotations BEGIN{COUNT} END",
    "annotations_count_changed": f"AFTER {CHANGE} ON annotations BEGIN{COUNT_NO_MORE}{COUNT} END",
    "annotations_count_removed": f"AFTER DELETE ON annotations BEGIN{COUNT_NO_MORE} END",
}
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION count_annotations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP <> 'INSERT' THEN{COUNT_NO_MORE} END IF;
IF TG_OP <> 'DELETE' THEN{COUNT} END IF;
RETURN NULL;
END $$
"""
# At the end of a transaction, when it holds all its other locks: two never wait for each other.
POSTGRESQL_TRIGGER = f"""
CREATE CONSTRAINT TRIGGER annotations_are_counted
AFTER INSERT OR DELETE OR {CHANGE} ON annotations
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_annotations()
"""
AT_ONCE = 1_000  # events, and ids


def upgrade() -> None:
    connection = op.get_bind()
    made_blind = sa.Table(
        "made_blind",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), primary_key=True),
        prefixes=["TEMPORARY"],
    )
    made_blind.create(connection)
    report("Looking which annotations were made while others' were hidden.")
    for ids in _in_batches(_made_blind(connection)):
        connection.execute(made_blind.insert(), [{"id": each} for each in ids])
    report("Keeping the project of each annotation.")
    op.add_column("annotations", sa.Column("project_id", sa.Integer()))
    op.add_column("annotations", sa.Column("made_blind", sa.Boolean()))
    for batch in batches("annotations"):
        connection.execute(
            sa.text(
                "UPDATE annotations SET project_id = (SELECT articles.project_id FROM articles"
                " WHERE articles.id = annotations.article_id), made_blind = EXISTS"
                " (SELECT 1 FROM made_blind WHERE made_blind.id = annotations.id)"
                " WHERE id BETWEEN :first AND :last"
            ),
            batch,
        )
    made_blind.drop(connection)
    with op.batch_alter_table("annotations") as annotations:
        annotations.alter_column("project_id", existing_type=sa.Integer(), nullable=False)
        annotations.alter_column("made_blind", existing_type=sa.Boolean(), nullable=False)
        annotations.create_foreign_key(
            op.f("fk_annotations_project_id"), "projects", ["project_id"], ["id"]
        )
    report("Indexing and counting the annotations.")
    op.create_index(
        op.f("ix_annotations_project_id_tag_living"),
        "annotations",
        ["project_id", "tag", "id"],
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_index(
        op.f("ix_annotations_project_id_trash"),
        "annotations",
        ["project_id", "deleted_at", "account_id"],
        sqlite_where=IN_TRASH,
        postgresql_where=IN_TRASH,
    )
    _count(connection)


def _count(connection: sa.Connection) -> None:
    op.create_table(
        "annotation_counts",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=20), nullable=False),
        sa.Column("living", sa.Integer(), nullable=False),
        sa.CheckConstraint("living >= 0", name=op.f("ck_annotation_counts_living")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_annotation_counts_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_annotation_counts_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_annotation_counts_revision_id")
        ),
        sa.PrimaryKeyConstraint(
            "article_id", "revision_id", "account_id", "tag", name=op.f("pk_annotation_counts")
        ),
        sqlite_with_rowid=False,
    )
    connection.execute(
        sa.text(
            "INSERT INTO annotation_counts (article_id, revision_id, account_id, tag, living)"
            " SELECT article_id, revision_id, account_id, tag, count(*) FROM annotations"
            " WHERE deleted_at IS NULL GROUP BY article_id, revision_id, account_id, tag"
        )
    )
    if connection.dialect.name == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
        return
    for name, rest in SQLITE.items():
        op.execute(f"CREATE TRIGGER {name} {rest}")


def _made_blind(connection: sa.Connection) -> Iterator[int]:
    """Yield the annotations whose annotator could not see those of others when they made them.

    The events say how things stood then: they are gone through from the beginning of each project
    that has, or had, an article that was tagged independently.
    """
    projects = connection.execute(
        sa.text(
            "SELECT id FROM projects WHERE mode = 'independent'"
            " UNION SELECT project_id FROM articles WHERE mode = 'independent'"
            " UNION SELECT project_id FROM events"
            " WHERE kind IN ('project.mode_changed', 'article.mode_changed')"
        )
    ).scalars()
    for project_id in sorted(projects):
        past = _Past(connection, project_id)
        for event in _events(connection, project_id, _Past.KINDS):
            if event.kind == "annotation.created":
                if past.is_blind(event.article_id, event.account_id):
                    yield event.annotation_id
            else:
                past.take(event)


_EVENTS = sa.table(
    "events",
    *map(sa.column, ("id", "project_id", "article_id", "annotation_id", "account_id", "kind")),
    sa.column("before", sa.JSON()),
    sa.column("after", sa.JSON()),
)


def _events(
    connection: sa.Connection, project_id: int, kinds: tuple[str, ...]
) -> Iterator[sa.Row[Any]]:
    """Yield events of a project in the order in which they happened, a thousand at a time."""
    last = 0
    columns = [each for each in _EVENTS.c if each.name != "project_id"]
    while True:
        rows = connection.execute(
            sa.select(*columns)
            .where(_EVENTS.c.project_id == project_id, _EVENTS.c.id > last)
            .where(_EVENTS.c.kind.in_(kinds))
            .order_by(_EVENTS.c.id)
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


class _Past:
    """How a project stood at one time, by the events up to then.

    What no event tells was never otherwise: it is as it is now, or as the first event found it.
    """

    PROJECT_MODE = "project.mode_changed"
    MODE, REVEALED, HIDDEN = "article.mode_changed", "article.revealed", "article.hidden"
    STATE = "assignment.state_changed"
    MEMBERS = ("member.joined", "member.role_changed", "member.left", "member.removed")
    KINDS = ("annotation.created", PROJECT_MODE, MODE, REVEALED, HIDDEN, STATE, *MEMBERS)

    def __init__(self, connection: sa.Connection, project_id: int) -> None:
        def rows(query: str) -> dict[Any, Any]:
            found = connection.execute(sa.text(query), {"project": project_id}).all()
            return {row[0]: row[1] for row in found}

        self.project_mode: str = rows("SELECT id, mode FROM projects WHERE id = :project")[
            project_id
        ]
        self.modes = rows("SELECT id, mode FROM articles WHERE project_id = :project")
        self.roles = rows("SELECT account_id, role FROM members WHERE project_id = :project")
        revealed = rows("SELECT id, revealed_at FROM articles WHERE project_id = :project")
        self.revealed = {article for article, at in revealed.items() if at is not None}
        self.done: set[tuple[int, int]] = set()
        known: set[Any] = set()
        for event in _events(connection, project_id, self.KINDS[1:]):
            before = event.before or {}
            if event.kind == self.PROJECT_MODE and event.kind not in known:
                known.add(event.kind)
                self.project_mode = before["mode"]
            elif event.kind == self.MODE and (self.MODE, event.article_id) not in known:
                known.add((self.MODE, event.article_id))
                self.modes[event.article_id] = before["mode"]
            elif event.kind in self.MEMBERS:
                account = (event.after or before)["account"]
                if ("member", account) not in known:
                    known.add(("member", account))
                    self.roles[account] = before.get("role")
            if event.kind in {self.REVEALED, self.HIDDEN, self.MODE}:
                self.revealed.discard(event.article_id)

    def take(self, event: sa.Row[Any]) -> None:
        """Let an event have happened."""
        before, after = event.before or {}, event.after or {}
        if event.kind == self.PROJECT_MODE:
            self.project_mode = after["mode"]
        elif event.kind == self.MODE:
            project = after["project"]
            if (before["mode"] or project) != (after["mode"] or project):
                self.revealed.discard(event.article_id)
            self.modes[event.article_id] = after["mode"]
        elif event.kind == self.REVEALED:
            self.revealed.add(event.article_id)
        elif event.kind == self.HIDDEN:
            self.revealed.discard(event.article_id)
        elif event.kind == self.STATE:
            key = (event.article_id, after["account"])
            (self.done.add if after["state"] == "done" else self.done.discard)(key)
        else:
            self.roles[(after or before)["account"]] = after.get("role")

    def is_blind(self, article_id: int, account_id: int) -> bool:
        """Say whether an account saw its own annotations alone in an article."""
        if (self.modes.get(article_id) or self.project_mode) != "independent":
            return False
        if article_id in self.revealed or self.roles.get(account_id) in SEE_ALL:
            return False
        return (article_id, account_id) not in self.done


def _in_batches(ids: Iterator[int]) -> Iterator[list[int]]:
    some: list[int] = []
    for each in ids:
        some.append(each)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER annotations_are_counted ON annotations")
        op.execute("DROP FUNCTION count_annotations()")
    else:
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("annotation_counts")
    op.drop_index(op.f("ix_annotations_project_id_trash"), table_name="annotations")
    op.drop_index(op.f("ix_annotations_project_id_tag_living"), table_name="annotations")
    with op.batch_alter_table("annotations") as annotations:
        annotations.drop_constraint(op.f("fk_annotations_project_id"), type_="foreignkey")
        annotations.drop_column("made_blind")
        annotations.drop_column("project_id")
