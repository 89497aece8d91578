"""The changes of a project as an address asks for them: which pairs are shown, with verdicts."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article
from app.core.db import read_columns
from app.discussion.queries.verdicts import NOTHING_SAID, VerdictSaid, list_verdicts
from app.findings.asked import Asked
from app.parties.models import Named, Party, Position
from app.projects.models import Member
from app.statements.asked_changes import AskedChanges, ChangesView
from app.statements.changes import Change, Pair, PairKey, Rank, find_changes
from app.statements.graph import NodeNames
from app.statements.queries.listing import list_statements
from app.statements.queries.networks import find_node_names

_article = Article.__table__.c


class Judged(NamedTuple):
    """A pair, and what is said of it."""

    pair: Pair
    said: VerdictSaid


@dataclass(frozen=True)
class Changes:
    """What is shown: `every` are all that a member sees in the project, `some` those asked for."""

    asked: AskedChanges
    every: Sequence[Change]
    some: Sequence[Change]
    verdicts: Mapping[tuple[int, int], VerdictSaid]
    names: NodeNames

    def said_of(self, pair: Pair) -> VerdictSaid:
        """Return what is said of a pair."""
        return self.verdicts.get(pair.key, NOTHING_SAID)

    def shown(self, after: Rank | None = None) -> Iterator[Judged]:
        """Yield the pairs that are shown, the highest rank first; those below a rank alone."""
        if self.asked.view is ChangesView.LATEST:
            found: Iterator[Judged] = (
                each for each in self._latest if after is None or each.pair.rank < after
            )
        else:
            every = (each.pairs(self.asked.wanted, after) for each in self.some)
            pairs = merge(*every, key=lambda pair: pair.rank, reverse=True)
            found = (Judged(pair, self.said_of(pair)) for pair in pairs)
        return (each for each in found if self.asked.verdict.includes(each.said.value))

    def page(self, after: Rank | None, size: int) -> tuple[Sequence[Judged], bool]:
        """Return so many of the pairs that are shown, and whether more follow."""
        found = list(islice(self.shown(after), size + 1))
        return found[:size], len(found) > size

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many pairs have each verdict, "" for none, whichever are asked for."""
        if self.asked.view is ChangesView.LATEST:
            return Counter(each.said.value for each in self._latest)
        numbers = Counter(said.value for said in self._said)
        numbers[""] += self.in_all - len(self._said)
        return numbers

    @property
    def count(self) -> int:
        """Return how many pairs are shown, on all pages."""
        return sum(n for value, n in self.counts.items() if self.asked.verdict.includes(value))

    @cached_property
    def in_all(self) -> int:
        """Return how many pairs there are, with any verdict and none."""
        return sum(each.count(self.asked.wanted) for each in self.some)

    @cached_property
    def _latest(self) -> Sequence[Judged]:
        firsts = (next(each.pairs(self.asked.wanted), None) for each in self.some)
        pairs = sorted((one for one in firsts if one), key=lambda one: one.rank, reverse=True)
        return [Judged(pair, self.said_of(pair)) for pair in pairs]

    @cached_property
    def _said(self) -> Sequence[VerdictSaid]:
        """Return what is said of each of the pairs that ever had a verdict."""
        of_annotation = {one.annotation: each for each in self.some for one in each.statements}
        return [
            said
            for key, said in self.verdicts.items()
            if (change := of_annotation.get(key[0]))
            and (pair := change.find(PairKey(*key)))
            and self.asked.wanted.includes(pair)
        ]


def list_changes(session: Session, member: Member, asked: AskedChanges) -> Changes:
    """Return the changes of a project that are asked for, of what a member may see."""
    every = find_changes(list_statements(session, member, Asked()))
    party = _main_id(session, Party, asked.party)
    position = _main_id(session, Position, asked.position)
    return Changes(
        asked=asked,
        every=every,
        some=[
            each
            for each in every
            if party in {None, each.party} and position in {None, each.position}
        ],
        verdicts=list_verdicts(session, member),
        names=find_node_names(session, member.project_id),
    )


def titles_of(session: Session, article_ids: Collection[int]) -> Mapping[int, str]:
    """Return the titles of some articles, by their ids."""
    query = select(_article.id, _article.title).where(_article.id.in_(article_ids))
    return {row[0]: row[1] for row in read_columns(session, query)}


def _main_id(session: Session, model: type[Named], row_id: int | None) -> int | None:
    """Return the id of the one that a name counts for; of none that there is, its own."""
    row = session.get(model, row_id) if row_id else None
    return row.main_id if row else row_id
