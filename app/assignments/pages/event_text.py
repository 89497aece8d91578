"""What was assigned, in words."""

from app.assignments.service.assignments import Assigned
from app.web.filters import pluralise


def describe(assigned: Assigned) -> str:
    """Say what an assigning changed, if anything.

    Such as "Assigned 2 articles to 1 person: 1 new, 1 with another date."
    """
    if not assigned.events:
        return "All that was assigned so already."
    articles = {event.article_id for event in assigned.events}
    people = {(event.after or {})["account"] for event in assigned.events}
    parts = [
        f"{count} {words}"
        for count, words in (
            (assigned.new, "new"),
            (assigned.dated, "with another date"),
            (assigned.undated, "without a date now"),
        )
        if count
    ]
    whole = pluralise(len(articles), "article", "articles")
    return f"Assigned {whole} to {pluralise(len(people), 'person', 'people')}: {', '.join(parts)}."


def describe_undo(pairs: int) -> str:
    """Say of how many pairs of article and member an assigning was taken back."""
    if not pairs:
        return "There is nothing of it to take back any more: somebody changed it since."
    return f"Taken back: {pluralise(pairs, 'assignment is', 'assignments are')} as before."
