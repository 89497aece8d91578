"""What people write at some length: notes, comments, reasons, definitions."""

from app.core.errors import Invalid
from app.text.normalise import normalise


def clean_prose(what: str, typed: str, field: str, *, limit: int) -> str:
    """Return what somebody wrote as it is kept, without blanks around it.

    `what` begins the sentence that says how long it may be, such as "A note".

    Raises: Invalid (over `limit` characters), about `field`.
    """
    cleaned = normalise(typed).strip()
    if len(cleaned) > limit:
        message = (
            f"{what} has at most {limit:,} characters; this has {len(cleaned):,}. "
            "Shorten it; nothing of it is lost yet."
        )
        raise Invalid(field, message)
    return cleaned
