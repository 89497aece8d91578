"""The encoding of a text that does not say it: a guess, and how sure it is."""

import re
from collections.abc import Iterable, Iterator

from app.text.readers import alphabets
from app.text.readers.encoding_names import CODECS

# Those that files have, the more usual first, and how a text in one looks written.
_CANDIDATES: dict[str, alphabets.Score] = {
    "cp1252": alphabets.western,
    "iso8859-15": alphabets.western,
    "mac_roman": alphabets.western,
    "cp1250": alphabets.central,
    "iso8859-2": alphabets.central,
    "cp1254": alphabets.turkish,
    "cp1251": alphabets.cyrillic,
    "koi8-r": alphabets.cyrillic,
    "koi8-u": alphabets.cyrillic,
    "iso8859-5": alphabets.cyrillic,
    "mac_cyrillic": alphabets.cyrillic,
    "cp866": alphabets.cyrillic,
    "cp1253": alphabets.greek,
    "iso8859-7": alphabets.greek,
    "cp1255": alphabets.hebrew,
    "iso8859-8": alphabets.hebrew,
    "cp1256": alphabets.arabic,
    "iso8859-6": alphabets.arabic,
    "cp1257": alphabets.baltic,
    "iso8859-13": alphabets.baltic,
    "gb18030": alphabets.simplified,
    "big5hkscs": alphabets.traditional,
    "cp932": alphabets.japanese,
    "euc_jp": alphabets.japanese,
    "cp949": alphabets.korean,
}
_OLD_CANDIDATES = {"cp437": alphabets.western, "cp850": alphabets.western, **_CANDIDATES}
_USUAL, _USUAL_OF_OLD = "cp1252", "cp437"
_USUAL_LEAD = 0.1
_ORDER = 0.002  # what each place further down the list takes
_POOR = 0.45  # a score under which no language of ours is recognised
_SURE = 100  # percent
_NEARLY_ALL = 50  # letters of which another reading has one otherwise: it is the same text
_SAMPLE = 6_000  # bytes
_MOST_LINE = 2_000
_BEFORE = 200  # bytes of a line that are looked at before the first such letter
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ORDERS = ("utf-16-le", "utf-16-be")
_SPACES = " \n\r\t"


def guess_encoding(content: bytes, *, is_old: bool = False) -> Iterator[tuple[str, int]]:
    """Guess the encoding of bytes that are no UTF-8.

    Yields codecs, the likeliest first, each with how sure it is in percent. A language is known
    by its letters; one that is not in our tables is left to charset-normalizer, which knows more
    and takes Latin letters with accents for one another. `is_old` is for names of files in archives
    of the time of DOS, whose own encoding is then one more to look for.
    """
    sample = _sample(content)
    scores = _OLD_CANDIDATES if is_old else _CANDIDATES
    handicap = {codec: _ORDER * place for place, codec in enumerate(scores)}
    handicap[_USUAL_OF_OLD if is_old else _USUAL] -= _USUAL_LEAD
    texts = dict(_decoded(sample, scores))
    ranked = sorted(
        ((scores[codec](text) - handicap[codec], codec) for codec, text in texts.items()),
        reverse=True,
    )
    if not ranked or ranked[0][0] < _POOR:
        from charset_normalizer import from_bytes  # noqa: PLC0415 loaded when needed

        found = from_bytes(sample, cp_isolation=sorted(CODECS.values())).best()
        if found is not None:
            yield found.encoding, round(_SURE * (1 - found.chaos) / 2)
    for place, (score, codec) in enumerate(ranked):
        rivals = [(other, texts[name]) for other, name in ranked[place + 1 :]]
        yield codec, _confidence(score, texts[codec], rivals)


def guess_order(content: bytes) -> str:
    """Return the codec of UTF-16 without a mark; "" where the bytes make no text either way."""
    sample = content[: _SAMPLE * 2 // 2 * 2]
    best, most = "", 0.0
    for codec in _ORDERS:
        try:
            text = sample.decode(codec)
        except UnicodeDecodeError:
            continue
        share = sum(char.isprintable() or char in _SPACES for char in text) / max(len(text), 1)
        blanks = sum(text.count(blank) for blank in _SPACES)
        if share + blanks / max(len(text), 1) > most and share > 0.98:  # noqa: PLR2004 a stray sign
            best, most = codec, share + blanks / max(len(text), 1)
    return best


def _sample(content: bytes) -> bytes:
    """Return the first lines that have other letters than ASCII's, each within reason."""
    pieces: list[bytes] = []
    room, place = _SAMPLE, 0
    while room > 0 and (found := _NOT_ASCII.search(content, place)):
        start = content.rfind(b"\n", max(place, found.start() - _BEFORE), found.start()) + 1
        end = content.find(b"\n", found.start()) + 1 or len(content)
        start = start or max(place, found.start() - _BEFORE)
        pieces.append(_cut(content[start:end], min(room, _MOST_LINE)))
        room -= len(pieces[-1])
        place = end
    return b"".join(pieces)


def _cut(line: bytes, most: int) -> bytes:
    """Cut a line at a place where no character of two bytes is cut in half: before ASCII."""
    if len(line) <= most:
        return line
    end = next((i for i in range(most, most // 2, -1) if line[i - 1 : i + 1].isascii()), most)
    return line[:end]


def _decoded(sample: bytes, scores: Iterable[str]) -> Iterator[tuple[str, str]]:
    for codec in scores:
        try:
            yield codec, sample.decode(codec)
        except UnicodeDecodeError:
            continue


def _confidence(score: float, text: str, rivals: list[tuple[float, str]]) -> int:
    """Say how sure a guess is, in percent, against the other readings.

    What counts is how much better each character looks that another reading has otherwise, and
    how many of these there are; one letter in fifty is none. Half is no knowledge. Where even the
    best reading looks poor, it is not sure either.
    """
    letters = sum(not char.isascii() for char in text)
    least = 1.0
    for other, reading in rivals:
        if reading == text:
            continue
        differing = letters
        if len(reading) == len(text):
            differing = sum(a != b for a, b in zip(text, reading, strict=True))
        if differing * _NEARLY_ALL < letters:
            continue
        better = (score - other) * letters / max(differing, 1)
        least = min(least, better * differing**0.5)
    return min(round(_SURE * max(0.0, min(0.5 + least, score + 0.1))), _SURE - 1)
