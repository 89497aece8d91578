"""The form above the changes: from which parties, positions, articles and verdicts one chooses."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.findings.pages.facet_lists import tell_apart
from app.frozen import frozen
from app.statements.asked_changes import ChangesView, Verdicts
from app.statements.changes import Which
from app.statements.pages.filter_form import MOST_CHOICES, Select, ValueChoice
from app.statements.queries.changes import Changes, titles_of
from app.text.sorting import sort_key

KINDS: Mapping[Which | None, str] = {
    None: "over time and at once",
    Which.TIME: "over time",
    Which.ARTICLE: "within one article",
}
VERDICTS: Mapping[Verdicts, str] = {
    Verdicts.KEPT: "all but “neither”",
    Verdicts.OPEN: "not checked",
    Verdicts.GIVEN: "checked",
    Verdicts.CHANGE: "a change",
    Verdicts.CONTRADICTION: "a contradiction",
    Verdicts.NEITHER: "neither",
    Verdicts.ALL: "all",
}


@frozen
class ChangesForm:
    """The form: its lists, and what it sends along unseen."""

    selects: Sequence[Select]
    kept: Sequence[tuple[str, str]]


def changes_form(session: Session, found: Changes) -> ChangesForm:
    """Build the form; each list offers what is in some pair, at most MOST_CHOICES of it."""
    asked = found.asked
    parties = Counter(each.party for each in found.every)
    positions = Counter(each.position for each in found.every)
    articles = Counter(one.article for each in found.every for one in each.statements)
    offered = {each for each, _times in articles.most_common(MOST_CHOICES)}
    titles = titles_of(session, offered | ({asked.article} if asked.article else set()))
    return ChangesForm(
        [
            _of_ids("party", "Party", parties, found.names.parties, asked.party),
            _of_ids("position", "Position", positions, found.names.positions, asked.position),
            _of_ids("article", "Article", articles, tell_apart(titles), asked.article),
            Select(
                "which",
                "Which",
                [
                    ValueChoice(which or "", words, which is asked.which)
                    for which, words in KINDS.items()
                ],
            ),
            Select(
                "verdict",
                "Verdict",
                [
                    ValueChoice(
                        "" if verdict is Verdicts.KEPT else verdict,
                        words,
                        verdict is asked.verdict,
                    )
                    for verdict, words in VERDICTS.items()
                ],
            ),
        ],
        [("view", asked.view.value)] if asked.view is ChangesView.EVERY else [],
    )


def _of_ids(
    name: str, words: str, used: Counter[int], names: Mapping[int, str], on: int | None
) -> Select:
    """Return a list of ids by their names; what is asked for is there in any case."""
    offered = {each for each, _times in used.most_common(MOST_CHOICES)}
    if on is not None and on in names:
        offered.add(on)
    order = sorted(offered, key=lambda each: (sort_key(names[each]), each))
    return Select(
        name,
        words,
        [
            ValueChoice("", "any", on not in names),
            *(ValueChoice(str(each), names[each], each == on) for each in order),
        ],
    )
