"""What the pages of parties and those of positions call things: they are the same pages."""

from collections.abc import Mapping

from app.frozen import frozen
from app.parties.models import NAME_LIMIT, SENTENCE_LIMIT, Named, Party, Position


@frozen
class SubjectWords:
    """The words of parties, or of positions; `what` stands in addresses, `of` in events.

    `is_alias` and `becomes_alias` are sentences with parts.
    """

    model: type[Named]
    what: str
    one: str
    many: str
    called: str
    rule: str
    is_alias: str
    becomes_alias: str
    aliases: str
    new_alias: str
    limit: int

    @property
    def of(self) -> str:
        """Return what events, and parameters of passages, call one."""
        return self.model.SUBJECT


PARTIES = SubjectWords(
    model=Party,
    what="parties",
    one="party",
    many="parties",
    called="Name",
    rule="No semicolon. ",
    is_alias="“{alias}” is another name of “{main}” now.",
    becomes_alias="“{called}” becomes another name of that, and so do its other names.",
    aliases="Other names",
    new_alias="Another name",
    limit=NAME_LIMIT,
)
POSITIONS = SubjectWords(
    model=Position,
    what="positions",
    one="position",
    many="positions",
    called="Sentence",
    rule="One may be for it or against it: “The harbour stays public.” ",
    is_alias="“{alias}” is another wording of “{main}” now.",
    becomes_alias="“{called}” becomes another wording of that, and so do its other wordings.",
    aliases="Other wordings",
    new_alias="Another wording",
    limit=SENTENCE_LIMIT,
)
WORDS: Mapping[str, SubjectWords] = {each.what: each for each in (PARTIES, POSITIONS)}
KINDS_IN_WORDS: Mapping[str, str] = {
    "person": "Person",
    "organization": "Organisation",
    "": "not said",
}
