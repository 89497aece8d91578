"""The four tags. They are the product, and so they are fixed."""

from enum import StrEnum


class Tag(StrEnum):
    """What a passage is, in the order of their keys."""

    CLAIM = "claim"
    DEMAND = "demand"
    ASSUMPTION = "assumption"
    CITATION = "citation"


TAGS = tuple(tag.value for tag in Tag)
"""Their names; to ask the members for them takes a call each time."""
PLURALS = {
    "claim": "claims",
    "demand": "demands",
    "assumption": "assumptions",
    "citation": "citations",
}
"""What several of them are called."""
