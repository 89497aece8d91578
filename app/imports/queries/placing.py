"""Where the words of a row stand in the text that is read now."""

from collections.abc import Sequence

from app.articles.queries.content import Content
from app.frozen import frozen
from app.imports.outcomes import PlaceRange
from app.imports.rows import RowContent, RowRefused
from app.text import anchoring, passages
from app.text.passages import MAX_PASSAGE

MOST_PLACES = 20  # that are offered to choose from


@frozen
class PlaceCandidates:
    """Where words stand: one place, or several to choose from.

    `is_sure` says that the first one is meant, `is_moved` that the row gave another place; `count`
    is of all places, also of those that are not offered.
    """

    places: Sequence[PlaceRange]
    count: int
    is_moved: bool
    is_sure: bool


def find_place(content: Content, number: int, said: RowContent) -> PlaceCandidates:
    """Find what a row says in the text of revision `number`.

    The quote decides, and the offsets where they are of this revision and fit it; else what stands
    around it.

    Raises: RowRefused (it has no such words, or no words that can be tagged).
    """
    is_of_this = said.revision in {None, number}
    hint = said.start if is_of_this else None
    try:
        start, end = anchoring.locate(
            content.text, said.quote, start=hint, prefix=said.prefix, suffix=said.suffix
        )
    except anchoring.Ambiguous as error:
        offered = _tidied(content, error.places[:MOST_PLACES])
        return PlaceCandidates(offered, len(error.places), is_moved=True, is_sure=False)
    except anchoring.QuoteNotFound:
        message = "Its words do not occur in the article as they are written here."
        raise RowRefused(message) from None
    tidied = _tidied(content, [(start, end)])
    is_moved = said.start is not None and (start != said.start or not is_of_this)
    return PlaceCandidates(tidied, 1, is_moved, is_sure=True)


def _tidied(content: Content, places: Sequence[PlaceRange]) -> list[PlaceRange]:
    """Return places with clean ends, each once.

    Raises: RowRefused (none of them has words, or they are too long).
    """
    found: list[PlaceRange] = []
    for start, end in places:
        try:
            marks = content.footnote_marks(start, end)
            tidied = passages.tidy(content.text, start, end, marks)
        except passages.EmptyPassage:
            continue
        if tidied[1] - tidied[0] > MAX_PASSAGE:
            message = f"Its passage is longer than {MAX_PASSAGE:,} characters. Tag it in parts."
            raise RowRefused(message)
        if tidied not in found:
            found.append(tidied)
    if not found:
        message = "It has no words that can be tagged, such as the mark of a footnote."
        raise RowRefused(message)
    return found
