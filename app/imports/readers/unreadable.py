"""Why a file of annotations cannot be read."""

from typing import NoReturn

from app.imports.rows import MOST_ROWS

NO_COLUMNS = (
    "The first row has to name the columns, among them “quote”, “tag”, and “article_id” or "
    "“article_title”."
)


class UnreadableImport(Exception):
    """The file cannot be read; the message is a sentence that says why, and what to do."""


def refuse_too_many() -> NoReturn:
    """Refuse a file with too many annotations.

    Raises: UnreadableImport.
    """
    message = f"The file has more than {MOST_ROWS:,} annotations. Split it into several files."
    raise UnreadableImport(message)
