"""What the page of a party and that of a position have in common, and how both are built."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from flask import url_for
from sqlalchemy.orm import Session

from app.assignments.queries.visibility import can_see_all
from app.findings.queries.hits import PassageHit, list_hits
from app.frozen import frozen
from app.parties.models import Named, Party, Position
from app.projects.models import Member
from app.projects.roles import Act, may
from app.statements.pages.drawn import Drawn
from app.statements.pages.one import (
    QUOTES_A_PAGE,
    QUOTES_SHOWN,
    ItemList,
    Link,
    ListItem,
    OnePage,
    QuoteSection,
    QuoteShown,
)
from app.statements.pages.passage_links import passages_of
from app.statements.pages.words import KINDS_IN_WORDS, PARTIES, POSITIONS, SubjectWords
from app.statements.queries.uses import Entries, UsingAnnotation, list_entries
from app.web.filters import number, pluralise
from app.web.responses import Pager


@frozen
class Around:
    """Which main party or position the page is of, who asks, and what everything is called."""

    session: Session
    member: Member
    words: SubjectWords
    row: Named
    parties: Entries
    positions: Entries

    @classmethod
    def of(cls, session: Session, member: Member, words: SubjectWords, row: Named) -> "Around":
        """Read the names: after what is said, so that whatever this has is named."""
        parties = list_entries(session, Party, member.project_id)
        positions = list_entries(session, Position, member.project_id)
        return cls(session, member, words, row, parties, positions)

    @property
    def ids(self) -> Collection[int]:
        """Return the ids that count for it: its own, and those of its other names."""
        return [each.id for each in self.entries(self.words).values() if each.main == self.row.id]

    @property
    def slug(self) -> str:
        """Return the project's, as addresses have it."""
        return self.member.project.slug

    def entries(self, words: SubjectWords) -> Entries:
        """Return the parties, or the positions."""
        return self.parties if words is PARTIES else self.positions

    def name(self, words: SubjectWords, row_id: int) -> str:
        """Return what the main one is called that one counts for."""
        entries = self.entries(words)
        return entries[entries[row_id].main].called

    def address(self, words: SubjectWords, row_id: int) -> str:
        """Return the address of the main one that one counts for."""
        main = self.entries(words)[row_id].main
        return url_for("parties.one", slug=self.slug, what=words.what, row_id=main)

    def link(self, words: SubjectWords, row_id: int) -> Link:
        """Return the name and address of the main one that one counts for."""
        return Link(self.name(words, row_id), self.address(words, row_id))

    def names(self, uses: Iterable[int | None]) -> ItemList:
        """Return by which names it is called, each with how often, the most used first."""
        counts = Counter(uses)
        ids = sorted(self.ids, key=lambda row_id: (-counts[row_id], row_id != self.row.id))
        entries = self.entries(self.words)
        items = [ListItem(entries[row_id].called, said=number(counts[row_id])) for row_id in ids]
        return ItemList.of("Called", items if len(items) > 1 else [])


@frozen
class SectionPart:
    """A section before it is drawn: what is said in it, and the facets that ask for these.

    Without facets nothing else asks for them. `is_of_it` says that it is demanded of the party
    whose page it is, and not said by it.
    """

    key: str
    title: str
    said: Sequence[UsingAnnotation]
    facets: Mapping[str, object]
    is_of_it: bool = False


def build_page(
    around: Around,
    parts: Sequence[SectionPart],
    *,
    said: Sequence[UsingAnnotation],
    show: str,
    asked_page: str | None,
    empty: str,
    timeline: Drawn,
    lists: Sequence[ItemList],
) -> OnePage:
    """Build the page; `show` is the key of the part that is asked for alone.

    `said` is all that is said by the party, or of the position, and `empty` the words where nothing
    is.
    """
    words, row = around.words, around.row
    alone = next((part for part in parts if part.key == show and part.said), None)
    pager = Pager.at(asked_page, size=QUOTES_A_PAGE, total=len(alone.said) if alone else 0)
    cuts = {part.key: part.said[:QUOTES_SHOWN] for part in parts}
    if alone is not None:
        cuts = {alone.key: alone.said[pager.offset : pager.offset + QUOTES_A_PAGE]}
    hits = list_hits(around.session, [one.id for some in cuts.values() for one in some])
    sections = [
        _section(around, part, cuts[part.key], hits)
        for part in parts
        if part.said and part.key in cuts
    ]
    kind = getattr(row, "kind", "")
    passages = passages_of(around.slug, **{words.of: row.id})
    return OnePage(
        slug=around.slug,
        words=words,
        id=row.id,
        called=row.called,
        about=[
            *([KINDS_IN_WORDS[kind]] if kind else []),
            *(["Archived"] if row.archived_at else []),
        ],
        note=row.note,
        passages=Link(pluralise(len(said), "passage", "passages"), passages),
        articles=len({one.article for one in said}),
        sections=sections,
        empty=empty,
        shown=sections[0] if alone else None,
        pager=pager,
        timeline=timeline,
        lists=[each for each in lists if each.items],
        leaves_out=not can_see_all(around.session, around.member),
        change=url_for("keeping.change", slug=around.slug, what=words.what, row_id=row.id)
        if may(around.member, Act.KEEP_PARTIES)
        else "",
    )


def _section(
    around: Around,
    part: SectionPart,
    cut: Sequence[UsingAnnotation],
    hits: Mapping[int, PassageHit],
) -> QuoteSection:
    what, row_id = around.words.what, around.row.id
    address = url_for("parties.one", slug=around.slug, what=what, row_id=row_id, show=part.key)
    return QuoteSection(
        key=part.key,
        title=part.title,
        count=len(part.said),
        quotes=[_quote(around, part, one, hits[one.id]) for one in cut if one.id in hits],
        alone=address if len(part.said) > len(cut) else "",
        passages=passages_of(around.slug, **part.facets) if part.facets else "",
    )


def _quote(around: Around, part: SectionPart, one: UsingAnnotation, hit: PassageHit) -> QuoteShown:
    """Return a quote; what the page is about itself is not said again."""
    is_of_party = around.words is PARTIES
    is_own = is_of_party and not part.is_of_it
    itself = around.ids if part.is_of_it else ()
    return QuoteShown(
        hit=hit,
        by=None if is_own or one.party is None else around.link(PARTIES, one.party),
        of=[around.link(PARTIES, each) for each in one.addressees if each not in itself],
        position=around.link(POSITIONS, one.position) if is_of_party and one.position else None,
        side=one.side,
    )
