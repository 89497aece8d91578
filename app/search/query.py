"""What somebody types to search, read: words, "phrases", OR, NOT or -without, pre*.

    harbour "port fees"      both are there
    harbour AND fees         the same: AND says what is so anyway
    harbour OR port fees     one of the first two, and the third
    harbour -fees            the first, not the second; a minus sign does, too
    harbour NOT fees         the same
    harb*                    any word that begins so

Case, accents and typographic marks make no difference; `app/text/search_words.py` says what does.
"""

import re
from typing import NamedTuple

from app.frozen import frozen
from app.text.search_words import fold_words

LONGEST_QUERY = 200  # characters
MOST_TERMS = 20  # words and phrases

_TOO_LONG = (
    "A search has at most {most} characters, and this one has {length}. Leave out some words."
)
_TOO_MANY = (
    "A search has at most {most} words and phrases, and this one has {length}. Leave out some."
)
_NO_WORDS = "There is no word to look for. Type a word, or a phrase in quotation marks."
_PLAIN = "{reason} So it was searched as plain words."
_UNCLOSED = "A quotation mark is not closed."
_BAD_STAR = "A star stands only at the end of a word."
_BAD_OR = "OR stands between two words or phrases to look for."
_ONLY_WITHOUT = "A search that leaves words out needs words to look for, too."

_AND, _OR, _TERM, _WITHOUT = "AND", "OR", "term", "without"
_QUOTES = '"“”„‟«»＂'
_MINUS = "-\u2212"
_PART = re.compile(
    rf"(?P<minus>[{_MINUS}]|NOT\s+)?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]|(?P<word>[^\s{_QUOTES}]+))"
    rf"|(?P<unclosed>[{_QUOTES}])"
)


class Term(NamedTuple):
    """One word or phrase to look for, folded; the last of its words may go on as a prefix."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def shown(self) -> str:
        """Return it as it can be typed."""
        text = " ".join(self.words)
        quoted = f'"{text}"' if len(self.words) > 1 else text
        return f"{quoted}*" if self.is_prefix else quoted


@frozen
class Query:
    """A search as it was read.

    All of `groups` are to be found, each by any of its terms; none of `without`. Without groups
    nothing is found. `notice` is "", or a sentence for the page: how it was read, or why it is not.
    """

    typed: str = ""
    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    notice: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return each term that is looked for, once."""
        return tuple(dict.fromkeys(term for group in self.groups for term in group))

    @property
    def is_asked(self) -> bool:
        """Say whether anything was typed."""
        return bool(self.typed)


class _Unreadable(Exception):
    """The search cannot be read as it was meant; the message is a sentence."""


def read_query(typed: str) -> Query:
    """Read a search. What cannot be read is taken as plain words; never raises."""
    typed = "".join(c if c.isprintable() else " " for c in typed).strip()
    if not typed:
        return Query()
    if len(typed) > LONGEST_QUERY:
        return Query(typed, notice=_TOO_LONG.format(most=LONGEST_QUERY, length=f"{len(typed):,}"))
    notice = ""
    try:
        groups, without = _read(typed)
    except _Unreadable as error:
        groups, without = [[Term((word,))] for word in fold_words(typed).split()], []
        notice = _PLAIN.format(reason=error)
    if not groups:
        return Query(typed, notice=_NO_WORDS)
    count = sum(map(len, groups)) + len(without)
    if count > MOST_TERMS:
        return Query(typed, notice=_TOO_MANY.format(most=MOST_TERMS, length=count))
    found = tuple(tuple(dict.fromkeys(group)) for group in groups)
    return Query(typed, tuple(dict.fromkeys(found)), tuple(dict.fromkeys(without)), notice)


def _read(typed: str) -> tuple[list[list[Term]], list[Term]]:
    groups: list[list[Term]] = []
    without: list[Term] = []
    before = ""  # what stands before a part: a term to look for, OR, one to be without, or nothing
    for part in _PART.finditer(typed):
        bare = None if part["minus"] else part["word"]
        if bare == _OR:
            _check(before == _TERM, _BAD_OR)
            before = _OR
            continue
        if bare == _AND and before in {_TERM, _WITHOUT} and part.end() < len(typed):
            continue
        is_without, term = _read_term(part)
        if term is None:
            continue
        _check(not (is_without and before == _OR), _BAD_OR)
        if is_without:
            without.append(term)
        elif before == _OR:
            groups[-1].append(term)
        else:
            groups.append([term])
        before = _WITHOUT if is_without else _TERM
    _check(before != _OR, _BAD_OR)
    _check(bool(groups) or not without, _ONLY_WITHOUT)
    return groups, without


def _check(is_readable: bool, message: str) -> None:  # noqa: FBT001  (what it checks)
    if not is_readable:
        raise _Unreadable(message)


def _read_term(part: re.Match[str]) -> tuple[bool, Term | None]:
    """Return whether it is to be absent, and the term; None for signs without a word."""
    _check(part["unclosed"] is None, _UNCLOSED)
    is_without = bool(part["minus"])
    if part["phrase"] is not None:
        words = fold_words(part["phrase"]).split()
        return is_without, Term(tuple(words)) if words else None
    bare = part["word"].lstrip(_MINUS) if is_without else part["word"]
    is_prefix = bare.endswith("*")
    bare = bare.removesuffix("*")
    words = fold_words(bare).split()
    _check("*" not in bare and bool(words or not is_prefix), _BAD_STAR)
    return is_without, Term(tuple(words), is_prefix) if words else None
