"""The line that says who wrote an article, where and when."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date

from app.frozen import frozen
from app.text.dates import DateOrder, FoundDate, lacks_day, parse_date
from app.text.names import (
    PERSON_WORDS,
    ROLE,
    is_certain_name,
    is_lower_case_name,
    is_more_author,
    is_name,
    is_outlet,
    is_person,
    without_stop,
)
from app.text.word_sets import word_set


@frozen
class Byline:
    """What a byline states; "" or None where it says nothing.

    `guessed` names the fields that could also be read otherwise: "author", "publication" or
    "published_on".
    """

    author: str = ""
    publication: str = ""
    published_on: date | None = None
    guessed: frozenset[str] = field(default_factory=frozenset)

    def clashes_with(self, other: "Byline") -> bool:
        """Tell whether both state the same field."""
        return bool(
            (self.author and other.author)
            or (self.publication and other.publication)
            or (self.published_on and other.published_on)
        )

    def joined(self, other: "Byline") -> "Byline":
        """Put two bylines together that do not clash."""
        return Byline(
            self.author or other.author,
            self.publication or other.publication,
            self.published_on or other.published_on,
            self.guessed | other.guessed,
        )


# How many first blocks are read; beyond the first few only while all are short, as those of a head
# are, and only for what is certainly a byline.
_BLOCKS_READ = 8
_FIRST_BLOCKS = 3
_MAX_HEAD_BLOCK = 300
_MAX_LENGTH = 200
_MAX_DATE_WORDS = 5
_MAX_PLACE_WORDS = 4
_PLACE = re.compile(
    r"(?:new|san|santa|saint|st\.?|los|las|el|fort|port|mount|north|south|east|west|cape|hong|"
    r"tel|rio|addis|buenos|kuala|abu|mexico|s[a\u00e3]o)\s.*",
    re.IGNORECASE,
)
_REGIONS = word_set(
    "afghanistan argentina australia austria bangladesh belgium brazil britain canada chile china "
    "colombia cuba denmark egypt england ethiopia finland france germany ghana greece hungary "
    "iceland india indonesia iran iraq ireland israel italy japan jordan kenya lebanon libya "
    "malaysia mexico morocco nepal netherlands nigeria norway pakistan palestine peru poland "
    "portugal romania russia scotland serbia singapore spain sudan sweden switzerland syria "
    "taiwan thailand tunisia turkey uganda uk ukraine us usa venezuela vietnam wales yemen "
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia "
    "hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts "
    "michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon "
    "pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming"
)

_BY = re.compile(
    r"(?:(?:(?:written|posted|words|text|story|report|commentary|opinion|essay|analysis"
    r"|(?:a\s+)?guest\s+post)\s+)?by|author|\u0430\u0432\u0442\u043e\u0440)(?:\s*:\s*|\s+)"
    r"|(?:par|von|por)\s*:\s*",  # without a colon they begin a headline too: "Von Hayek Was Wrong"
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:this\s+(?:article|piece|essay|post)\s+)?(?:was\s+)?(?P<before>originally\s+|first\s+)?"
    r"(?:(?:published|posted|printed|appeared)\s+(?:at|in|on)|published\s+by)\s+",
    re.IGNORECASE,
)
_BEFORE_PUBLISHED = re.compile(
    r"(?<!originally)(?<!first)[.,;]?\s+(?=(?:(?:originally|first)\s+(?:published|posted|printed|appeared)"
    r"|(?:published|posted|appeared)\s+(?:at|in|on))\b)",
    re.IGNORECASE,
)
_BEFORE_BY = re.compile(r"(?<!published)[,;]?\s+(?=(?:(?:written|posted)\s+)?by\s)", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_COMMA_IN_DATE = re.compile(
    rf"\b({_MONTH}(?:\s+[0-9]{{1,2}}(?:st|nd|rd|th)?)?),\s*([0-9]{{4}})\b(?![-/.][0-9])"
    rf"|\b((?:mon|tues|wednes|thurs|fri|satur|sun)day),\s+(?=[0-9]|{_MONTH})",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\((?!(?:[A-Z]\.)+\)\s+[A-Z])([^()]*)\)")  # but "Jo (R.J.) Doe"
_SEPARATOR = re.compile(r"\s*[|\u2022\u00b7;\u2014]\s*|\s+[\u2013-]+\s+|,\s*|(?<=[a-z]{4})\.\s+")
_OUTLET_AFTER_NAME = re.compile(r"(.+?)\s+(?:for|at|via|(?:of|in)(?=\s+[Tt]he\s))\s+(.+)")
_NOISE = re.compile(
    r"(?i:[0-9]+[\s-]min(?:ute)?s?(?:\s+read)?|(?:last\s+)?(?:updated|modified)\b.*|"
    r"[0-9]{1,2}[:.][0-9]{2}\b.{0,20}|[0-9]+\s+comments?|"
    r"(?:photo(?:graph)?|illustration)s?(?:\s+by|:)\s.*)"
)


def find_byline(blocks: Sequence[str], order: DateOrder) -> tuple[Byline, frozenset[int]]:
    """Find the byline among the first blocks of an article.

    Returns what it says and the indices (from 0) of the blocks that are nothing but byline. It
    may be spread: the author in one block, "Originally published at ..." or a date in another.
    """
    found: list[tuple[int, Byline]] = []
    for index, block in enumerate(blocks[:_BLOCKS_READ]):
        is_first = index < _FIRST_BLOCKS
        if not is_first and len(blocks[index - 1]) > _MAX_HEAD_BLOCK:
            break
        byline = read_byline(block, order)
        if byline and (is_first or _is_certain(byline, follows=found[-1:], index=index)):
            found.append((index, byline))
    found.sort(key=lambda pair: not pair[1].author or "author" in pair[1].guessed)
    whole, indices = Byline(), set()
    for index, byline in found:
        if not whole.clashes_with(byline):
            whole = whole.joined(byline)
            indices.add(index)
    return whole, frozenset(indices)


def _is_certain(byline: Byline, *, follows: Sequence[tuple[int, Byline]], index: int) -> bool:
    """Tell whether a block below others of a head is a byline: signed, or right after one."""
    if byline.author:
        return "author" not in byline.guessed
    return any(at == index - 1 and before.author for at, before in follows)


def read_byline(line: str, order: DateOrder) -> Byline | None:
    r"""Read one line or block as a byline; None where it is anything else.

    Understood are "By NAME, OUTLET, DATE" with any of `, | - \u00b7` between, "(OUTLET, DATE)",
    "for/at/via OUTLET", "Originally published at OUTLET", the date or the outlet first, a lone
    date, and "NAME, OUTLET, DATE" without "By" (author and publication are guesses then). A
    dateline ("Paris, January 13, 2025") is none. `order` is for dates in numbers.
    """
    line = _clean(line)
    if not line or len(line) > _MAX_LENGTH:
        return None
    fields = _Fields(line, order)
    if _BY.match(line):
        return fields.as_signed()
    if fields.author:
        return fields.as_signed_late()
    if fields.is_published or line[0] == "(":
        return fields.as_outlet()
    return fields.as_unsigned()


def is_dateline(line: str, order: DateOrder) -> bool:
    """Tell whether a line is a date, or a place of at most four words and a date."""
    line = _clean(line)
    if not line or len(line) > _MAX_LENGTH:
        return False
    parts = _split(line)
    others = [part for part in parts if parse_date(part, order) is None]
    return len(others) < len(parts) and len(" ".join(others).split()) <= _MAX_PLACE_WORDS


class _Fields:
    """The parts of a line between its separators, sorted by what they are."""

    def __init__(self, line: str, order: DateOrder) -> None:
        self._order = order
        self.author = ""
        self.outlet = ""
        self.is_published = False
        self.is_reprint = False
        self.others: list[str] = []
        self.found: FoundDate | None = None
        self.has_vague_date = False
        for text in _split(line):
            self._add(text)

    def as_signed(self) -> Byline | None:
        """Read the fields of a line that begins with "By"."""
        author, outlet, others = self._share_out()
        has_date = self.found is not None
        if not is_name(author) and not (has_date and is_lower_case_name(author)):
            return None
        if outlet and not is_outlet(outlet):
            return None
        if not all(ROLE.fullmatch(text) or is_outlet(text) for text in others):
            return None
        is_sure = has_date or bool(self.outlet)
        if not is_sure and not is_certain_name(author, has_outlet=bool(outlet)):
            return None
        roles = [text for text in others if ROLE.fullmatch(text)]
        is_told = len(roles) == len(others)
        return self._byline(", ".join([author, *roles]), outlet, () if is_told else {"publication"})

    def as_signed_late(self) -> Byline | None:
        """Read the fields of a line with "by" in its midst; without a date it may be a title."""
        outlet = self.outlet or (self.others[0] if self.others else "")
        has_outlet = not outlet or is_outlet(outlet)
        has_rest = len(self.others) > (0 if self.outlet else 1)
        if self.found is None or has_rest or not has_outlet or not is_name(self.author):
            return None
        return self._byline(self.author, outlet, {"publication"} if self.others else set())

    def as_outlet(self) -> Byline | None:
        """Read "(OUTLET, DATE)" or "Originally published at OUTLET, DATE"."""
        names = [self.outlet, *self.others] if self.outlet else self.others
        if len(names) != 1 or not is_outlet(names[0]):
            return None
        if self.found is None and not self.is_reprint:
            return None
        return self._byline("", names[0])

    def as_unsigned(self) -> Byline | None:
        """Read a date alone, or name, outlet and date without "By"."""
        if self.found is None:
            return None
        if not self.others:
            return self._byline("", "")
        author, outlet = self.others[0], self.outlet or self.others[-1]
        if len(self.others) == 1 and not self.outlet:
            author, outlet = _split_outlet(author)
        is_place = outlet.lower().strip(".") in _REGIONS or _PLACE.fullmatch(author)
        is_complete = len(self.others) <= PERSON_WORDS and is_person(author)
        if is_place or not is_complete or not outlet or not is_outlet(outlet):
            return None
        return self._byline(author, outlet, {"author", "publication"})

    def _add(self, text: str) -> None:
        if self._take_date(text) or _NOISE.fullmatch(text):
            return
        text = self._cut_date(text)
        by, published = _BY.match(text), _PUBLISHED.match(text)
        if published and not self.outlet:
            self.is_published = True
            self.is_reprint = published["before"] is not None
            self.outlet = text[published.end() :].removesuffix(".")
        elif by and not self.author:
            self.author, outlet = _split_outlet(text[by.end() :])
            self.outlet = self.outlet or outlet
        elif text.startswith(("for ", "at ", "via ")) and not self.outlet:
            self.outlet = text.partition(" ")[2]
        else:
            self.others.append(text)

    def _take_date(self, text: str) -> bool:
        if lacks_day(text):
            self.has_vague_date = True
            return True
        found = parse_date(text, self._order)
        if not text.lower().startswith("updated"):
            self.found = self.found or found
        return found is not None

    def _cut_date(self, text: str) -> str:
        """Cut a date off the end of a field: "Wolf Street on 1/2/2024"."""
        words = text.split()
        for count in range(min(_MAX_DATE_WORDS, len(words) - 1), 0, -1):
            tail = " ".join(words[-count:])
            if not tail.isdecimal() and parse_date(tail, self._order) and self._take_date(tail):
                return " ".join(words[:-count]).removesuffix(" on")
        return text

    def _share_out(self) -> tuple[str, str, list[str]]:
        """Share out the fields of a signed line: author, outlet, and what else is the author's.

        "A, B and C" and "A, Jr." are one author; of the rest the last that is no role is the
        outlet.
        """
        own = max((i for i, text in enumerate(self.others, 1) if is_more_author(text)), default=0)
        author = ", ".join([self.author, *self.others[:own]])
        others = self.others[own:]
        outlet = self.outlet
        if not outlet:
            outlet = next((text for text in reversed(others) if not ROLE.fullmatch(text)), "")
            others = [text for text in others if text != outlet]
        return author, outlet, others

    def _byline(self, author: str, outlet: str, guessed: Iterable[str] = ()) -> Byline:
        doubtful = set(guessed)
        if self.found.is_guess if self.found else self.has_vague_date:
            doubtful.add("published_on")
        day = self.found.day if self.found else None
        return Byline(without_stop(author), outlet.removesuffix("."), day, frozenset(doubtful))


def _clean(line: str) -> str:
    # A line break inside a block is a separator as good as a comma.
    return " ".join(line.strip().replace("\n", " | ").split()).strip("*_ ")


def _split(line: str) -> list[str]:
    """Split a line at its separators, and before "by" and "published at" in its midst."""
    line = _BRACKETS.sub(r", \1", line)
    line = _COMMA_IN_DATE.sub(lambda match: " ".join(filter(None, match.groups())) + " ", line)
    line = _BEFORE_PUBLISHED.sub(" | ", line)
    if not _BY.match(line):
        line = _BEFORE_BY.sub(" | ", line)
    return [text for part in _SEPARATOR.split(line) if (text := part.strip())]


def _split_outlet(text: str) -> tuple[str, str]:
    """Split "Jane Doe for The Guardian" into author and outlet."""
    match = _OUTLET_AFTER_NAME.fullmatch(text)
    if match and is_name(match[1]) and is_outlet(match[2]):
        return match[1], match[2]
    return text, ""
