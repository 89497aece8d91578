"""What was assigned, in words.

Each sentence stands whole in `SENTENCES`, with its parts by name, so that it can be translated.
"""

from collections.abc import Mapping

from app.assignments.service.assignments import Assigned
from app.web.filters import pluralise

SENTENCES: Mapping[str, str] = {
    "nothing": "All that was assigned so already.",
    "assigned": "Assigned {articles} to {people}: {changes}.",
    "new": "{count} new",
    "dated": "{count} with another date",
    "undated": "{count} without a date now",
    "nothing to take back": (
        "There is nothing of it to take back any more: somebody changed it since."
    ),
    "taken back, one": "Taken back: 1 assignment is as before.",
    "taken back, many": "Taken back: {count:,} assignments are as before.",
}
"""By case. `changes` is a list of those that have a `count` alone."""


def describe(assigned: Assigned) -> str:
    """Say what an assigning changed, if anything.

    Such as "Assigned 2 articles to 1 person: 1 new, 1 with another date."
    """
    if not assigned.events:
        return SENTENCES["nothing"]
    articles = {event.article_id for event in assigned.events}
    people = {(event.after or {})["account"] for event in assigned.events}
    counts = {"new": assigned.new, "dated": assigned.dated, "undated": assigned.undated}
    changes = [SENTENCES[name].format(count=count) for name, count in counts.items() if count]
    return SENTENCES["assigned"].format(
        articles=pluralise(len(articles), "article", "articles"),
        people=pluralise(len(people), "person", "people"),
        changes=", ".join(changes),
    )


def describe_undo(pairs: int) -> str:
    """Say of how many pairs of article and member an assigning was taken back."""
    if not pairs:
        return SENTENCES["nothing to take back"]
    name = "taken back, one" if pairs == 1 else "taken back, many"
    return SENTENCES[name].format(count=pairs)
