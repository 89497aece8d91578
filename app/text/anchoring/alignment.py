"""Which words of a corrected text continue which words of the old one.

Sentences are paired first: those that stand unchanged, then those that resemble each other, beside
a pair or anywhere. Inside a pair words are compared in order. What no pair holds is continued only
by a run of words that occurs once on either side.
"""

from app.frozen import frozen
from app.text.anchoring.sentence_pairs import SentencePairs
from app.text.anchoring.word_links import WordLinks
from app.text.anchoring.words import WordList, split


@frozen
class Alignment:
    """The words of two texts, and which continues which.

    `to_new[i]` is the new word that continues the old word `i`, `to_old[j]` the old word that owns
    the new word `j`; NONE where there is none. `doubtful` are the old words that stand for others
    just as well: of two equal words in a row one was deleted, and nothing says which.
    """

    old: WordList
    new: WordList
    to_new: list[int]
    to_old: list[int]
    doubtful: frozenset[int]


def align(old: str, new: str) -> Alignment:
    """Find which words of the new text continue those of the old one.

    No new word continues two old ones. Takes time by the length of the texts, but for sentences
    and texts that repeat themselves.
    """
    one, other = split(old), split(new)
    links = WordLinks(one, other)
    pairs = SentencePairs(one, other).find()
    for pair in pairs:
        links.add_sentence(*pair)
    links.add_joined(pairs)
    links.add_strays()
    links.grow()
    links.prefer_first_copies()
    return Alignment(one, other, links.to_new, links.to_old, frozenset(links.doubtful()))
