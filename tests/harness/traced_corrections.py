"""Articles and corrections of them that say of each character where it comes from."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

# A character and its place in the old text, -1 for a new one.
_Traced = list[tuple[str, int]]

_COMMON_WORDS = (
    "the of and to in a is that for it was on are as with they be at this from have or by not but "
    "what all were when we there can an your which their if will how each about out many then "
    "them these so some her would make like him into has two more no way could my than been who"
)
_COMMON = _COMMON_WORDS.split()
_SYLLABLES_OF_RARE_WORDS = (
    "ba be bri co cra da den do el er fa fen fi ga gor ha hil in ka ken la len li ma men mo na ner "
    "no or pa per ra ren ro sa sen so ta ter to ul va ven wa wi yo zé"
)
_SYLLABLES = _SYLLABLES_OF_RARE_WORDS.split()
_WORD = re.compile(r"\S+|\s+")
_SENTENCE = re.compile(r"[^\s][^\n]*?(?:[.?!]”?(?=\s|\Z)|(?=\n|\Z))")


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected text. `origin` gives for each of its characters the place in the old one.

    A new character has -1; those of a repeated sentence or word have the same place twice.
    """

    text: str
    origin: list[int]


def article(dice: random.Random, sentences: int) -> str:
    """Write an article of so many sentences, in paragraphs."""
    paragraphs: list[str] = []
    while sentences > 0:
        length = min(sentences, dice.choice([1, 2, 4, 4, 6]))
        sentences -= length
        paragraphs.append(" ".join(sentence(dice) for _ in range(length)))
    return "\n\n".join(paragraphs)


def sentence(dice: random.Random) -> str:
    """Write one sentence of 3 to 30 words, or sometimes of one."""
    if not dice.randrange(25):
        return f"{_word(dice).capitalize()}{dice.choice('.!?')}"
    words = [_word(dice) for _ in range(dice.randint(3, 30))]
    words[0] = words[0].capitalize()
    if len(words) > 8 and dice.randrange(2):
        words[dice.randint(2, 5)] += ","
    if not dice.randrange(10):
        words[-1] = f"“{words[-1]}”"
    if not dice.randrange(30):
        words[-2] = "👩‍👩‍👧"
    return f"{' '.join(words)}{dice.choice('....?')}"


def correct(text: str, dice: random.Random, rate: float) -> Correction:
    """Change this share of an article's sentences, from 0 to 1."""
    traced: _Traced = [(character, place) for place, character in enumerate(text)]
    pieces = _pieces(traced, _SENTENCE)
    places = [place for place, piece in enumerate(pieces) if _is_worded(piece)]
    for place in places:
        if dice.random() < rate:
            act = dice.choice(_SENTENCE_ACTS)
            act(pieces, place, dice, places)
    changed = [character for piece in pieces for character in piece]
    return Correction("".join(c for c, _ in changed), [place for _, place in changed])


def passages(text: str, dice: random.Random, count: int) -> list[tuple[int, int]]:
    """Choose passages of one word to two sentences."""
    sentences = [found.span() for found in _SENTENCE.finditer(text)]
    words = [found.span() for found in re.finditer(r"\w+(?:[’'-]\w+)*", text)]
    chosen: list[tuple[int, int]] = []
    for _ in range(count):
        length = dice.choice([0, 0, 0, -1, 1, 2, 3, 4, 5, 8, 12])
        if length > 0:
            first = dice.randrange(max(1, len(words) - length + 1))
            last = min(first + length, len(words)) - 1
            chosen.append((words[first][0], words[last][1]))
        else:
            first = dice.randrange(max(1, len(sentences) + length))
            last = min(first - length, len(sentences) - 1)
            start, end = sentences[first][0], sentences[last][1]
            chosen.append((start + len(text[start:end]) - len(text[start:end].lstrip()), end))
    return chosen


@cache
def _rare() -> list[str]:
    dice = random.Random(11)
    return ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(1_500)]


def _word(dice: random.Random) -> str:
    """Choose a word: half of them are among the commonest, and of those the first most often."""
    if dice.randrange(2):
        return _COMMON[int(len(_COMMON) * dice.random() ** 2)]
    return _rare()[int(len(_rare()) * dice.random() ** 2)]


def _new(text: str) -> _Traced:
    return [(character, -1) for character in text]


def _pieces(traced: _Traced, pattern: re.Pattern[str]) -> list[_Traced]:
    """Cut a text into what a pattern finds and what stands between."""
    text = "".join(character for character, _ in traced)
    cuts = sorted({0, len(text), *(at for found in pattern.finditer(text) for at in found.span())})
    return [traced[start:end] for start, end in pairwise(cuts)]


def _is_worded(piece: _Traced) -> bool:
    return any(character.isalnum() for character, _ in piece)


_Act = Callable[[list[_Traced], int, random.Random, Sequence[int]], None]


def _insert_sentence(pieces: list[_Traced], at: int, dice: random.Random, _: Sequence[int]) -> None:
    pieces[at] = [*pieces[at], *_new(f" {sentence(dice)}")]


def _delete(pieces: list[_Traced], at: int, _dice: random.Random, _: Sequence[int]) -> None:
    pieces[at] = []


def _replace_sentence(
    pieces: list[_Traced], at: int, dice: random.Random, _: Sequence[int]
) -> None:
    pieces[at] = _new(sentence(dice))


def _swap(pieces: list[_Traced], at: int, dice: random.Random, places: Sequence[int]) -> None:
    other = dice.choice(places)
    pieces[at], pieces[other] = pieces[other], pieces[at]


def _duplicate(pieces: list[_Traced], at: int, _dice: random.Random, _: Sequence[int]) -> None:
    pieces[at] = [*pieces[at], *_new(" "), *pieces[at]]


def _insert_word(pieces: list[_Traced], at: int, dice: random.Random, _: Sequence[int]) -> None:
    pieces[at] = [*pieces[at], *_new(f" {_word(dice)}")]


def _replace_word(pieces: list[_Traced], at: int, dice: random.Random, _: Sequence[int]) -> None:
    pieces[at] = _new(_word(dice))


_WORD_ACTS: tuple[_Act, ...] = (_insert_word, _delete, _replace_word, _swap, _duplicate)


def _change_words(pieces: list[_Traced], at: int, dice: random.Random, _: Sequence[int]) -> None:
    """Change some words of a sentence."""
    words = _pieces(pieces[at], _WORD)
    places = [place for place, word in enumerate(words) if _is_worded(word)]
    rate = dice.choice([0.03, 0.1, 0.25])
    for place in places:
        if dice.random() < rate:
            dice.choice(_WORD_ACTS)(words, place, dice, places)
    pieces[at] = [character for word in words for character in word]


_SENTENCE_ACTS: tuple[_Act, ...] = (
    _insert_sentence,
    _delete,
    _replace_sentence,
    _swap,
    _duplicate,
    *[_change_words] * 4,
)
