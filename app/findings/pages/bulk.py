"""What is said of changing many passages at once: before it is done, and after."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.content import MOST_ADDRESSEES
from app.annotations.models import NOTE_LIMIT
from app.annotations.service.bulk import (
    IMPORTED_MANY,
    MOST_AT_ONCE,
    TAGGED_MANY,
    UNDOABLE,
    undoable,
)
from app.annotations.service.bulk_acts import BulkTyped, Seen, Verb
from app.annotations.tags import TAGS
from app.codebook.queries import merged_themes
from app.events.models import Event
from app.findings.asked import Asked, PassagesView
from app.findings.pages import bulk_text
from app.findings.pages.left import Left, left_by
from app.findings.queries.limited_counts import Count
from app.findings.queries.passages import list_versions
from app.frozen import frozen
from app.parties import queries as parties
from app.parties.models import Named
from app.projects.models import Member
from app.projects.roles import Act, may
from app.themes import queries as themes
from app.themes.models import Theme
from app.themes.tree import as_listed, in_order, tree_of
from app.web.responses import FormPage

TRASH = "Trash"
MOST_OFFERED = 500  # names beside a field in which one is typed
_FIELDS = {"note", "tag", "theme", "party", "position", "addressees"}
PAGE, ALL = "page", "all"  # what an address ticks beforehand


class BulkChoices(NamedTuple):
    """What an act can be done with, and what was chosen or typed.

    `archived` are themes that can only be taken, but for merged ones. `parties` and `positions` are
    names that are offered for what is typed: there may be more.
    """

    themes: Sequence[tuple[str, str]]
    archived: Sequence[tuple[str, str]]
    typed: BulkTyped = BulkTyped()
    parties: Sequence[str] = ()
    positions: Sequence[str] = ()
    tags: Sequence[str] = TAGS
    note_limit: int = NOTE_LIMIT
    most_addressees: int = MOST_ADDRESSEES

    @property
    def has_themes(self) -> bool:
        """Say whether there is a theme to give or to take."""
        return bool(self.themes or self.archived)


@frozen
class BulkBar(FormPage):
    """What stands below a list whose passages can be ticked.

    `ticked` is PAGE or ALL where the address ticks them; the addresses tick the page, all or none,
    "" where that is not offered. `count` is how many the list says that there are, and `after` the
    place after which its page begins, "" for the first. `as_of` is the last event before all
    were taken, else 0: what somebody changes later is left as it is.
    """

    choices: BulkChoices
    ticked: str
    tick_page: str
    tick_all: str
    tick_none: str
    count: str
    after: str
    as_of: int
    listed: str
    most: int = MOST_AT_ONCE
    problem: str = ""
    field: str = ""


class Back(NamedTuple):
    """The list where passages were chosen: what it is called, and its address."""

    name: str
    address: str

    @property
    def is_trash(self) -> bool:
        """Say whether that is the trash."""
        return self.name == TRASH


@frozen
class BulkPage(FormPage):
    """What an act would do to the passages that were chosen, to be confirmed.

    `kept` are fields that say where they were chosen, and `targets` are these with their versions,
    as the form sends them. `will` is "" as long as nothing can be done; `counted` says where the
    list had another number than there are.
    """

    slug: str
    back: Back
    kept: Sequence[tuple[str, str]]
    targets: str
    chosen: int
    act: str
    choices: BulkChoices
    will: str = ""
    counted: str = ""
    rest: Sequence[str] = ()
    left: Sequence[Left] = ()
    problem: str = ""
    field: str = ""

    @property
    def has_acts(self) -> bool:
        """Say whether something else can be chosen to be done."""
        return bool(self.targets) and not self.back.is_trash

    @property
    def is_at_field(self) -> bool:
        """Say whether what stands in the way is said at a field, and so not above."""
        shown = _FIELDS if self.choices.has_themes else _FIELDS - {"theme"}
        return self.has_acts and self.field in shown


@frozen
class ActPage:
    """What was done to many passages, or taken back, and what was left; `undo` is "" for no way."""

    slug: str
    back: Back
    said: str
    rest: Sequence[str]
    left: Sequence[Left]
    undo: str


def bulk_bar(
    session: Session,
    member: Member,
    asked: Asked,
    *,
    ticked: str,
    after: str,
    count: Count,
    as_of: int,
    every_theme: Sequence[Theme],
) -> BulkBar | None:
    """Build what stands below a list, None in context and for whoever may change nothing.

    `after` is the place after which the page begins, as the address has it, "" for the first.
    """
    if asked.view is not PassagesView.LIST or not may(member, Act.CHANGE_OWN):
        return None
    can_take_all = count.is_exact and count.number <= MOST_AT_ONCE
    here = [*asked.pairs, *([("after", after)] if after else [])]

    def ticking(what: str) -> str:
        pairs: dict[str, Any] = {}
        for name, value in [*here, *([("tick", what)] if what else [])]:
            pairs.setdefault(name, []).append(value)
        return url_for("findings.passages", slug=member.project.slug, **pairs)

    return BulkBar(
        choices=bulk_choices(session, member, every_theme),
        ticked=ticked if ticked == PAGE or (ticked == ALL and can_take_all) else "",
        tick_page=ticking(PAGE),
        tick_all=ticking(ALL) if can_take_all else "",
        tick_none=ticking(""),
        count=f"{count.number}" if count.is_exact else "",
        after=after,
        as_of=as_of,
        listed=write_ids(
            each.id for each in list_versions(session, member, asked, most=MOST_AT_ONCE)
        )
        if ticked == ALL and can_take_all
        else "",
    )


def bulk_choices(
    session: Session, member: Member, every: Sequence[Theme], typed: BulkTyped | None = None
) -> BulkChoices:
    """Build what an act can be done with, of every theme, and what was chosen or typed.

    Names to type are not among it.
    """
    archived = [theme for theme in as_listed(every) if theme.archived_at]
    merged = merged_themes(session, member.project_id) if archived else {}
    return BulkChoices(
        themes=_usable(every),
        archived=[(str(each.id), each.name) for each in archived if each.id not in merged],
        typed=typed or BulkTyped(),
    )


def theme_choices(session: Session, member: Member) -> list[tuple[str, str]]:
    """Return the themes that can be given, as the page Themes has them: their ids and names."""
    return _usable(themes.list_themes(session, member.project_id))


def _usable(every: Iterable[Theme]) -> list[tuple[str, str]]:
    return [(str(theme.id), theme.name) for _level, theme in in_order(tree_of(every))]


def names_offered(session: Session, model: type[Named], member: Member) -> list[str]:
    """Return what those are called that can be given, by name, the first of many."""
    found = parties.list_usable(session, model, member.project_id)
    return [row.called for row in found[:MOST_OFFERED]]


def back_to_list(member: Member, query: str, after: str) -> Back:
    """Return the list of passages that a query asks for: its page after a place, "" the first."""
    address = url_for("findings.passages", slug=member.project.slug) + query
    if after:
        address += f"{'&' if query else '?'}{urlencode({'after': after})}"
    return Back("Passages", address)


def back_to_trash(member: Member, article_id: int | None) -> Back:
    """Return the trash of the project, or of one article."""
    address = url_for("annotation.trash", slug=member.project.slug, article=article_id)
    return Back(TRASH, address)


def write_ids(ids: Iterable[int]) -> str:
    """Return ids as a form sends them: "3,17"."""
    return ",".join(map(str, ids))


def write_targets(seen: Sequence[Seen]) -> str:
    """Return passages with their versions, as a form sends them: "3.1,17.2"."""
    return ",".join(f"{each.id}.{each.version}" for each in seen)


def act_page(session: Session, member: Member, event: Event, *, after: str) -> ActPage:
    """Build what is said of an act on many that was done from the page after a place."""
    kept = event.after or {}
    is_undo = event.kind not in UNDOABLE
    said = bulk_text.did(kept)
    rest = bulk_text.rest_of(kept["same"], kept["not_own"])
    if is_undo:
        said = bulk_text.undid(kept["act"], kept["changed"])
    elif event.kind == TAGGED_MANY:
        rest = bulk_text.rest_of_places(kept["same"], kept["unfit"])
    slug = member.project.slug
    act = Act.CHANGE_ANY if event.kind == IMPORTED_MANY else Act.CHANGE_OWN
    can_undo = not is_undo and undoable(session, [event]) and may(member, act)
    return ActPage(
        slug=slug,
        back=back_to_trash(member, None)
        if kept["act"] == Verb.RESTORE
        else back_to_list(member, str(kept.get("query", "")), after),
        said=said,
        rest=rest,
        left=left_by(session, member, event),
        undo=url_for("bulk.undo", slug=slug, event_id=event.id) if can_undo else "",
    )
