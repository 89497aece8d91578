"""The page of passages: its address, and what stands on it."""

import html
import re

PASSAGES = "/projects/first/findings/passages"


def words_of(page: str) -> str:
    """Return the words of a page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def shown(page: str) -> list[int]:
    """Return the ids of the passages that a page lists, in order."""
    return [int(found) for found in re.findall(r'<li class="hit \w+" id="a(\d+)', page)]
