"""What the pages of what happened show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from flask import url_for

from app.accounts.views import audit
from app.activity.pages.event_groups import GROUP_NAMES, GROUPS, EventGroup
from app.activity.pages.event_text import EventNames, describe
from app.activity.queries import ActivityFilter, ActivityRow
from app.annotations.pages.event_text import shorten
from app.annotations.state import states_of
from app.discussion.pages.event_text import KINDS as DISCUSSION
from app.discussion.service import verdicts
from app.events.models import Event
from app.frozen import frozen
from app.parties.kinds import UNDOABLE
from app.parties.service.names import PLURALS
from app.projects.models import Member
from app.projects.roles import Act, may
from app.reading.pages.article_ref import ArticleRef
from app.themes.service.themes import IMPORTED, MERGED
from app.web.responses import read_number
from app.web.zones import reader_zone


@frozen
class ActivityLine:
    """One event; `colour` is "" for the installation itself.

    `is_discussion` tells that the words are about an annotation: they are not what its quote says.

    `article_id` and `annotation_id` are None where it was about none. `undo` is where a form
    takes it back that sends `event_id`, "" where there is no way back for whoever looks.
    """

    at: datetime
    name: str
    colour: str
    words: str
    is_discussion: bool
    article_id: int | None
    article_title: str
    annotation_id: int | None
    quote: str
    event_id: int
    undo: str


@frozen
class ActivityRun:
    """What one member did one after another in one article, newest first; often a single act.

    `kinds` are the names of the groups of these acts, each with how many there are. Outside of
    articles only signing in and out makes runs.
    """

    lines: Sequence[ActivityLine]
    kinds: Sequence[tuple[str, int]]

    @property
    def newest(self) -> ActivityLine:
        """Return the last thing that was done."""
        return self.lines[0]


@frozen
class Day:
    """What happened on one day of the reader's, newest first; `at` is one time of it."""

    at: datetime
    runs: Sequence[ActivityRun]


@frozen
class ActivityQuery:
    """What an address asks for: "" for everyone and everything; `before` an event, or None."""

    person: str
    kind: str
    before: int | None

    @property
    def is_filtered(self) -> bool:
        """Say whether only some people or kinds are asked for."""
        return bool(self.person or self.kind)

    @property
    def is_everything(self) -> bool:
        """Say whether it is the newest of everything that is asked for."""
        return not self.is_filtered and self.before is None


@frozen
class ActivityPage:
    """What happened in a project, or in the one article `article`.

    `people` and `groups` are what can be chosen, `older` the event before which the next page
    begins, None at the end.
    """

    slug: str
    project: str
    article: ArticleRef | None
    days: Sequence[Day]
    people: Sequence[tuple[int, str]]
    groups: Mapping[str, EventGroup]
    asked: ActivityQuery
    older: int | None

    @property
    def here(self) -> str:
        """Return the part of the project in which the page is."""
        return "articles" if self.article else "activity"

    @property
    def names_articles(self) -> bool:
        """Say whether each thing needs the name of its article."""
        return self.article is None

    @property
    def subject(self) -> str:
        """Return the title of the article, or the name of the project."""
        return self.article.title if self.article else self.project

    @property
    def endpoint(self) -> str:
        """Return the endpoint of the page's own address."""
        return "activity.of_article" if self.article else "activity.of_project"

    @property
    def arguments(self) -> dict[str, object]:
        """Return the arguments of the page's own address, with nothing filtered."""
        if self.article is None:
            return {"slug": self.slug}
        return {"slug": self.slug, "article_id": self.article.article_id}

    @property
    def newest_arguments(self) -> dict[str, object]:
        """Return the arguments of the address of the newest of what is asked for."""
        asked = {"person": self.asked.person, "kind": self.asked.kind}
        return {**self.arguments, **{name: value for name, value in asked.items() if value}}

    @property
    def older_arguments(self) -> dict[str, object]:
        """Return the arguments of the address of what happened before this page."""
        return {**self.newest_arguments, "before": self.older}


def groups_for(member: Member, *, of_article: bool = False) -> dict[str, EventGroup]:
    """Return the groups that a member may see: those about people are an audit, for owners."""
    sees_audit = may(member, Act.AUDIT) and not of_article
    return {key: group for key, group in GROUPS.items() if sees_audit or not group.is_audit}


def kinds_of(groups: Mapping[str, EventGroup]) -> frozenset[str]:
    """Return every kind in some groups."""
    return frozenset(kind for group in groups.values() for kind in group.kinds)


def filter_of(asked: ActivityQuery, groups: Mapping[str, EventGroup]) -> ActivityFilter:
    """Read a filter from what was asked for.

    A group that is not among these, and a person who is not there, match no event.
    """
    chosen = {key: groups[key] for key in groups if asked.kind in {"", key}}
    number = read_number(asked.person)
    people = frozenset(() if number is None else (number,)) if asked.person else None
    return ActivityFilter(kinds_of(chosen), people)


def undo_addresses(slug: str, events: Iterable[Event]) -> dict[int, str]:
    """Return where acts on many are taken back, by the ids of their events."""
    return {event.id: _undo_address(slug, event) for event in events}


def _undo_address(slug: str, event: Event) -> str:
    if event.kind == MERGED:
        return url_for("codebook.undo_merge", slug=slug)
    if event.kind in UNDOABLE:
        return url_for("keeping.undo", slug=slug, what=PLURALS[event.subject_kind])
    if event.kind == verdicts.GIVEN:
        return url_for("changes.undo_verdict", slug=slug)
    route = "codebook.undo_import" if event.kind == IMPORTED else "bulk.undo"
    return url_for(route, slug=slug, event_id=event.id)


def days_of(
    rows: Sequence[ActivityRow], names: EventNames, undo: Mapping[int, str] = MappingProxyType({})
) -> list[Day]:
    """Group rows, newest first, by their days in the reader's zone, and put them into words.

    `undo` are the addresses where events are taken back that can be, by their ids.
    """
    zone = reader_zone()
    days = groupby(rows, key=lambda row: row.event.at.astimezone(zone).date())
    return [_day(list(rows_of_day), names, undo) for _date, rows_of_day in days]


def _day(rows: Sequence[ActivityRow], names: EventNames, undo: Mapping[int, str]) -> Day:
    runs = []
    for _who_and_where, group in groupby(rows, key=_run_of):
        run = list(group)
        kinds = Counter(GROUP_NAMES[row.event.kind] for row in run)
        runs.append(ActivityRun([_line(row, names, undo) for row in run], kinds.most_common()))
    return Day(rows[0].event.at, runs)


def _run_of(row: ActivityRow) -> tuple[int | None, ...]:
    """Return what acts have in common that make a run: who, and in which article."""
    event = row.event
    is_sign_in = event.kind in {audit.SIGNED_IN, audit.SIGNED_OUT}
    if event.account_id is None or (event.article_id is None and not is_sign_in):
        return (event.id,)  # a run of its own
    return event.account_id, event.article_id


def _line(row: ActivityRow, names: EventNames, undo: Mapping[int, str]) -> ActivityLine:
    event = row.event
    _before, after = states_of(event)
    return ActivityLine(
        at=event.at,
        name=row.name,
        colour=row.colour,
        words=describe(event, names),
        is_discussion=event.kind in DISCUSSION,
        article_id=event.article_id,
        article_title=row.article_title,
        annotation_id=event.annotation_id,
        quote=shorten(after.quote if after else row.quote),
        event_id=event.id,
        undo=undo.get(event.id, ""),
    )
