"""What the pages of parties and those of positions call things: they are the same pages."""

from collections.abc import Mapping

from app.frozen import frozen
from app.parties.models import NAME_LIMIT, SENTENCE_LIMIT, Named, Party, Position


@frozen
class SubjectWords:
    """The words of parties, or of positions; `what` stands in addresses, `of` in events."""

    model: type[Named]
    what: str
    one: str
    many: str
    called: str
    rule: str
    alias_with_article: str
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
    alias_with_article="another name",
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
    alias_with_article="another wording",
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
