"""From a quote to its place, and from a place in one text to the same words in its correction."""

from app.text.anchoring.contexts import CONTEXT_READ
from app.text.anchoring.differences import Difference, DifferenceKind, differences, offset_in_new
from app.text.anchoring.nearness import NEAREST_FLOOR, nearest
from app.text.anchoring.quotes import (
    CONTEXT,
    MAX_PLACES,
    Ambiguous,
    Quote,
    QuoteNotFound,
    describe,
    find_all,
    locate,
    locate_all,
)
from app.text.anchoring.reanchoring import Fate, Reanchored, reanchor

__all__ = [
    "CONTEXT",
    "CONTEXT_READ",
    "MAX_PLACES",
    "NEAREST_FLOOR",
    "Ambiguous",
    "Difference",
    "DifferenceKind",
    "Fate",
    "Quote",
    "QuoteNotFound",
    "Reanchored",
    "describe",
    "differences",
    "find_all",
    "locate",
    "locate_all",
    "nearest",
    "offset_in_new",
    "reanchor",
]
