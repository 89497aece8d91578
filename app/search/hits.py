"""Where a search is found in a text, and how much of it."""

from collections.abc import Sequence

from app.search.query import Query, Term
from app.text.search_words import Word, fold_words, list_words


def marked(text: str, query: Query) -> list[tuple[int, int]]:
    """Return the ranges of what a search looks for in a text: `[start, end)`, in code points.

    They stand in order and do not overlap. It does not ask whether the text has all of the search.
    """
    words = list_words(text)
    found: list[tuple[int, int]] = []
    for start, end in sorted({each for term in query.terms for each in _places(words, term)}):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def count_groups(text: str, query: Query) -> int:
    """Return of how many groups of a search a text has a term.

    It asks for no places: that takes a quarter of the time, and a page asks for many texts.
    """
    folded = f" {fold_words(text)} "
    return sum(any(_written(term) in folded for term in group) for group in query.groups)


def _written(term: Term) -> str:
    return f" {' '.join(term.words)}{'' if term.is_prefix else ' '}"


def _places(words: Sequence[Word], term: Term) -> list[tuple[int, int]]:
    *before, last = term.words
    length = len(term.words)
    return [
        (words[at].start, words[at + length - 1].end)
        for at in range(len(words) - length + 1)
        if _is_word(words[at + length - 1].word, last, is_prefix=term.is_prefix)
        and all(words[at + i].word == word for i, word in enumerate(before))
    ]


def _is_word(word: str, wanted: str, *, is_prefix: bool) -> bool:
    return word.startswith(wanted) if is_prefix else word == wanted
