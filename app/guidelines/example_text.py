"""Examples in the Markdown of guidelines: one settled question each, under its tag's heading."""

import re
from dataclasses import dataclass

_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#|~&])")
_BEGINS_A_LIST = re.compile(r"^(?:([-+])|(\d+)([.)]))(?=\s|$)")
_UNDERLINES = re.compile(r"[-=:][-=:\s]*")  # a heading, a break, or the columns of a table
_BLANK_LINES = re.compile(r"\n(?:\s*\n)+")
_BREAK = "\\\n"


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
    quote = "\n".join(f"> {line}".rstrip() for line in _plain(example.quote).split("\n"))
    parts = [quote]
    if example.question:
        parts.append(f"**Question:** {_plain(example.question)}")
    parts.append(f"**Settled:** {_plain(example.settled)}")
    parts.append(f"[{example.link_text}]({example.link})")
    return "\n\n".join(parts)


def add_example(text: str, *, tag: str, example: str) -> str:
    """Return guidelines with an example at the end of those of its tag, whose heading is made."""
    title = f"Examples of {tag}s"
    lines = text.split("\n")
    from app.text.readers.markdown import headings_of  # noqa: PLC0415 loaded when needed

    headings = headings_of(text)
    for place, heading in enumerate(headings):
        if heading.words.lower() == title.lower():
            later = (each.line for each in headings[place + 1 :] if each.level <= heading.level)
            end = next(later, len(lines))
            before, after = "\n".join(lines[:end]), "\n".join(lines[end:])
            return f"{before.rstrip()}\n\n{example}\n\n{after}".strip()
    return f"{text.rstrip()}\n\n## {title}\n\n{example}".strip()


def _plain(text: str) -> str:
    """Write a text so that Markdown takes no character of it for more than it is.

    Lines stay lines and paragraphs stay paragraphs; white space at the ends of a line goes.
    """
    paragraphs = _BLANK_LINES.split(text.strip())
    return "\n\n".join(_BREAK.join(map(_line, each.split("\n"))) for each in paragraphs)


def _line(text: str) -> str:
    text = text.strip()
    if _UNDERLINES.fullmatch(text):
        return f"\\{text}"
    return _BEGINS_A_LIST.sub(_escape_beginning, _MEANS_SOMETHING.sub(r"\\\1", text))


def _escape_beginning(found: re.Match[str]) -> str:
    bullet, number, point = found.groups()
    return f"\\{bullet}" if bullet else f"{number}\\{point}"
