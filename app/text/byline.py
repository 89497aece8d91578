"""The line that says who wrote an article, where and when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.text.dates import DateOrder, FoundDate, lacks_day, parse_date


@dataclass(frozen=True, slots=True)
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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS_READ = 3
_MAX_LENGTH = 200
_MAX_NAME_WORDS = 10
_MAX_LONE_NAME_WORDS = 6
_MAX_LOWER_CASE_WORDS = 2  # bell hooks
_MAX_OUTLET_WORDS = 8
_MAX_DATE_WORDS = 5
_MAX_PLACE_WORDS = 4
_PERSON_WORDS = 2

# Words that stand after "by" in a sentence or a headline and begin no name.
_NO_NAME = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march july "
    "september october november december spring summer autumn fall winter christmas easter early "
    "late mid dawn dusk today tomorrow yesterday "
    "a an this that these those it its his her their our my your me him them us you any all each "
    "every some no none both either most many much few more less far now then when what which "
    "who while where whatever whichever whoever and but or not in on at of "
    "one two three four five six seven eight nine ten half "
    "accident choice chance comparison contrast default definition degrees design extension force "
    "god hand heart hook implication invitation itself jove land law mail means midnight mistake "
    "nature night noon order popular popularity reason request rote royal sea sheer storm "
    "surprise train turns virtue way"
)
_PARTICLES = _words(
    "de del della der den des di da do dos das du la las le les lo los van von zu zur af av of "
    "ter ten bin ibn al el ben y e i and & with the"
)
_OUTLET_PARTICLES = _PARTICLES | _words("for in on at to a an und et")
_TITLE_WORDS = _words("board editor editors staff team desk press collective committee")
# A role at the end of its field, or followed by where: "a professor of law at Yale".
_ROLE = re.compile(
    r"(?!the\s)(?:an?\s+)?(?:[\w'\u2019-]+\s+){0,4}"
    r"(?:writer|reporter|correspondent|columnist|contributor|editor|professor|fellow|director|"
    r"analyst|economist|journalist|lecturer|chair|producer|author|critic)"
    r"(?:$|[\s-]+(?:of|at|for|in|and|with|on|emerit\w+)\b.*)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq|mp|mep|obe|cbe)\.?", re.IGNORECASE)
_PLACE = re.compile(
    r"(?:new|san|santa|saint|st\.?|los|las|el|fort|port|mount|north|south|east|west|cape|hong|"
    r"tel|rio|addis|buenos|kuala|abu|mexico|s[a\u00e3]o)\s.*",
    re.IGNORECASE,
)
_REGIONS = _words(
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
    r"|(?:a\s+)?guest\s+post)\s+)?by|author)(?:\s*:\s*|\s+)",
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
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_SEPARATOR = re.compile(r"\s*[|\u2022\u00b7;\u2014]\s*|\s+[\u2013-]+\s+|,\s*|(?<=[a-z]{4})\.\s+")
_OUTLET_AFTER_NAME = re.compile(r"(.+?)\s+(?:for|at|via|(?:of|in)(?=\s+[Tt]he\s))\s+(.+)")
_NOISE = re.compile(
    r"[0-9]+[\s-]min(?:ute)?s?(?:\s+read)?|(?:last\s+)?(?:updated|modified)\b.*|"
    r"[0-9]{1,2}[:.][0-9]{2}\b.{0,20}|[0-9]+\s+comments?|"
    r"(?:photo(?:graph)?|illustration)s?(?:\s+by|:)\s.*",
    re.IGNORECASE,
)


def find_byline(blocks: Sequence[str], order: DateOrder) -> tuple[Byline, frozenset[int]]:
    """Find the byline among the first blocks of an article.

    Returns what it says and the indices (from 0) of the blocks that are nothing but byline. It
    may be spread: the author in one block, "Originally published at ..." or a date in another.
    """
    found = [
        (index, byline)
        for index, block in enumerate(blocks[:_BLOCKS_READ])
        if (byline := read_byline(block, order))
    ]
    found.sort(key=lambda pair: not pair[1].author or "author" in pair[1].guessed)
    whole, indices = Byline(), set()
    for index, byline in found:
        if not whole.clashes_with(byline):
            whole = whole.joined(byline)
            indices.add(index)
    return whole, frozenset(indices)


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
        if not _is_name(author) and not (has_date and _is_lower_case_name(author)):
            return None
        if outlet and not _is_outlet(outlet):
            return None
        if not all(_ROLE.fullmatch(text) or _is_outlet(text) for text in others):
            return None
        is_sure = has_date or bool(self.outlet)
        if not is_sure and not _is_certain_name(author, has_outlet=bool(outlet)):
            return None
        return self._byline(", ".join([author, *others]), outlet)

    def as_signed_late(self) -> Byline | None:
        """Read the fields of a line with "by" in its midst; without a date it may be a title."""
        outlet = self.outlet or (self.others[0] if self.others else "")
        is_outlet = not outlet or _is_outlet(outlet)
        has_rest = len(self.others) > (0 if self.outlet else 1)
        if self.found is None or has_rest or not is_outlet or not _is_name(self.author):
            return None
        return self._byline(self.author, outlet, {"publication"} if self.others else set())

    def as_outlet(self) -> Byline | None:
        """Read "(OUTLET, DATE)" or "Originally published at OUTLET, DATE"."""
        names = [self.outlet, *self.others] if self.outlet else self.others
        if len(names) != 1 or not _is_outlet(names[0]):
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
        is_complete = len(self.others) <= _PERSON_WORDS and _is_person(author)
        if is_place or not is_complete or not outlet or not _is_outlet(outlet):
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
        own = max((i for i, text in enumerate(self.others, 1) if _is_more_author(text)), default=0)
        author = ", ".join([self.author, *self.others[:own]])
        others = self.others[own:]
        outlet = self.outlet
        if not outlet:
            outlet = next((text for text in reversed(others) if not _ROLE.fullmatch(text)), "")
            others = [text for text in others if text != outlet]
        return author, outlet, others

    def _byline(self, author: str, outlet: str, guessed: set[str] | None = None) -> Byline:
        doubtful = set(guessed or ())
        if self.found.is_guess if self.found else self.has_vague_date:
            doubtful.add("published_on")
        day = self.found.day if self.found else None
        return Byline(_without_stop(author), outlet.removesuffix("."), day, frozenset(doubtful))


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
    if match and _is_name(match[1]) and _is_outlet(match[2]):
        return match[1], match[2]
    return text, ""


def _is_name(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= _MAX_NAME_WORDS or any(c.isdigit() for c in text):
        return False
    first = words[0].lower().strip(".,'\u2019")
    if first in _NO_NAME or (first == "the" and not _TITLE_WORDS & set(text.lower().split())):
        return False
    return _is_proper(words, _PARTICLES) and text[-1] not in "!?:"


def _is_person(text: str) -> bool:
    return _is_name(text) and _PERSON_WORDS <= len(text.split()) <= _MAX_LONE_NAME_WORDS


def _is_lower_case_name(text: str) -> bool:
    words = text.split()
    is_lower_case = all(c.islower() or c in ".-'\u2019 " for c in text)
    is_short = 1 <= len(words) <= _MAX_LOWER_CASE_WORDS
    return is_lower_case and is_short and words[0] not in _NO_NAME | {"the"}


def _is_certain_name(author: str, *, has_outlet: bool) -> bool:
    """Tell whether a name is one without a date's help: "By Congress, Google" is a sentence."""
    return (_PERSON_WORDS if has_outlet else 1) <= len(author.split()) <= _MAX_LONE_NAME_WORDS


def _is_more_author(text: str) -> bool:
    if _SUFFIX.fullmatch(text) or text.startswith(("and ", "& ")):
        return True
    people = re.split(r"\s+(?:and|&)\s+", text)
    return len(people) > 1 and all(_is_person(person) for person in people)


def _is_outlet(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= _MAX_OUTLET_WORDS or words[0].lower() in _NO_NAME:
        return False
    return _is_proper(words, _OUTLET_PARTICLES) and text[-1] not in "!?:"


def _is_proper(words: list[str], particles: frozenset[str]) -> bool:
    """Tell whether each word is a name's: a capital or digit in it, a script without case."""
    own = [word for word in words if word.lower().rstrip(",") not in particles]
    return bool(own) and all(
        any((c.isalpha() and not c.islower()) or c.isdigit() for c in word) or "." in word[:-1]
        for word in own
    )


def _without_stop(name: str) -> str:
    """Take the full stop off a name's end, but for an initial's or that of "Jr."."""
    last = name.rsplit(maxsplit=1)[-1] if name else ""
    is_abbreviation = len(last) <= len("J.") or _SUFFIX.fullmatch(last)
    return name if is_abbreviation else name.removesuffix(".")
