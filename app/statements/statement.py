"""Who says what: an annotation with a party, as the pages of parties and positions take it."""

from datetime import date

from app.frozen import frozen

FOR, AGAINST = "for", "against"


@frozen
class Statement:
    """What a party says in an article, as one member judged it.

    `party`, `organization` (that which the party spoke for on the day) and `position` are ids, an
    alias being counted for its main party or position; None for no organisation, and for no
    position. `side` is "for", "against" or "" (not said), `day` the article's date, None where it
    has none. `start` and `end` are where the words stand in the article, in code points, the end
    exclusive.
    """

    annotation: int
    article: int
    account: int
    tag: str
    party: int
    organization: int | None
    position: int | None
    side: str
    day: date | None
    start: int
    end: int
