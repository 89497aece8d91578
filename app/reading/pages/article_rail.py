"""The rail beside an article: its filter with counts, the steps from mark to mark, and the strip.

All three are of what is shown, and are made from the same rows. These are kept in memory under the
last event: whoever has the article open asks for them after each change.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import current_app
from sqlalchemy.orm import Session

from app.annotations.queries.annotations import TagCount
from app.annotations.queries.marks import Filter
from app.annotations.tags import Tag
from app.articles.models import Revision
from app.articles.queries.content import content_of
from app.core.memory import Memory
from app.discussion.queries.tagged import AnnotationKind, TaggedPassage, list_tagged
from app.discussion.thread_states import DISPUTED, QUESTION
from app.frozen import frozen
from app.projects.models import Member
from app.reading.forms import NOTE, THEME, THREAD, WITH
from app.text.document import BlockKind
from app.themes.queries import list_named

WITH_WORDS = {NOTE: "Notes", DISPUTED: "Disputed", QUESTION: "Questions"}
SIGNS = {"n": "has_note", "d": "is_disputed", "q": "has_question"}  # letters in `Rail.steps`
TAGS = tuple(Tag)
STRIP_HEIGHT = 1000  # units of the strip, for the whole text
COLUMN, COLUMNS_APART = 4, 6  # units: a column for each tag
LOWEST = 3  # units: a passage of a long article is seen, too
THEMES_SHOWN = 12  # in sight; the others are folded
KEPT_ROWS = 200_000  # of annotations, in one process


@frozen
class Toggle:
    """What can be switched in the filter, and how many annotations are shown with it.

    `name` and `value` are its argument of an address. One that `is_hidden` would show nothing: the
    page offers it when something comes.
    """

    name: str
    value: str
    label: str
    count: int
    is_on: bool
    is_hidden: bool = False


@frozen
class ThemeToggle(Toggle):
    """A theme that can be asked for."""

    colour: str = ""


@frozen
class Band:
    """All passages of one tag on the strip: the path of an SVG, a rectangle for each."""

    tag: str
    path: str


@frozen
class Rail:
    """What of an article's annotations can be shown, how many there are, and where.

    `view` is what is shown at large: "all", "mine" or "text". `total` counts what could be shown,
    `steps` are the ids, passages and kinds of what is, "12:0:9:0 15:340:420:2nq", by place: a kind
    is the place of its tag and the letters of SIGNS, and after a colon the ids of its themes,
    "2nq:3,17". `themes` are those that are carried, the most carried first, and `more_themes` the
    others of them, which are folded. `headings` are heights on the strip.
    """

    view: str
    mine: int
    tags: Sequence[Toggle]
    annotators: Sequence[Toggle]
    withs: Sequence[Toggle]
    themes: Sequence[ThemeToggle]
    more_themes: Sequence[ThemeToggle]
    total: int
    shown: int
    steps: str
    bands: Sequence[Band]
    headings: Sequence[float]

    @property
    def is_either(self) -> bool:
        """Say whether several states of a thread are asked for, of which one is enough."""
        return sum(toggle.is_on for toggle in self.withs if toggle.name == THREAD) > 1

    @property
    def is_any_theme(self) -> bool:
        """Say whether several themes are asked for, of which one is enough."""
        return sum(toggle.is_on for toggle in (*self.themes, *self.more_themes)) > 1

    @property
    def asks_for_more(self) -> bool:
        """Say whether any of the themes that are folded is asked for."""
        return any(toggle.is_on for toggle in self.more_themes)

    @property
    def asks_nothing(self) -> bool:
        """Say whether there is nothing said that could be asked for."""
        return all(toggle.is_hidden for toggle in self.withs)


@frozen
class Overview:
    """Every annotation of a text that is seen, by place, and how many there are of each kind."""

    rows: Sequence[TaggedPassage]
    kinds: Mapping[AnnotationKind, int]

    def count(self, shown: Filter) -> int:
        """Count what a filter shows of it."""
        return sum(number for kind, number in self.kinds.items() if kind.is_shown(shown))

    def carrying(self, themes: frozenset[int] | None) -> "Overview":
        """Return what carries any of these themes, of any kind for None, and not which it carries.

        There are far fewer kinds of it: each count goes through all.
        """
        kinds = Counter[AnnotationKind]()
        for kind, number in self.kinds.items():
            if themes is None or not themes.isdisjoint(kind.themes):
                kinds[kind._replace(themes=())] += number
        return Overview(self.rows, kinds)

    def count_themes(self, shown: Filter) -> Counter[int]:
        """Count what would be shown with each theme alone, by its id."""
        every = replace(shown, themes=None)
        counts = Counter[int]()
        for kind, number in self.kinds.items():
            if kind.themes and kind.is_shown(every):
                counts.update(dict.fromkeys(kind.themes, number))
        return counts


class Overviews(Memory[Overview]):
    """The overviews that were asked for last; threads may share it."""

    def __init__(self, room: int = KEPT_ROWS) -> None:
        super().__init__(room, lambda overview: len(overview.rows) + 1)


def rail_of(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    drawn: int,
    counts: Sequence[TagCount],
    view: str,
    member: Member,
) -> Rail:
    """Build the rail of a revision for a member.

    `counts` have the annotators' names; `drawn` is the last event that is seen.
    """
    every = _overview(session, revision, shown, drawn)
    is_shown = {kind: kind.is_shown(shown) for kind in every.kinds}
    codes = {kind: _code(kind) for kind in every.kinds}
    visible = [row for row in every.rows if is_shown[row.kind]]
    themes = _theme_toggles(session, every, shown, member.project_id)
    overview, shown = every.carrying(shown.themes), replace(shown, themes=None)
    content = content_of(session, revision.id)
    scale = STRIP_HEIGHT / max(1, len(content.text))
    return Rail(
        view=view,
        mine=overview.count(replace(shown, own=member.account_id)),
        tags=_tag_toggles(overview, shown),
        annotators=_annotator_toggles(overview, shown, counts),
        withs=_with_toggles(overview, shown),
        themes=themes[:THEMES_SHOWN],
        more_themes=themes[THEMES_SHOWN:],
        total=len(overview.rows),
        shown=len(visible),
        steps=" ".join([f"{row.id}:{row.start}:{row.end}:{codes[row.kind]}" for row in visible]),
        bands=[_band(place, tag, visible, scale) for place, tag in enumerate(Tag)],
        headings=[
            round(block.start * scale, 1)
            for block in content.headings_and_footnotes
            if block.kind == BlockKind.HEADING and block.number > 1
        ],
    )


def _overview(session: Session, revision: Revision, shown: Filter, drawn: int) -> Overview:
    """Read every annotation that is seen, or find them read: an event follows each change."""
    overviews: Overviews = current_app.extensions.setdefault("overviews", Overviews())
    key = (revision.id, drawn, shown.visibility)
    overview = overviews.find(key)
    if overview is None:
        rows = list_tagged(session, revision, shown.visibility)
        overview = Overview(rows, Counter(row.kind for row in rows))
        overviews.keep(key, overview)
    return overview


def _code(kind: AnnotationKind) -> str:
    signs = "".join(letter for letter, name in SIGNS.items() if getattr(kind, name))
    themes = f":{','.join(map(str, kind.themes))}" if kind.themes else ""
    return f"{TAGS.index(Tag(kind.tag))}{signs}{themes}"


def _tag_toggles(overview: Overview, shown: Filter) -> list[Toggle]:
    return [
        Toggle(
            name="tag",
            value=tag.value,
            label=tag.capitalize(),
            count=overview.count(replace(shown, tags=frozenset({tag.value}))),
            is_on=shown.tags is None or tag in shown.tags,
        )
        for tag in Tag
    ]


def _annotator_toggles(
    overview: Overview, shown: Filter, counts: Sequence[TagCount]
) -> list[Toggle]:
    return [
        Toggle(
            name="annotator",
            value=str(account_id),
            label=name,
            count=overview.count(replace(shown, annotators=frozenset({account_id}))),
            is_on=shown.annotators is None or account_id in shown.annotators,
        )
        for name, account_id in sorted({(row.annotator, row.annotator_id) for row in counts})
    ]


def _with_toggles(overview: Overview, shown: Filter) -> list[Toggle]:
    """Return what can be asked for of what is said; hidden is what nothing has nor is asked."""
    count = overview.count(replace(shown, has_note=True))
    is_hidden = not shown.has_note and not any(kind.has_note for kind in overview.kinds)
    toggles = [Toggle(WITH, NOTE, WITH_WORDS[NOTE], count, shown.has_note, is_hidden)]
    asked = shown.threads or frozenset()
    for state in (DISPUTED, QUESTION):
        count = overview.count(replace(shown, threads=frozenset({state})))
        is_hidden = state not in asked and not any(kind.is_in(state) for kind in overview.kinds)
        words = WITH_WORDS[state]
        toggles.append(Toggle(THREAD, state, words, count, state in asked, is_hidden))
    return toggles


def _theme_toggles(
    session: Session, overview: Overview, shown: Filter, project_id: int
) -> list[ThemeToggle]:
    """Return the themes that are carried, the most carried first, and others that are asked for.

    Their order is not that of what is shown: a tick moves none of them.
    """
    carried = Counter[int]()
    for kind, number in overview.kinds.items():
        carried.update(dict.fromkeys(kind.themes, number))
    asked = shown.themes or frozenset()
    counts = overview.count_themes(shown)

    themes = list_named(session, project_id, {*carried, *asked})
    return [
        ThemeToggle(
            name=THEME,
            value=str(theme.id),
            label=theme.name,
            count=counts[theme.id],
            is_on=theme.id in asked,
            colour=theme.colour,
        )
        for theme in sorted(themes, key=lambda theme: -carried[theme.id])
    ]


def _band(place: int, tag: str, rows: Sequence[TaggedPassage], scale: float) -> Band:
    """Draw the passages of a tag in its column, and those at the same height once."""
    left = place * COLUMNS_APART
    heights = {
        (round(row.start * scale), max(LOWEST, round((row.end - row.start) * scale)))
        for row in rows
        if row.kind.tag == tag
    }
    drawn = [f"M{left} {y}h{COLUMN}v{height}h-{COLUMN}z" for y, height in sorted(heights)]
    return Band(tag, "".join(drawn))
