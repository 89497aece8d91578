"""Keep each annotation's project, whether it was made blind, and how many there are.

The rows are changed in batches, so that whoever waits sees how far it is. A later migration that
copies the table of annotations on SQLite (`batch_alter_table`) loses the triggers that count
them there, and has to make them again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SEE_ALL = ("curator", "owner")
LIVING = sa.text("deleted_at IS NULL")
IN_TRASH = sa.text("deleted_at IS NOT NULL")

COUNT = """
INSERT INTO annotation_counts (project_id, account_id, article_id, revision_id, tag, living)
SELECT NEW.project_id, NEW.account_id, NEW.article_id, NEW.revision_id, NEW.tag, 1
WHERE NEW.deleted_at IS NULL
ON CONFLICT (project_id, account_id, article_id, revision_id, tag)
DO UPDATE SET living = annotation_counts.living + 1;"""
COUNT_NO_MORE = """
UPDATE annotation_counts SET living = living - 1
WHERE project_id = OLD.project_id AND account_id = OLD.account_id
AND article_id = OLD.article_id AND revision_id = OLD.revision_id
AND tag = OLD.tag AND OLD.deleted_at IS NULL;"""
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
AT_ONCE = 1_000  # ids, and articles between two lines of progress
ROWS_AT_ONCE = 50_000  # annotations between two lines of progress


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
    for batch in batches(connection):
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
    report("Making both required, for which SQLite copies the whole table.")
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


def batches(connection: sa.Connection) -> Iterator[dict[str, int]]:
    """Yield ranges of the annotations' ids, `first` to `last`, and report each that is done."""
    newest = connection.execute(sa.text("SELECT max(id) FROM annotations")).scalar() or 0
    for first in range(1, newest + 1, ROWS_AT_ONCE):
        last = first + ROWS_AT_ONCE - 1
        yield {"first": first, "last": last}
        if last < newest:
            report(f"{last:,} of {newest:,} annotations are done.")


def report(sentence: str) -> None:
    """Tell whoever started the migration how far it is."""
    config = op.get_context().config
    echo = config.attributes.get("echo") if config else None
    if echo is not None:
        echo(sentence)


def _count(connection: sa.Connection) -> None:
    op.create_table(
        "annotation_counts",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
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
            ["project_id"], ["projects.id"], name=op.f("fk_annotation_counts_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_annotation_counts_revision_id")
        ),
        sa.PrimaryKeyConstraint(
            "project_id",
            "account_id",
            "article_id",
            "revision_id",
            "tag",
            name=op.f("pk_annotation_counts"),
        ),
        sqlite_with_rowid=False,
    )
    connection.execute(
        sa.text(
            "INSERT INTO annotation_counts"
            " (project_id, account_id, article_id, revision_id, tag, living)"
            " SELECT project_id, account_id, article_id, revision_id, tag, count(*)"
            " FROM annotations WHERE deleted_at IS NULL"
            " GROUP BY project_id, account_id, article_id, revision_id, tag"
        )
    )
    op.create_index(op.f("ix_annotation_counts_article_id"), "annotation_counts", ["article_id"])
    if connection.dialect.name == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
        return
    for name, rest in SQLITE.items():
        op.execute(f"CREATE TRIGGER {name} {rest}")


_ARTICLES = """
SELECT articles.id, articles.project_id, articles.mode, articles.revealed_at IS NOT NULL AS revealed
FROM articles JOIN projects ON projects.id = articles.project_id
WHERE articles.mode = 'independent' OR projects.mode = 'independent'
OR EXISTS (SELECT 1 FROM events WHERE events.article_id = articles.id
  AND events.kind = 'article.mode_changed')
OR articles.project_id IN (SELECT events.project_id FROM events
  WHERE events.kind = 'project.mode_changed')
ORDER BY articles.project_id, articles.id
"""
_EVENTS = sa.table(
    "events",
    *map(sa.column, ("id", "project_id", "article_id", "annotation_id", "account_id", "kind")),
    sa.column("before", sa.JSON()),
    sa.column("after", sa.JSON()),
)
MODE, PROJECT_MODE = "article.mode_changed", "project.mode_changed"
REVEALED, HIDDEN = "article.revealed", "article.hidden"
STATE = "assignment.state_changed"
OF_ARTICLE = (MODE, REVEALED, HIDDEN, STATE)
OF_MEMBER = ("member.joined", "member.role_changed", "member.left", "member.removed")

Events = Sequence[sa.Row[Any]]


def _made_blind(connection: sa.Connection) -> Iterator[int]:
    """Yield the annotations whose annotator could not see those of others when they made them.

    The events say how things stood then: those of each article that is, or was, tagged
    independently are gone through from the beginning, with those of its project.
    """
    articles = connection.execute(sa.text(_ARTICLES)).all()
    known, of_project = None, _Project("shared", {}, ())
    for done, article in enumerate(articles):
        if done and done % AT_ONCE == 0:
            report(f"{done:,} of {len(articles):,} independent articles are done.")
        if article.project_id != known:
            known, of_project = article.project_id, _read_project(connection, article.project_id)
        columns = [each for each in _EVENTS.c if each.name not in {"before", "after"}]
        created = connection.execute(
            sa.select(*columns).where(
                _EVENTS.c.article_id == article.id, _EVENTS.c.kind == "annotation.created"
            )
        ).all()
        if created:
            here = _EVENTS.c.article_id == article.id
            past = _Past(of_project, article, _read_events(connection, here, OF_ARTICLE))
            for event in sorted([*created, *past.events], key=_id_of):
                if event.kind != "annotation.created":
                    past.take(event)
                elif past.is_blind(event.account_id):
                    yield event.annotation_id


@dataclass(frozen=True)
class _Project:
    """A project's mode and roles as they are now, and the events that changed them."""

    mode: str
    roles: Mapping[int, str]
    events: Events


def _read_project(connection: sa.Connection, project_id: int) -> _Project:
    values = {"project": project_id}
    mode = connection.execute(sa.text("SELECT mode FROM projects WHERE id = :project"), values)
    members = connection.execute(
        sa.text("SELECT account_id, role FROM members WHERE project_id = :project"), values
    )
    here = _EVENTS.c.project_id == project_id
    return _Project(
        mode.scalar_one(),
        {row.account_id: row.role for row in members},
        _read_events(connection, here, (PROJECT_MODE, *OF_MEMBER)),
    )


def _read_events(
    connection: sa.Connection, here: sa.ColumnElement[bool], kinds: tuple[str, ...]
) -> Events:
    query = sa.select(*_EVENTS.c).where(here, _EVENTS.c.kind.in_(kinds))
    return connection.execute(query.order_by(_EVENTS.c.id)).all()


class _Past:
    """How an article stood at one time, by the events that have been taken.

    At first it is as the first event found it; what no event tells was never otherwise than now.
    """

    def __init__(self, project: _Project, article: sa.Row[Any], events: Events) -> None:
        self.events = [*project.events, *events]
        self.project_mode = project.mode
        self.mode = article.mode
        self.is_revealed = bool(article.revealed)
        self.roles: dict[int, str | None] = dict(project.roles)
        self.done: set[int] = set()
        # The last word is that of the first event of each kind.
        for event in reversed(self.events):
            before = event.before or {}
            if event.kind == PROJECT_MODE:
                self.project_mode = before["mode"]
            elif event.kind == MODE:
                self.mode = before["mode"]
            elif event.kind in OF_MEMBER:
                self.roles[(event.after or before)["account"]] = before.get("role")
            if event.kind in {MODE, REVEALED, HIDDEN}:
                self.is_revealed = False

    def take(self, event: sa.Row[Any]) -> None:
        """Let an event have happened."""
        before, after = event.before or {}, event.after or {}
        if event.kind == PROJECT_MODE:
            self.project_mode = after["mode"]
        elif event.kind == MODE:
            project = after["project"]
            if (before["mode"] or project) != (after["mode"] or project):
                self.is_revealed = False
            self.mode = after["mode"]
        elif event.kind in {REVEALED, HIDDEN}:
            self.is_revealed = event.kind == REVEALED
        elif event.kind == STATE:
            is_done = after["state"] == "done"
            (self.done.add if is_done else self.done.discard)(after["account"])
        else:
            self.roles[(after or before)["account"]] = after.get("role")

    def is_blind(self, account_id: int) -> bool:
        """Say whether an account saw its own annotations alone."""
        if (self.mode or self.project_mode) != "independent" or self.is_revealed:
            return False
        return self.roles.get(account_id) not in SEE_ALL and account_id not in self.done


def _id_of(event: sa.Row[Any]) -> int:
    found: int = event.id
    return found


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
