"""What the pages show on which an article is corrected."""

from collections.abc import Mapping, Sequence

from app.articles.service.drafts import DraftLine
from app.corrections.service.correct import Before, Decision, PlaceProposal
from app.frozen import frozen
from app.integrations.fetching import FetchRules
from app.library.pages.add import HowRead
from app.reading.pages.article_ref import ArticleRef, words_around
from app.text.anchoring import Fate
from app.text.document import Document
from app.text.footnotes import raise_marks
from app.text.readers import Limits
from app.text.word_diff import DiffPiece, WordDiff, pieces_between

WORDS = {
    Fate.UNCHANGED: "The same words where they were",
    Fate.MOVED: "The same words at another place",
    Fate.CHANGED: "Other words",
    Fate.ORPHANED: "Not found in the new text",
}
_SHORTENED = "Some of its words are gone"
DECIDED = {
    Decision.BY_HAND: "Placed by hand",
    Decision.LEFT: "Left without a place",
    Decision.DOUBLED: "Left without a place: the same person has the same tag there already",
}


@frozen
class CorrectPage:
    """The ways to correct an article: edit its text, or take a new one. `text` is to be edited.

    `meanwhile` is what someone else has corrected since it was begun.
    """

    article: ArticleRef
    number: int
    text: str
    pasted: str
    url: str
    source_url: str
    problem: str
    meanwhile: WordDiff | None
    drafts: Sequence[DraftLine]
    extensions: Sequence[str]
    limits: Limits
    request_limit: int
    fetch: FetchRules


@frozen
class ReviewLine:
    """An annotation in the review of a correction, where it stood and where it is to stand.

    `quote` are the words that it had, in pieces beside those that it is to have.
    """

    id: int
    tag: str
    annotator: str
    pieces: Sequence[DiffPiece]
    before: str
    after: str
    paragraph: int
    state: str
    has_place: bool
    is_decided: bool


@frozen
class ReviewGroup:
    """Annotations with the same fate. `is_open` are those that a person should look at."""

    name: str
    title: str
    is_open: bool
    lines: Sequence[ReviewLine]


@frozen
class ReviewPage:
    """A correction before it is stored: what changes in the text, and every annotation.

    `number` is the revision that it corrects, `seen` the last event that the page knows of, and
    `fingerprint` that of the draft. `how_read` is None where nothing is to check against the file.
    """

    article: ArticleRef
    draft_id: int
    source: str
    language: str
    number: int
    seen: int
    fingerprint: str
    is_same: bool
    changes: WordDiff
    groups: Sequence[ReviewGroup]
    total: int
    problem: str
    how_read: HowRead | None

    @property
    def to_judge(self) -> int:
        """Count the annotations that have no place, or other words."""
        judged = ("orphaned", "changed")
        return sum(len(group.lines) for group in self.groups if group.name in judged)


_GROUPS = (
    ("orphaned", "Without a place", True),
    ("changed", "With other words", True),
    ("by_hand", "Placed by hand", True),
    ("moved", "Moved with their words", False),
    ("unchanged", "Unchanged", False),
)


def review_groups(
    before: Before,
    proposals: Sequence[PlaceProposal],
    texts: tuple[Document, Document],
    paragraphs: Sequence[int],
) -> list[ReviewGroup]:
    """Sort the living annotations by their fate.

    `texts` are the one that is corrected and the new one, `paragraphs` the numbers of the blocks in
    which the annotations are to stand, 0 for none.
    """
    old, new = texts
    shown = {**before.texts, before.base.id: raise_marks(old)}, raise_marks(new)
    lines: dict[str, list[ReviewLine]] = {name: [] for name, _title, _is_open in _GROUPS}
    for proposal, paragraph in zip(proposals, paragraphs, strict=True):
        if not proposal.annotation.is_deleted:
            lines[_group_of(proposal)].append(_line(shown, proposal, new.text, paragraph))
    return [
        ReviewGroup(name, title, is_open, lines[name])
        for name, title, is_open in _GROUPS
        if lines[name]
    ]


def _group_of(proposal: PlaceProposal) -> str:
    if proposal.place is None:
        return "orphaned"
    if proposal.decision is Decision.BY_HAND:
        return "by_hand"
    return proposal.fate.value


def _line(
    shown: tuple[Mapping[int, str], str], proposal: PlaceProposal, new: str, paragraph: int
) -> ReviewLine:
    annotation, place = proposal.annotation, proposal.place
    if place is None:
        text, start, end = shown[0][annotation.revision_id], annotation.start, annotation.end
        pieces = [DiffPiece("deleted", annotation.quote)]
    else:
        text, (start, end) = shown[1], place
        pieces = pieces_between(annotation.quote, new[start:end])
    before, after = words_around(text, start, end)
    return ReviewLine(
        id=annotation.id,
        tag=annotation.tag,
        annotator=annotation.annotator,
        pieces=pieces,
        before=before,
        after=after,
        paragraph=paragraph,
        state=_state(proposal, pieces),
        has_place=place is not None,
        is_decided=proposal.decision in {Decision.BY_HAND, Decision.LEFT},
    )


def _state(proposal: PlaceProposal, pieces: Sequence[DiffPiece]) -> str:
    if proposal.decision in DECIDED:
        return DECIDED[proposal.decision]
    if proposal.fate is Fate.CHANGED and all(piece.kind != "inserted" for piece in pieces):
        return _SHORTENED
    return WORDS[proposal.fate]
