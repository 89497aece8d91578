"""The four tags. They are the product, and so they are fixed."""

from enum import StrEnum


class Tag(StrEnum):
    """What a passage is, in the order of their keys."""

    CLAIM = "claim"
    DEMAND = "demand"
    ASSUMPTION = "assumption"
    CITATION = "citation"


BIT: dict[str, int] = {tag: 1 << place for place, tag in enumerate(Tag)}
CLASSES: tuple[str, ...] = tuple(
    " ".join(tag for tag in Tag if mask & BIT[tag]) for mask in range(1 << len(Tag))
)
"""The CSS classes of a mark, by its mask: `CLASSES[BIT["claim"]] == "claim"`."""
