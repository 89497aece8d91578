"""A large database: a million annotations, half of them in one project of 5,000 articles.

The rows are copied inside the database from a few hundred that are made here; they are the same
each time, and such that `flask --app app verify` finds nothing wrong.
"""

import hashlib
import json
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    case,
    cast,
    extract,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)

from app.accounts.avatars import Colour, colour_for
from app.accounts.models import Account
from app.accounts.passwords import hash_password
from app.annotations.models import ANNOTATION, Annotation, AnnotationCount, AnnotationTheme
from app.annotations.service.annotations import CREATED, DELETED
from app.annotations.state import AnnotationState
from app.annotations.tags import Tag
from app.articles.models import Article, BlockRow, Revision
from app.articles.service.articles import ADDED, sentences_of, text_hash
from app.assignments.models import Progress, State
from app.assignments.service.assignments import ASSIGNED
from app.core.db import Database, UTCDateTime
from app.core.migrate import upgrade
from app.discussion.models import Comment, Participant, Stance, Thread
from app.discussion.service.comments import WRITTEN
from app.discussion.service.stances import DISPUTE, TAKEN
from app.events.models import Event
from app.guidelines.models import Guidelines
from app.parties.kinds import KINDS
from app.parties.models import Named, Party, Position
from app.parties.state import state_of
from app.projects.models import Member, Project
from app.projects.roles import Role
from app.projects.service.members import JOINED
from app.projects.service.projects import CREATED as PROJECT_CREATED
from app.search.service.rebuild import rebuild
from app.text.anchoring import describe
from app.text.document import Document, Piece
from app.text.sorting import fold, sort_key
from app.themes.models import THEME, Theme
from app.themes.service.themes import CREATED as THEME_CREATED
from app.themes.state import ThemeState
from bench.rows import PASSWORD, email_of, passages

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
PEOPLE = 20
FEW_PEOPLE = 5  # who tag in the smaller projects; all are members
PROJECTS = 1_000
PUBLICATIONS = 12
INDEPENDENT = 10  # one article in so many of the large project; half of these are revealed
ASSIGNED_TO = 4  # people, of each article of the large project
IN_TRASH = 98  # the passage whose annotation is deleted, in each article of the large project
DISCUSSED = 0  # the passage whose annotation has a question
DISPUTED = 8  # one in so many of these is disputed, too
THEMES = 12  # of the large project
BRANCHES = 3  # a theme has at most so many beneath it, and they as many
THEMED = 10  # one passage in so many of the large project carries a theme
PARTIES, POSITIONS = 40, 20  # of the large project
SAID = 9  # one passage in so many there is said by a party; every other of these takes a side
"""Has no factor in common with people and tags: each of them has some that nobody says, too."""
WORDS, BLOCKS = 400, 8
OWN_WORDS = " Ship number{:05} of fleet{:02} is late."
"""What each text has of its own, for searches: one word, and one that others have, too."""
FLEETS = 50
OWN_BLOCK = 2
BESIDE = 40  # characters beside its own words in which nothing is tagged
ROWS_AT_ONCE = 5_000
WITH_IDS = (
    *("accounts", "projects", "articles", "revisions", "annotations", "comments", "events"),
    *("themes", "parties", "positions"),
)

OWNER, ANNOTATOR = "Person1", "Person2"
LARGE = "project-1"

_JSON_HERE = 987_654_321  # the id of a revision that stands for any

_here = MetaData()
_passage = Table(
    "bench_passages",
    _here,
    Column("place", Integer, primary_key=True, doc="Counted from 0"),
    Column("tag", String(20)),
    Column("start", Integer),
    Column("end", Integer),
    Column("first_block", Integer),
    Column("last_block", Integer),
    Column("quote", Text),
    Column("prefix", String(32)),
    Column("suffix", String(32)),
    Column("note", Text),
    Column("themes", Text, doc="In the large project, as the next three"),
    Column("party_id", Integer),
    Column("position_id", Integer),
    Column("side", String(20)),
    Column("state", Text, doc="What an event keeps, up to the id of the revision"),
    Column("state_end", Text, doc="The rest of it"),
    Column("large_state_end", Text, doc="The same, in the large project"),
    Column("deleted_state_end", Text, doc="The same, for one there in the trash"),
)
_plan = Table(
    "bench_plan",
    _here,
    Column("article_id", Integer, primary_key=True, doc="Also the id of its revision"),
    Column("project_id", Integer),
    Column("people", Integer),
    Column("annotations", Integer),
    Column("first_id", BigInteger, doc="Of its annotations"),
    Column("at", UTCDateTime()),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: articles of the large project, and annotations of each article."""

    articles: int = 5_000
    annotations: int = 100
    smaller_articles: int = 999
    smaller_annotations: int = 500

    @property
    def all_annotations(self) -> int:
        """Return how many annotations there are."""
        large = self.articles * self.annotations
        return large + self.smaller_articles * self.smaller_annotations


def fill(url: str, size: Size) -> None:
    """Make the tables and the rows. All accounts have PASSWORD; the first owns every project.

    On PostgreSQL only a superuser may.
    """
    upgrade(url)
    database = Database(url)
    with database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA temp_store = MEMORY")
            connection.exec_driver_sql("PRAGMA cache_size = -200000")
        else:
            # The references are right: to look after each of ten million takes minutes.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        _here.create_all(connection)
        document = _document()
        _add_people_and_projects(connection)
        _add_articles(connection, document, size)
        _add_passages(connection, document, size)
        last = _add_annotations(connection, size)
        _set_sequences(connection)
        _add_discussion(connection, last)
        _add_assignments(connection, size)
        _here.drop_all(connection)
        _set_sequences(connection)
        rebuild(connection)  # on PostgreSQL no trigger ran
    if database.is_postgresql:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                text("VACUUM ANALYZE")
            )
    database.dispose()


def _add_people_and_projects(connection: Connection) -> None:
    password_hash = hash_password(PASSWORD)
    connection.execute(
        insert(Account),
        [
            {
                "id": number,
                "name": f"Person{number}",
                "email": email_of(f"Person{number}"),
                "password_hash": password_hash,
                "letter_keys": True,
                "created_at": BEGAN,
                "colour": colour_for(number),
            }
            for number in range(1, PEOPLE + 1)
        ],
    )
    connection.execute(
        insert(Project),
        [
            {
                "id": number,
                "slug": f"project-{number}",
                "name": f"Project {number}: commentary of one autumn",
                "created_at": BEGAN,
            }
            for number in range(1, PROJECTS + 1)
        ],
    )
    members: list[dict[str, Any]] = [
        {
            "project_id": project,
            "account_id": account,
            "role": (Role.OWNER if account == 1 else Role.ANNOTATOR).value,
            "joined_at": BEGAN,
        }
        for project in range(1, PROJECTS + 1)
        for account in range(1, PEOPLE + 1)
    ]
    connection.execute(insert(Member), members)
    events: list[dict[str, Any]] = [
        {
            "kind": PROJECT_CREATED,
            "project_id": number,
            "account_id": 1,
            "subject_kind": "project",
            "subject_id": number,
            "after": None,
        }
        for number in range(1, PROJECTS + 1)
    ]
    events += [
        {
            "kind": JOINED,
            "project_id": each["project_id"],
            "account_id": each["account_id"],
            "subject_kind": "account",
            "subject_id": each["account_id"],
            "after": {"account": each["account_id"], "role": each["role"]},
        }
        for each in members
    ]
    _add_events(connection, events)
    _add_themes(connection)
    _add_parties_and_positions(connection)
    connection.execute(
        insert(Guidelines),
        [
            {
                "project_id": number,
                "number": 1,
                "text": "# How we tag\n\nTag what is said, not what is meant.",
                "account_id": 1,
                "written_at": BEGAN,
            }
            for number in range(1, PROJECTS + 1)
        ],
    )


def _add_themes(connection: Connection) -> None:
    names = {number: f"Theme {number}" for number in range(1, THEMES + 1)}
    rows: list[dict[str, Any]] = [
        {
            "id": number,
            "project_id": 1,
            "name": name,
            "folded": fold(name),
            "definition": "",
            "example": "",
            "colour": Colour.SLATE.value,
            "parent_id": number // BRANCHES or None,
            "position": number,
            "archived_at": None,
            "version": 1,
        }
        for number, name in names.items()
    ]
    connection.execute(insert(Theme), rows)
    events = [
        {
            "kind": THEME_CREATED,
            "project_id": 1,
            "account_id": 1,
            "subject_kind": THEME,
            "subject_id": row["id"],
            "version": 1,
            "after": ThemeState.of(Theme(**row)).to_json(),
        }
        for row in rows
    ]
    _add_events(connection, events)


def _add_parties_and_positions(connection: Connection) -> None:
    values: dict[str, Any] = {"project_id": 1, "note": "", "version": 1}
    parties = [
        Party(**values, id=number, name=f"Party {number}", kind="", affiliations=[])
        for number in range(1, PARTIES + 1)
    ]
    positions = [
        Position(**values, id=number, sentence=f"The harbour is worth measure {number}.")
        for number in range(1, POSITIONS + 1)
    ]
    rows: list[Named] = [*parties, *positions]
    for row in rows:
        columns = {column.name: getattr(row, column.name) for column in row.__table__.columns}
        connection.execute(insert(type(row)), columns)
    events = [
        {
            "kind": KINDS[row.SUBJECT].created,
            "project_id": 1,
            "account_id": 1,
            "subject_kind": row.SUBJECT,
            "subject_id": row.id,
            "version": 1,
            "after": state_of(row).to_json(),
        }
        for row in rows
    ]
    _add_events(connection, events)


def _add_articles(connection: Connection, document: Document, size: Size) -> None:
    plan, articles = [], []
    first_id = 1
    for number in range(1, size.articles + size.smaller_articles + 1):
        is_large = number <= size.articles
        at = BEGAN + timedelta(minutes=number)
        count = size.annotations if is_large else size.smaller_annotations
        project = 1 if is_large else number - size.articles + 1
        is_independent = is_large and number % INDEPENDENT == 0
        is_revealed = is_independent and number % (2 * INDEPENDENT) == 0
        title = f"{_shuffled(number):05d} on the harbour"
        author = f"Author {_shuffled(number + 1) % 300}"
        articles.append(
            {
                "id": number,
                "project_id": project,
                "title": title,
                "author": author,
                "title_key": sort_key(title),
                "author_key": sort_key(author),
                "searched": f"{fold(title)}\n{fold(author)}",
                "publication": f"The Bench {_shuffled(number) % PUBLICATIONS}",
                "published_on": date(2026, 1, 1) + timedelta(days=_shuffled(number) % 300),
                "source_url": "https://example.org/measured",
                "language": "en",
                "guessed": [],
                "origins": {},
                "content_hash": hashlib.sha256(str(number).encode()).hexdigest(),
                "created_at": at,
                "touched_at": at + timedelta(days=_shuffled(number) % 200),
                "version": 1,
                "mode": "independent" if is_independent else None,
                "revealed_at": at if is_revealed else None,
            }
        )
        plan.append(
            {
                "article_id": number,
                "project_id": project,
                "people": PEOPLE if is_large else FEW_PEOPLE,
                "annotations": count,
                "first_id": first_id,
                "at": articles[-1]["touched_at"],
            }
        )
        first_id += count
    words = len(document.text.split())
    blocks = [
        {
            "number": number,
            "start": block.start,
            "end": block.end,
            "kind": block.kind.value,
            "level": block.level,
            "depth": block.depth,
            "marker": block.marker,
            "sentences": sentences_of(document.text[block.start : block.end], "en"),
        }
        for number, block in enumerate(document.blocks, start=1)
    ]
    for some in _batches(articles):
        connection.execute(insert(Article), some)
        connection.execute(
            insert(Revision),
            [
                {
                    "number": 1,
                    "text": own.text,
                    "hash": text_hash(own),
                    "words": words,
                    "id": each["id"],
                    "article_id": each["id"],
                    "created_at": each["created_at"],
                }
                for each in some
                for own in [_document(each["id"])]
            ],
        )
        connection.execute(
            insert(BlockRow),
            [{**block, "revision_id": each["id"]} for each in some for block in blocks],
        )
    connection.execute(update(Article).values(current_revision_id=Article.id))
    connection.execute(insert(_plan), plan)
    _add_events(
        connection,
        [
            {
                "kind": ADDED,
                "project_id": each["project_id"],
                "article_id": each["id"],
                "account_id": 1,
                "subject_kind": "article",
                "subject_id": each["id"],
                "version": 1,
                "after": {"title": each["title"]},
            }
            for each in articles
        ],
    )


def _add_passages(connection: Connection, document: Document, size: Size) -> None:
    dice = random.Random(7)
    starts = [block.start for block in document.blocks]
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    own = document.text.index("Ship number")
    for start, end in passages(document.text, dice):
        if len(rows) == max(size.annotations, size.smaller_annotations):
            break
        if start < own + len(OWN_WORDS) + BESIDE and end > own - BESIDE:
            continue
        if (start, end) not in rows:
            rows[start, end] = _passage_row(document, starts, len(rows), start, end)
    connection.execute(insert(_passage), list(rows.values()))


def _passage_row(
    document: Document, starts: list[int], place: int, start: int, end: int
) -> dict[str, Any]:
    quote = describe(document.text, start, end)
    row: dict[str, Any] = {
        "start": start,
        "end": end,
        "first_block": bisect_right(starts, start),
        "last_block": bisect_left(starts, end),
        "quote": quote.exact,
        "prefix": quote.prefix,
        "suffix": quote.suffix,
        "note": "" if place % 3 else "Stated as a fact; no source is given for it here.",
    }
    tag = list(Tag)[place % len(Tag)].value
    annotation = Annotation(
        **row,
        revision_id=_JSON_HERE,
        tag_name=tag,
        deleted_at=None,
        themes=(),
        addressees=(),
        side="",
    )
    state, state_end = _written_state(annotation)
    if place % THEMED == THEMED - 1:
        annotation.themes = (place // THEMED % THEMES + 1,)
    if place % SAID == 0:
        annotation.party_id = place // SAID % PARTIES + 1
        if (turn := place // SAID) % 2:
            annotation.position_id = turn // 2 % POSITIONS + 1
            annotation.side = "against" if turn % 3 else "for"
    _state, large_state_end = _written_state(annotation)
    annotation.deleted_at = BEGAN
    _state, deleted_state_end = _written_state(annotation)
    return {
        **row,
        "place": place,
        "tag": tag,
        "themes": ",".join(map(str, annotation.themes)),
        "party_id": annotation.party_id,
        "position_id": annotation.position_id,
        "side": annotation.side,
        "state": state,
        "state_end": state_end,
        "large_state_end": large_state_end,
        "deleted_state_end": deleted_state_end,
    }


def _written_state(annotation: Annotation) -> tuple[str, str]:
    """Return what an event keeps of it, up to the id of the revision and after that."""
    written = json.dumps(AnnotationState.of(annotation).to_json())
    before, _id, after = written.partition(str(_JSON_HERE))
    return before, after


def _add_annotations(connection: Connection, size: Size) -> int:
    """Add the annotations and their events; return the id of the last event."""
    plan, passage = _plan.c, _passage.c
    annotation_id = plan.first_id + passage.place
    account_id = passage.place % plan.people + 1
    in_plan = passage.place < plan.annotations
    is_deleted = (passage.place == IN_TRASH) & (plan.project_id == 1)
    values: dict[str, Any] = {
        "id": annotation_id,
        "project_id": plan.project_id,
        "article_id": plan.article_id,
        "revision_id": plan.article_id,
        "account_id": account_id,
        "made_blind": literal(False),  # noqa: FBT003  (a value of SQL)
        "tag": passage.tag,
        "start": passage.start,
        "end": passage.end,
        "first_block": passage.first_block,
        "last_block": passage.last_block,
        "quote": passage.quote,
        "prefix": passage.prefix,
        "suffix": passage.suffix,
        "note": passage.note,
        "themes": case((plan.project_id == 1, passage.themes), else_=literal("")),
        "party_id": case((plan.project_id == 1, passage.party_id)),
        "position_id": case((plan.project_id == 1, passage.position_id)),
        "side": case((plan.project_id == 1, passage.side), else_=literal("")),
        "has_note": passage.note != "",
        "tagged_month": extract("year", plan.at) * 100 + extract("month", plan.at),
        "client_key": cast(annotation_id, String),
        "created_at": plan.at,
        "updated_at": plan.at,
    }
    for condition, deleted_at, version in ((~is_deleted, null(), 1), (is_deleted, plan.at, 2)):
        rows = {**values, "version": literal(version), "deleted_at": deleted_at}
        # In the order in which people tag, which says how full a page of an index becomes.
        query = (
            select(*rows.values())
            .select_from(_plan.join(_passage, in_plan))
            .where(condition)
            .order_by(plan.at, annotation_id)
        )
        connection.execute(insert(Annotation).from_select(list(rows), query))
    _count_annotations(connection)
    _carry_themes(connection)
    last = _last_event(connection)
    created = {
        "id": literal(last) + annotation_id,
        "at": plan.at,
        "project_id": plan.project_id,
        "article_id": plan.article_id,
        "annotation_id": annotation_id,
        "account_id": account_id,
        "kind": literal(CREATED),
        "subject_kind": literal(ANNOTATION),
        "subject_id": annotation_id,
        "version": literal(1),
        "after": _json(
            connection,
            passage.state
            + cast(plan.article_id, String)
            + case((plan.project_id == 1, passage.large_state_end), else_=passage.state_end),
        ),
    }
    query = select(*created.values()).select_from(_plan.join(_passage, in_plan))
    connection.execute(insert(Event).from_select(list(created), query))
    last += size.all_annotations
    after = passage.state + cast(plan.article_id, String) + passage.deleted_state_end
    deleted = {
        **created,
        "id": literal(last) + plan.article_id,
        "kind": literal(DELETED),
        "version": literal(2),
        "before": created["after"],
        "after": _json(connection, after),
    }
    query = select(*deleted.values()).select_from(_plan.join(_passage, in_plan)).where(is_deleted)
    connection.execute(insert(Event).from_select(list(deleted), query))
    return _last_event(connection)


def _count_annotations(connection: Connection) -> None:
    """Keep the sums, where the database's own triggers were off: on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    keys = (
        Annotation.project_id,
        Annotation.account_id,
        Annotation.article_id,
        Annotation.revision_id,
        Annotation.tag_name,
        Annotation.tagged_month,
    )
    sums = {"living": func.count(), "with_note": func.count().filter(Annotation.has_note)}
    query = select(*keys, *sums.values()).where(Annotation.deleted_at.is_(None)).group_by(*keys)
    columns = [*(key.expression.name for key in keys), *sums]
    connection.execute(insert(AnnotationCount).from_select(columns, query))


def _carry_themes(connection: Connection) -> None:
    """Keep the rows of themes, where the database's own triggers were off: on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    carried = select(Annotation.id, cast(cast(Annotation.themes, Text), Integer)).where(
        Annotation.themes != ()
    )
    connection.execute(insert(AnnotationTheme).from_select(["annotation_id", "theme_id"], carried))


def _add_discussion(connection: Connection, last: int) -> None:
    """Let one annotation of each article of the large project have a question.

    `last` is the id of the last event.
    """
    rows = connection.execute(
        select(_plan.c.article_id, _plan.c.first_id, _plan.c.at).where(_plan.c.project_id == 1)
    ).all()
    threads, comments, participants, stances, events = [], [], [], [], []
    about_tag, about_quote = connection.execute(
        select(_passage.c.tag, _passage.c.quote).where(_passage.c.place == DISCUSSED)
    ).one()
    for number, (article_id, first_id, at) in enumerate(rows, start=1):
        annotation_id = first_id + DISCUSSED
        words = "Is this a claim, or a demand?"
        is_resolved = bool(number % 4)
        is_disputed = number % DISPUTED == 0
        threads.append(
            {
                "annotation_id": annotation_id,
                "article_id": article_id,
                "comments": 1,
                "questions": 1,
                "agreements": 0,
                "disputes": int(is_disputed),
                "resolved_at": at if is_resolved else None,
                "resolved_by_id": 1 if is_resolved else None,
            }
        )
        comments.append(
            {
                "id": number,
                "annotation_id": annotation_id,
                "account_id": 2,
                "text": words,
                "is_question": True,
                "client_key": str(number),
                "version": 1,
                "created_at": at,
            }
        )
        participants += [
            {
                "annotation_id": annotation_id,
                "account_id": account_id,
                "since_id": last + number if account_id == 2 else 0,  # noqa: PLR2004  (who asks)
                "last_event_id": last + number if account_id == 1 else 0,
            }
            for account_id in (1, 2)
        ]
        events.append(
            {
                "kind": WRITTEN,
                "project_id": 1,
                "article_id": article_id,
                "annotation_id": annotation_id,
                "account_id": 2,
                "subject_kind": "comment",
                "subject_id": number,
                "version": 1,
                "after": {"comment": number, "text": words, "question": True, "deleted": False},
            }
        )
        if is_disputed:
            stances.append(
                {
                    "annotation_id": annotation_id,
                    "account_id": 2,
                    "value": DISPUTE,
                    "reason": "It asks for something.",
                    "taken_at": at,
                    "about_tag": about_tag,
                    "about_quote": about_quote,
                }
            )
            events.append(
                {
                    "kind": TAKEN,
                    "project_id": 1,
                    "article_id": article_id,
                    "annotation_id": annotation_id,
                    "account_id": 2,
                    "subject_kind": "thread",
                    "subject_id": annotation_id,
                    "version": None,
                    "after": {
                        "value": DISPUTE,
                        "reason": "It asks for something.",
                        "tag": about_tag,
                    },
                }
            )
    for table, made in (
        (Thread, threads),
        (Comment, comments),
        (Participant, participants),
        (Stance, stances),
    ):
        for some in _batches(made):
            connection.execute(insert(table), some)
    _add_events(connection, events)


def _add_assignments(connection: Connection, size: Size) -> None:
    progress, events = [], []
    states = list(State)
    for article_id in range(1, size.articles + 1):
        for place in range(ASSIGNED_TO):
            account_id = (article_id + place) % PEOPLE + 1
            due_on = date(2026, 9, 1) + timedelta(days=_shuffled(article_id) % 200 + place)
            progress.append(
                {
                    "article_id": article_id,
                    "account_id": account_id,
                    "state": states[(article_id + place) % len(states)].value,
                    "assigned_at": BEGAN,
                    "due_on": due_on,
                }
            )
            events.append(
                {
                    "kind": ASSIGNED,
                    "project_id": 1,
                    "article_id": article_id,
                    "account_id": 1,
                    "subject_kind": "article",
                    "subject_id": article_id,
                    "after": {"account": account_id, "due": due_on.isoformat()},
                }
            )
    for some in _batches(progress):
        connection.execute(insert(Progress), some)
    _add_events(connection, events)


def _add_events(connection: Connection, events: list[dict[str, Any]]) -> None:
    for some in _batches(events):
        connection.execute(
            insert(Event), [{"at": BEGAN, "article_id": None, **each} for each in some]
        )


def _last_event(connection: Connection) -> int:
    return int(connection.execute(text("SELECT max(id) FROM events")).scalar_one())


def _json(connection: Connection, value: ColumnElement[str]) -> ColumnElement[Any]:
    """Return a text as what a column of JSON takes: SQLite keeps the text."""
    return cast(value, JSON) if connection.dialect.name == "postgresql" else value


def _set_sequences(connection: Connection) -> None:
    """Let PostgreSQL give the next rows ids after those that were given here."""
    if connection.dialect.name != "postgresql":
        return
    for name in WITH_IDS:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"  # noqa: S608  (the names above)
                f" (SELECT max(id) FROM {name}))"
            )
        )


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for place in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[place : place + ROWS_AT_ONCE]


def _shuffled(number: int) -> int:
    """Return a number below 9,973 that is another one for each of as many in turn."""
    return number * 7_919 % 9_973


def _document(number: int = 0) -> Document:
    """Return the text of an article: alike for all but its own words, which are as long."""
    dice = random.Random(11)
    paragraphs = [_paragraph(dice) for _ in range(BLOCKS)]
    paragraphs[OWN_BLOCK] += OWN_WORDS.format(number, number % FLEETS)
    return Document.from_pieces([Piece(each) for each in paragraphs])


def _paragraph(dice: random.Random) -> str:
    words = ("council", "harbour", "census", "lease", "tariff", "vote", "editor", "union", "road")
    sentences = (
        f"The {dice.choice(words)} of the {dice.choice(words)} costs the {dice.choice(words)}"
        f" {dice.randrange(2, 900)} a {dice.choice(words)}."
        for _ in range(WORDS // BLOCKS // 11)
    )
    return " ".join(sentences)
