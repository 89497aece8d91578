"""How blocks were drawn last, kept in memory: what is tagged next is drawn into it."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from app.annotations.queries.kept_spans import KeptSpans
from app.annotations.queries.marks import Span
from app.articles.models import Revision
from app.articles.queries.content import BlockValues
from app.core.memory import KEEPS, MEMORY, Memory
from app.frozen import frozen
from app.reading.pages.rendering.lanes import LanePassage, Layout, Run, draw_runs, lay_out

MANY = 20  # passages of a block; fewer are as quickly drawn from nothing
RUN_CHARACTERS = 500  # what one takes in memory, with what is drawn there


@frozen
class KeptLayout:
    """How a block looks after an event."""

    event_id: int
    layout: Layout

    def __len__(self) -> int:
        """Return about how many characters it takes in memory."""
        return RUN_CHARACTERS * len(self.layout.runs)


def passages_of(spans: Iterable[Span]) -> Iterator[LanePassage]:
    """Yield the passages of a block as its lanes take them."""
    return ((start, end, tag, lowest) for start, end, tag, _, _, _, lowest in spans)


def has_many(spans: Sequence[Span]) -> bool:
    """Say whether a block has so many passages that how it was drawn is worth keeping."""
    return len(spans) >= MANY


def find_runs(
    session: Session,
    revision: Revision,
    row: BlockValues,
    spans: KeptSpans,
    cuts: Iterable[int],
) -> list[Run]:
    """Return the runs of a block with everything that is tagged in it, as `draw_runs` does.

    The cuts are the same each time.
    """
    if not has_many(spans.spans):
        return draw_runs(row.start, row.end, passages_of(spans.spans), cuts)
    memory: Memory[KeptLayout] = session.info[MEMORY]
    key = ("layout", revision.id, row.number)
    kept = memory.find(key)
    if kept is not None and kept.event_id == spans.event_id:
        return kept.layout.runs
    if kept is not None and kept.event_id == spans.before and spans.added is not None:
        layout = kept.layout
        if spans.added:
            layout = layout.with_more(list(passages_of(spans.added)), passages_of(spans.spans))
    else:
        layout = lay_out(row.start, row.end, passages_of(spans.spans), cuts)
    if session.info[KEEPS]:
        memory.keep(key, KeptLayout(spans.event_id, layout))
    return layout.runs
