"""Which words are a person's name, a publication's, or what somebody is."""

import re

from app.text.word_sets import word_set

_MAX_NAME_WORDS = 10
_MAX_LONE_NAME_WORDS = 6
_MAX_LOWER_CASE_WORDS = 2  # bell hooks
_MAX_OUTLET_WORDS = 8
PERSON_WORDS = 2  # first name and surname


# Words that stand after "by" in a sentence or a headline and begin no name.
_NO_NAME = word_set(
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
_PARTICLES = word_set(
    "de del della der den des di da do dos das du la las le les lo los van von zu zur af av of "
    "ter ten bin ibn al el ben y e i et und and & with the"
)
_OUTLET_PARTICLES = _PARTICLES | word_set("for in on at to a an und et")
_TITLE_WORDS = word_set("board editor editors staff team desk press collective committee")
# A role at the end of its field, or followed by where: "a professor of law at Yale".
ROLE = re.compile(
    r"(?!the\s)(?:an?\s+)?(?:[\w'\u2019-]+\s+){0,4}"
    r"(?:writer|reporter|correspondent|columnist|contributor|editor|professor|fellow|director|"
    r"analyst|economist|journalist|lecturer|chair|producer|author|critic)s?"
    r"(?:$|[\s-]+(?:of|at|for|in|and|with|on|emerit\w+)\b.*)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq|mp|mep|obe|cbe)\.?", re.IGNORECASE)


def is_name(text: str) -> bool:
    """Tell whether a text may be the name of a person or of a group."""
    words = text.split()
    if not 1 <= len(words) <= _MAX_NAME_WORDS or any(c.isdigit() for c in text):
        return False
    first = words[0].lower().strip(".,'\u2019")
    if first in _NO_NAME or (first == "the" and not _TITLE_WORDS & set(text.lower().split())):
        return False
    return _is_proper(words, _PARTICLES) and text[-1] not in "!?:"


def is_person(text: str) -> bool:
    """Tell whether a text is the name of one person, with a first name."""
    return is_name(text) and PERSON_WORDS <= len(text.split()) <= _MAX_LONE_NAME_WORDS


def is_lower_case_name(text: str) -> bool:
    """Tell whether a text may be a name that is written without capitals."""
    words = text.split()
    is_lower_case = all(c.islower() or c in ".-'\u2019 " for c in text)
    is_short = 1 <= len(words) <= _MAX_LOWER_CASE_WORDS
    return is_lower_case and is_short and words[0] not in _NO_NAME | {"the"}


def is_certain_name(author: str, *, has_outlet: bool) -> bool:
    """Tell whether a name is one without a date's help: "By Congress, Google" is a sentence."""
    return (PERSON_WORDS if has_outlet else 1) <= len(author.split()) <= _MAX_LONE_NAME_WORDS


def is_more_author(text: str) -> bool:
    """Tell whether what stands after a name is a part of it, or more names."""
    if _SUFFIX.fullmatch(text) or text.startswith(("and ", "& ")):
        return True
    people = re.split(r"\s+(?:and|&)\s+", text)
    return len(people) > 1 and all(is_person(person) for person in people)


def is_outlet(text: str) -> bool:
    """Tell whether a text may be the name of a publication."""
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


def without_stop(name: str) -> str:
    """Take the full stop off a name's end, but for an initial's or that of "Jr."."""
    last = name.rsplit(maxsplit=1)[-1] if name else ""
    is_abbreviation = len(last) <= len("J.") or _SUFFIX.fullmatch(last)
    return name if is_abbreviation else name.removesuffix(".")
