"""Plain text in Markdown (CommonMark): it means what it says, and nothing more."""

import re

# Beside what CommonMark and its tables know, what note-taking programs do: a formula between
# dollars, the name of a block after ^, a comment between %%, a highlight between ==.
_MEANS_SOMETHING = re.compile(r"[\\`*_\[\]<>#|~&$^]|%%|==")
_BEGINS_A_LIST = re.compile(r"^(?:([-+])|(\d+)([.)]))(?=\s|$)")
_UNDERLINES = re.compile(r"[-=:][-=:\s]*")  # a heading, a break, or the columns of a table
_BLANK_LINES = re.compile(r"\n(?:\s*\n)+")
_BREAK = "\\\n"
_ENDS_AN_ADDRESS = re.compile(r"[\\<>&]")


def write_plain(text: str) -> str:
    """Write a text so that Markdown takes no character of it for more than it is.

    Lines stay lines and paragraphs stay paragraphs; white space at the ends of a line goes.
    """
    paragraphs = _BLANK_LINES.split(text.strip())
    return "\n\n".join(_BREAK.join(map(_line, each.split("\n"))) for each in paragraphs)


def write_plain_line(text: str) -> str:
    """Write a text in one line, as `write_plain` does."""
    return _line(" ".join(text.split()))


def write_link(words: str, address: str) -> str:
    """Write a link with plain words."""
    address = "%20".join(address.split())
    return f"[{write_plain_line(words)}](<{_ENDS_AN_ADDRESS.sub(_escape, address)}>)"


def _line(text: str) -> str:
    text = text.strip()
    if _UNDERLINES.fullmatch(text):
        return f"\\{text}"
    return _BEGINS_A_LIST.sub(_escape_beginning, _MEANS_SOMETHING.sub(_escape, text))


def _escape(found: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in found[0])


def _escape_beginning(found: re.Match[str]) -> str:
    bullet, number, point = found.groups()
    return f"\\{bullet}" if bullet else f"{number}\\{point}"
