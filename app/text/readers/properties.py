"""The properties of a Word or PDF file: as often as not another file's, so all of it is a guess."""

from dataclasses import replace

from app.text.dates import DateOrder
from app.text.readers.facts import Facts, stated

ORIGIN = "document properties"
# What programs write where nobody gave a name or a title.
_NOBODY = frozenset(
    (
        "user",
        "windows user",
        "microsoft office user",
        "author",
        "admin",
        "administrator",
        "python-docx",
        "unknown",
        "anonymous",
        "owner",
        "default",
        "home",
        "pc",
        "unspecified",
    )
)
_NO_TITLES = frozenset({"untitled", "unspecified", "document", "anonymous", "word document"})
_PROGRAMS = ("microsoft word - ", "microsoft powerpoint - ")


def read_properties(
    order: DateOrder, *, title: str = "", author: str = "", language: str = ""
) -> Facts:
    """Make facts of a document's properties, without what a program wrote by itself."""
    is_author = author.strip(" ()").lower() not in _NOBODY
    is_title = title.strip(" ()").lower() not in _NO_TITLES
    is_title = is_title and not title.lower().startswith(_PROGRAMS)
    facts = stated(
        ORIGIN,
        {
            "title": title if is_title else "",
            "author": author if is_author else "",
            "language": language,
        },
        order,
    )
    found = {name for name in ("title", "author") if getattr(facts, name)}
    return replace(facts, guessed=frozenset(found))


def read_creation_date(order: DateOrder, created: str) -> Facts:
    """Make a fact of the day on which a file was made: its text may be older, or newer."""
    facts = stated(ORIGIN, {"published_on": created}, order)
    return replace(facts, guessed=frozenset({"published_on"} if facts.published_on else ()))
