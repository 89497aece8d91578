"""Where the sentences of a block begin and end."""

import re

# The library reads a masked copy of the text, as long as the text itself, in which whatever would
# mislead it is blanked or made harmless. What it finds there holds for the text, place by place.
#
# Blanking quotation marks lets a quotation of several sentences be split inside, and spares the
# library's search for each mark's partner, which takes quadratic time on unpaired marks. Plain
# spaces spare it no-break ones after an initial ("A\xa0."), on which it panics; lone surrogates
# it cannot take at all.

_OPENING = "“‘„‚‟‛«‹「『([{"
_CLOSING = "”’“‘»›«‹」』)]}\"'＂"
# Each pattern begins with a plain class or letter, which is what makes a search of it fast.
_BLANKED = re.compile(
    r"[\t\x0b-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    r"\ud800-\udfff“”„‟«»‹›「」『』\"＂]"
)
_SINGLE_MARK = re.compile(r"['‘’‚‛](?:(?<![^\W_].)|(?![^\W_]))", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\[\]()“”\"]*[\w/=&#%-]", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:…|\.(?:[ \xa0]?\.){2,})(?:[ \xa0]?[….])*")
_NEXT_WORD = re.compile(rf"[{re.escape(_CLOSING)}]*\s+[{re.escape(_OPENING + _CLOSING)}]*(\w)")
_FOOTNOTE_MARK = re.compile(
    rf"(?P<stop>[.!?…][{re.escape(_CLOSING)}]*)"
    r"(?P<mark>\d{1,2}|\[\d{1,3}\]|[⁰¹²³⁴-⁹]+)"
    rf"(?=[{re.escape(_CLOSING)}]*(?:\s|\Z))"
)
_WORD_BEFORE = re.compile(r"[^\W_]+\Z")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# An aside that stands as sentences of its own, not inside one: the library would leave it whole.
_ASIDE = re.compile(
    r"[(\[](?:(?<=\A.)|(?<=[.!?]\s.)|(?<=[.!?][\s)\]]\s.))[^()\[\]]*[.!?]\s{0,2}[)\]]"
)
_LIST_NUMBER = re.compile(r"\A\s*\d{1,3}\.(?=\s)")
# A stop that the library may misread, by the word before it and by what follows. It knows "No. 5",
# "p. 5" and "Mr. Lee", not the words below; and it takes "No. What matters is …" for a number.
_STOP_INSIDE = re.compile(r"\.(?=\s+[^\W_a-z])")
_BEFORE_NUMBERS = frozenset(
    {"vol", "vols", "ch", "chs", "chap", "approx", "pt", "pts", "para", "paras", "eq", "eqs", "ver"}
)
_TITLES = frozenset(
    {"Ms", "Mx", "Mmes", "Amb", "Atty", "Ald", "Cdr", "Govs", "Govt", "Intl", "Natl", "Profs"}
    | {"Secy", "Treas", "Ft"}
)
_COUNTED = frozenset({"no", "nos", "nr", "fig", "figs", "art", "sec", "vol", "vols", "pp", "ch"})
# How far back a word is looked for: no abbreviation is longer.
_WORD_REACH = 24


def sentence_bounds(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Find the sentences of one block's text.

    `language` is a language tag; one that is not known is read as English. Returns pairs
    `(start, end)` in code points, end exclusive, in order and apart from one another. They are
    trimmed of white space and hold every other character of the text, so that a text without any
    has none. A table's rows are sentences of their own. Never raises.
    """
    import sentencex  # type: ignore[import-untyped]  # noqa: PLC0415 loaded when needed; it ships no types

    masked = _mask(text)
    breaks = set()
    at = gap_end = 0
    for sentence in sentencex.segment(_primary_subtag(language), masked):
        at += len(sentence)
        if at < gap_end:
            continue  # several breaks in one gap are one
        gap_start, gap_end = _gap_around(masked, at)
        settled = _settle(text, masked, gap_start, gap_end)
        if settled is not None:
            breaks.add(settled)
    if "\t" in text:
        breaks.update(match.end() for match in re.finditer("\n", text))
    return _trimmed(text, sorted(breaks | {len(text)}))


def _primary_subtag(language: str) -> str:
    """Give the language of a tag such as "en-US": "en", also where there is none."""
    subtag = re.split(r"[-_]", language.strip().lower())[0]
    return subtag if re.fullmatch(r"[a-z]{2,3}", subtag) else "en"


def _mask(text: str) -> str:
    """Copy the text for the library, character for character."""
    masked = _ADDRESS.sub(lambda match: "x" * len(match.group()), text)
    masked = _FOOTNOTE_MARK.sub(_mask_footnote_mark, masked)
    masked = _ELLIPSIS.sub(_mask_ellipsis, masked)
    masked = _SINGLE_MARK.sub(" ", masked)
    masked = _BLANKED.sub(" ", masked)
    masked = _ASIDE.sub(_mask_brackets, masked)
    masked = _LIST_NUMBER.sub(_mask_list_number, masked)
    return _STOP_INSIDE.sub(_mask_stop_inside, masked)


def _mask_footnote_mark(match: re.Match[str]) -> str:
    """Blank the digit in "face-to-face.1 Next", not the one in "No.5", "p.12" or "3.14"."""
    word = _word_before(match.string, match.start())
    counted = len(word) == 1 or word.lower() in _COUNTED
    decimal = word.isdigit() and not _YEAR.fullmatch(word)
    if match["mark"].isascii() and match["mark"].isdigit() and (counted or decimal):
        return match.group()
    return match["stop"] + " " * len(match["mark"])


def _mask_ellipsis(match: re.Match[str]) -> str:
    """Let an ellipsis end a sentence only where it trails off a word and a new one starts.

    One that stands apart ("of … France") marks words left out; one before a small letter
    ("wait… what") is a pause. One after a full stop ("left. … Then") belongs to the sentence there.
    """
    text, length = match.string, len(match.group())
    if text[max(0, match.start() - 3) : match.start()].rstrip()[-1:] in {".", "!", "?"}:
        return " " * length
    before = text[match.start() - 1 : match.start()]
    following = _NEXT_WORD.match(text, match.end())
    trails_off = before.isalnum() or before in {*_CLOSING, "!", "?", "%"}
    if before and trails_off and following and not following[1].islower():
        return "," * (length - 1) + "."
    return "," * length


def _mask_brackets(match: re.Match[str]) -> str:
    """Blank the outer brackets, which the pattern allows no others inside."""
    return re.sub(r"[()\[\]]", " ", match.group())


def _mask_list_number(match: re.Match[str]) -> str:
    """Take its meaning from the full stop of "1. The first point"."""
    return match.group()[:-1] + ","


def _mask_stop_inside(match: re.Match[str]) -> str:
    """Take its meaning from the full stop of an abbreviation, and make that of "No." plain."""
    text, stop = match.string, match.start()
    word = _word_before(text, stop)
    if text[stop + 1 : stop + _WORD_REACH].lstrip()[:1].isdigit():
        return "," if word.lower() in _BEFORE_NUMBERS else "."
    if word in _TITLES:
        return ","
    return "!" if word in {"No", "no"} else "."


def _word_before(text: str, place: int) -> str:
    """Give the letters and digits that stand right before a place, as far as they matter."""
    found = _WORD_BEFORE.search(text, max(0, place - _WORD_REACH), place)
    return found.group() if found else ""


def _gap_around(masked: str, at: int) -> tuple[int, int]:
    """Give the bounds of the white space and the blanked marks that `at` touches."""
    start = end = at
    while start and masked[start - 1].isspace():
        start -= 1
    while end < len(masked) and masked[end].isspace():
        end += 1
    return start, end


def _settle(text: str, masked: str, start: int, end: int) -> int | None:
    """Say where in the gap `[start, end)` a break belongs, None where there is none.

    A closing mark belongs to the sentence that it closes, an opening one to the sentence that it
    opens; straight marks do not say which they are, but where they stand does.
    """
    if start == end:
        # "example.Com" is one word; scripts written without spaces have stops of their own.
        return start if start and not text[start - 1].isascii() else None
    if end == len(text):
        return end
    gap = text[start:end]
    if masked[end].islower() and any(mark in _CLOSING for mark in gap):
        return None  # “Go away.” he said: what follows the quotation goes on
    return start + _closing_length(gap)


def _closing_length(gap: str) -> int:
    """Count the characters of a gap that belong to the sentence before it."""
    if gap.isspace():
        return len(gap)
    groups = list(re.finditer(r"\S+", gap))
    if len(groups[0].group()) == len(gap):
        # No space at all between two words: `left.”“Then`.
        return next((at for at, mark in enumerate(gap) if mark in _OPENING), len(gap))
    for group in groups:
        opens = all(mark in _OPENING for mark in group.group())
        is_stuck_to_next = group.end() == len(gap)
        if group.start() and (opens or is_stuck_to_next):
            return group.start()
    return len(gap)


def _trimmed(text: str, breaks: list[int]) -> list[tuple[int, int]]:
    """Cut the text at the breaks, and keep with its neighbour what holds no word."""
    bounds: list[tuple[int, int]] = []
    start = 0
    has_word = True
    for end in breaks:
        piece = text[start:end]
        sentence = piece.strip()
        if sentence:
            first = start + len(piece) - len(piece.lstrip())
            last = first + len(sentence)
            is_worded = any(map(str.isalnum, sentence))
            if bounds and not (is_worded and has_word):
                bounds[-1] = (bounds[-1][0], last)
                has_word = has_word or is_worded
            else:
                bounds.append((first, last))
                has_word = is_worded
        start = end
    return bounds
