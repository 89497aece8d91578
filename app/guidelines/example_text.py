"""Examples in the Markdown of guidelines: one settled question each, under its tag's heading."""

import re
from dataclasses import dataclass

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#|~])")
_BEGINS_A_LIST = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """What an example says, in plain text; `link` leads back to the annotation."""

    tag: str
    quote: str
    question: str
    settled: str
    link: str
    link_text: str


def write_example(example: Example) -> str:
    """Return an example in Markdown."""
    quote = _plain(example.quote).replace("\n", "\n> ")
    parts = [f"> {quote}"]
    if example.question:
        parts.append(f"**Question:** {_paragraphs(example.question)}")
    parts.append(f"**Settled:** {_paragraphs(example.settled)}")
    parts.append(f"[{example.link_text}]({example.link})")
    return "\n\n".join(parts)


def add_example(text: str, *, tag: str, example: str) -> str:
    """Return guidelines with an example at the end of those of its tag, whose heading is made."""
    title = f"Examples of {tag}s"
    lines = text.split("\n")
    headings = [
        (place, len(found[1]), found[2])
        for place, line in enumerate(lines)
        if (found := _HEADING.fullmatch(line))
    ]
    for place, level, words in headings:
        if words.lower() == title.lower():
            later = (at for at, depth, _words in headings if at > place and depth <= level)
            end = next(later, len(lines))
            before, after = "\n".join(lines[:end]), "\n".join(lines[end:])
            return f"{before.rstrip()}\n\n{example}\n\n{after}".strip()
    return f"{text.rstrip()}\n\n## {title}\n\n{example}".strip()


def _paragraphs(text: str) -> str:
    return re.sub(r"\n\s*\n\s*", "\n\n", _plain(text))


def _plain(text: str) -> str:
    """Write a text so that Markdown takes no character of it for more than it is."""
    escaped = _MEANS_SOMETHING.sub(r"\\\1", text)
    return _BEGINS_A_LIST.sub(_escape_beginning, escaped)


def _escape_beginning(found: re.Match[str]) -> str:
    space, bullet, number, point = found.groups()
    return f"{space}\\{bullet}" if bullet else f"{space}{number}\\{point}"
