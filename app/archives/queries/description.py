"""What a project archive holds: one description, from which it is written, read and explained.

Every column of a table here goes into the archive, a later one too, unless it is left out with a
reason. A test fails where a table is neither here nor in `LEFT_OUT`.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import cast

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    Table,
    bindparam,
    select,
    true,
    union,
)

from app.accounts.models import Account
from app.activity.pages.event_groups import GROUPS
from app.annotations.models import Annotation, EarlierPlace
from app.articles.models import Article, BlockRow, InlineRow, Revision
from app.assignments.models import Progress
from app.core.db import ID, Base
from app.discussion.models import Comment, Mention, Participant, Stance, Thread, Verdict
from app.events.models import Event
from app.findings.models import SavedSearch
from app.frozen import frozen
from app.guidelines.models import Guidelines
from app.parties.models import Affiliation, Party, Position
from app.projects.models import Member, Project
from app.projects.service import invitations, reset_links
from app.themes.models import Theme

_PROJECT: BindParameter[int] = bindparam("project_id", type_=Integer)
_RETRY = "only whoever made it could use it, to send it a second time"
_MADE_ANEW = "made of the others when it is imported"
_PRIVATE = "nobody else's business, and nobody signs in by an archive"


@frozen
class ArchivedTable:
    """A table of an archive: what its rows are, and which of them belong to a project.

    `through` is the column that leads to the table whose rows say so, "" where the project itself
    does; `only` is what more must be true of them. `left_out` has a reason for each column that is
    not in the archive. `refers` names the table of ids that have no foreign key. What `is_read` is
    imported; the rest is there for whoever reads the archive.
    """

    model: type[Base]
    about: str
    through: str = ""
    only: ColumnElement[bool] = field(default_factory=true)
    left_out: Mapping[str, str] = field(default_factory=dict)
    refers: Mapping[str, str] = field(default_factory=dict)
    is_read: bool = True

    @property
    def table(self) -> Table:
        """Return the bare table: the ORM would look at every row."""
        return cast("Table", self.model.__table__)

    @property
    def name(self) -> str:
        """Return the table's name; the file of the archive is called after it."""
        return self.table.name

    @property
    def file(self) -> str:
        """Return the name of the file in the archive, with an object of JSON in each line."""
        return f"{self.name}.jsonl"

    @property
    def columns(self) -> list[Column[object]]:
        """Return the columns that are in the archive, the id first where there is one."""
        return [column for column in self.table.columns if column.name not in self.left_out]

    @property
    def has_id(self) -> bool:
        """Say whether others may refer to its rows by an id."""
        return ID in self.table.columns

    def target(self, column: Column[object]) -> str:
        """Return the name of the table whose ids a column holds, "" for none."""
        keys = [key.column.table.name for key in column.foreign_keys]
        return self.refers.get(column.name, keys[0] if keys else "")

    def is_of_project(self) -> ColumnElement[bool]:
        """Return the condition that a row belongs to the project bound as `project_id`."""
        if self.model is Account:
            return _is_named()
        if not self.through:
            return (self.table.c.id == _PROJECT) & self.only
        column = self.table.c[self.through]
        above = TABLES[self.target(column)]
        if above.model is Project:
            return (column == _PROJECT) & self.only
        return column.in_(select(above.table.c.id).where(above.is_of_project())) & self.only


def _is_named() -> ColumnElement[bool]:
    """Return the condition that something in the archive names an account."""
    named = [
        select(column).where(column.is_not(None), each.is_of_project())
        for each in _TABLES
        for column in each.columns
        if each.target(column) == Account.__tablename__
    ]
    events = Event.__table__.c
    for state in (events.before, events.after):
        number = state["account"].as_integer()
        about = events.subject_kind != "annotation"  # most are, and name nobody
        named.append(select(number).where(about, TABLES[Event.__tablename__].is_of_project()))
    return Account.__table__.c.id.in_(union(*named))


_KINDS_LEFT_OUT = (
    *GROUPS["sign-ins"].kinds,
    *(invitations.MADE, invitations.USED, invitations.REVOKED, reset_links.MADE),
)
_IS_IN_HISTORY = Event.__table__.c.kind.not_in(_KINDS_LEFT_OUT)
_IS_SHARED = SavedSearch.__table__.c.is_shared

_TABLES = (
    ArchivedTable(Project, "The project itself, one row."),
    ArchivedTable(
        Account,
        "Whoever the other files name. Imported they are names of people who cannot sign in.",
        left_out={
            "email": _PRIVATE,
            "password_hash": _PRIVATE,
            "letter_keys": _PRIVATE,
            "steps_on": _PRIVATE,
            "guide": _PRIVATE,
            "daily_digest": _PRIVATE,
            "disabled_at": _PRIVATE,
        },
    ),
    ArchivedTable(
        Member,
        "Who was in the project, and as what. Not imported: whoever imports owns the copy.",
        through="project_id",
        is_read=False,
    ),
    ArchivedTable(
        Theme,
        "The project's own keywords, archived ones too.",
        through="project_id",
        left_out={"folded": _MADE_ANEW},
    ),
    ArchivedTable(
        Party,
        "The people and organisations in the texts; another name of one is a row of its own.",
        through="project_id",
        left_out={"folded": _MADE_ANEW},
    ),
    ArchivedTable(
        Affiliation, "Which organisation a person speaks for, and when.", through="party_id"
    ),
    ArchivedTable(
        Position,
        "What one may be for or against; another wording of one is a row of its own.",
        through="project_id",
        left_out={"folded": _MADE_ANEW},
    ),
    ArchivedTable(
        Article,
        "The articles, archived ones too.",
        through="project_id",
        left_out={
            "title_key": _MADE_ANEW,
            "author_key": _MADE_ANEW,
            "searched": _MADE_ANEW,
            "loaded_from": "a path on the server",
        },
    ),
    ArchivedTable(Revision, "Every text that an article had.", through="article_id"),
    ArchivedTable(
        BlockRow, "The paragraphs, headings and so on of each text.", through="revision_id"
    ),
    ArchivedTable(
        InlineRow, "Hyperlinks, emphasis and footnote marks of each text.", through="revision_id"
    ),
    ArchivedTable(
        Annotation,
        "What was tagged: living, in the trash, and those whose words a correction dropped.",
        through="project_id",
        left_out={"client_key": _RETRY, "has_note": _MADE_ANEW, "tagged_month": _MADE_ANEW},
        refers={"themes": Theme.__tablename__, "addressees": Party.__tablename__},
    ),
    ArchivedTable(Thread, "What is said of an annotation, summed up.", through="article_id"),
    ArchivedTable(
        Comment,
        "Comments and questions, deleted ones too.",
        through="annotation_id",
        left_out={"client_key": _RETRY},
    ),
    ArchivedTable(Stance, "Who agrees with an annotation or disputes it.", through="annotation_id"),
    ArchivedTable(
        Verdict,
        "What is said of two passages of a party, one for a position and one against it.",
        through="project_id",
    ),
    ArchivedTable(
        Progress, "Who was asked to tag an article, and how far they are.", through="article_id"
    ),
    ArchivedTable(
        Guidelines,
        "How the project tags, every version, with its examples.",
        through="project_id",
    ),
    ArchivedTable(
        SavedSearch,
        "Saved searches that the project shares.",
        through="project_id",
        only=_IS_SHARED,
    ),
    ArchivedTable(
        Event,
        "The history: one row for each change, in its order, with the fields before and after."
        " Signing in, invitations and links for passwords are left out.",
        through="project_id",
        only=_IS_IN_HISTORY,
        left_out={"client_key": _RETRY},
        refers={"part_of_id": Event.__tablename__},
    ),
    ArchivedTable(
        EarlierPlace,
        "Where annotations stood in a text before it was corrected: the event says it.",
        through="revision_id",
    ),
    ArchivedTable(Mention, "Who is named in a comment or a reason.", through="annotation_id"),
    ArchivedTable(
        Participant,
        "Whom a thread concerns, from which event on.",
        through="annotation_id",
        refers={"since_id": Event.__tablename__, "last_event_id": Event.__tablename__},
    ),
)

TABLES: Mapping[str, ArchivedTable] = {each.name: each for each in _TABLES}
"""The tables by their names, each after those that it refers to, but for two circles.

An article refers to its text, which comes later, and a theme, party or position to another one.
"""

_ON_ITS_WAY = "work of one person that is not done"
_BY_TRIGGERS = "the database itself keeps it"
_OF_ACCOUNTS = "of an account, not of a project"

LEFT_OUT: Mapping[str, str] = {
    "annotation_addressees": _BY_TRIGGERS,
    "annotation_counts": _BY_TRIGGERS,
    "annotation_themes": _BY_TRIGGERS,
    "api_tokens": _OF_ACCOUNTS,
    "attempts": _OF_ACCOUNTS,
    "drafts": _ON_ITS_WAY,
    "identities": _OF_ACCOUNTS,
    "import_files": _ON_ITS_WAY,
    "import_rows": _ON_ITS_WAY,
    "imports": _ON_ITS_WAY,
    "inbox_reads": _OF_ACCOUNTS,
    "inboxes": _OF_ACCOUNTS,
    "invitations": "whoever holds one could come in",
    "password_resets": _OF_ACCOUNTS,
    "search_sentences": _BY_TRIGGERS,
    "sessions": _OF_ACCOUNTS,
}
"""The tables that no archive holds, each with the reason."""
