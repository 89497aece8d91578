"""What is written in comments and reasons: cleaned, limited, and cut into what is drawn apart."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from app.core.errors import Invalid
from app.text.links import find_links
from app.text.normalise import normalise


class Part(NamedTuple):
    """A stretch of a text: plain, a hyperlink to `target`, or the name of a member."""

    text: str
    target: str = ""
    is_name: bool = False


def clean(text: str, *, field: str, limit: int) -> str:
    """Return a text as it is kept.

    Raises: Invalid (it is too long).
    """
    cleaned = normalise(text).strip()
    if len(cleaned) > limit:
        message = (
            f"This has {len(cleaned):,} characters, and at most {limit:,} are allowed. "
            "Shorten it; nothing of it is lost yet."
        )
        raise Invalid(field, message)
    return cleaned


def parts_of(text: str, names: Mapping[str, str]) -> list[Part]:
    """Cut a text into plain parts, web addresses and names of members.

    `names` are the names as they are now, by how the text calls them.
    """
    found: list[tuple[int, int, Part]] = [
        (link.start, link.end, Part(text[link.start : link.end], target=link.target))
        for link in find_links(text)
    ]
    if names:
        longest_first = sorted(names, key=len, reverse=True)
        called = "|".join(re.escape(name) for name in longest_first)
        for match in re.finditer(rf"{BEFORE}@({called})(?!\w)", text):
            if not any(start <= match.start() < end for start, end, _part in found):
                part = Part(f"@{names[match[1]]}", is_name=True)
                found.append((match.start(), match.end(), part))
    parts: list[Part] = []
    place = 0
    for start, end, part in sorted(found):
        if start > place:
            parts.append(Part(text[place:start]))
        parts.append(part)
        place = end
    if place < len(text):
        parts.append(Part(text[place:]))
    return parts


BEFORE = r"(?<![\w.+-])"
"""What may not stand before the @ of a name: an e-mail address names nobody."""
