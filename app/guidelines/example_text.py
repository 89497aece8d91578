"""Examples in the Markdown of guidelines: one settled question each, under its tag's heading."""

from app.annotations.tags import PLURALS
from app.frozen import frozen
from app.text.plain_markdown import write_plain


@frozen
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
    quote = "\n".join(f"> {line}".rstrip() for line in write_plain(example.quote).split("\n"))
    parts = [quote]
    if example.question:
        parts.append(f"**Question:** {write_plain(example.question)}")
    parts.append(f"**Settled:** {write_plain(example.settled)}")
    parts.append(f"[{example.link_text}]({example.link})")
    return "\n\n".join(parts)


def add_example(text: str, *, tag: str, example: str) -> str:
    """Return guidelines with an example at the end of those of its tag, whose heading is made."""
    title = f"Examples of {PLURALS[tag]}"
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
