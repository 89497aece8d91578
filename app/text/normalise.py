"""Text to the one form in which offsets are counted."""

import re
import unicodedata

_LINE_BREAKS = re.compile("[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SOFT_HYPHEN = "\u00ad"
# What any of these would change: most texts have nothing of it, and are gone through once.
_TO_CHANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST_MARK_RUN = 30
# No combining mark comes before U+0300: where this is not found, there are too few in a row.
# A pattern that begins with one character is looked for more quickly than one that repeats it.
_MAY_BE_MARKS = re.compile(f"[^\x00-\u02ff][^\x00-\u02ff]{{{_LONGEST_MARK_RUN}}}")


def normalise(text: str) -> str:
    r"""Put a text into the form that is kept: `\n` for every line break, no controls, NFC.

    Tabs stay. Lone surrogates, which no file and no database could hold, become U+FFFD. A second
    pass changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text  # most texts: nothing of them changes
    return _compose(without_controls(text))


def without_controls(text: str) -> str:
    """Do what `normalise` does but for NFC: for a page whose words are put into that one by one."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if _TO_CHANGE.search(text):
        text = _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text))
        text = _SURROGATES.sub("\ufffd", text)
    return text


def has_controls(text: str) -> bool:
    """Say whether a text has characters that no kept text has: controls, other line breaks."""
    return _TO_CHANGE.search(text) is not None


def without_soft_hyphens(text: str) -> str:
    """Leave out the hyphens that are shown only where a line breaks: in a kept text none does."""
    return text.replace(_SOFT_HYPHEN, "")


def _compose(text: str) -> str:
    """NFC, but for runs of more combining marks than any script writes.

    Sorting such a run takes time by the square of its length: a small file could stop the server.
    The limit is that of the Stream-Safe Text Format (UAX 15, section 13).
    """
    if text.isascii():
        return text
    if not _MAY_BE_MARKS.search(text):
        return unicodedata.normalize("NFC", text)
    marks = "".join(sorted(c for c in set(text) if unicodedata.combining(c)))
    if not marks:
        return unicodedata.normalize("NFC", text)
    long_run = re.compile(f"([{re.escape(marks)}]{{{_LONGEST_MARK_RUN + 1},}})")
    parts = long_run.split(text)  # every second part is a long run
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)
