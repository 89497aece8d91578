"""The article that tests in a browser read, short enough to be known by heart."""

from dataclasses import dataclass

SAMPLE = """---
title: The River Road NUMBER
author: Ada Quill
publication: The Ferry Post
date: 2025-03-09
language: en
---

The council must close the road. It floods every spring, and nobody repairs it. \
Dr. Smith told the U.S. Senate so in May.

## What was promised

“We have no money,” said the mayor. “We have no time.” She smiled at all of us.

Read [the report of the county](https://example.org/report) before you vote. The road floods. \
The road floods. Nobody may say that this was not known.

> A road that floods is a river. It wants a bridge.

In the end the town pays. It pays twice, and it pays late.
"""

FIRST = "The council must close the road."
SECOND = "It floods every spring, and nobody repairs it."
THIRD = "Dr. Smith told the U.S. Senate so in May."
HEADING = "What was promised"
LAST = "It pays twice, and it pays late."

LONG = SAMPLE + "".join(
    f"\nParagraph {number} says again what was said before. It is here to be scrolled past, "
    "line after line, so that the page is longer than any window that shows it.\n"
    for number in range(1, 41)
)

# More passages than there is room for beside the first block, all in it and all different.
MANY = [FIRST[start:end] for start in range(4, 11) for end in range(start + 2, 12)]


@dataclass(frozen=True, slots=True)
class Sample:
    """An article as a test knows it: `path` is root-relative, `text` its revision's."""

    id: int
    title: str
    path: str
    text: str

    def span(self, words: str) -> tuple[str, str]:
        """Return start and end of the words' first place, as the CSV writes them."""
        start = self.text.index(words)
        return str(start), str(start + len(words))
