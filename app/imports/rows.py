"""A row of a file of annotations: its cells by our columns, and what they say, checked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.annotations import content
from app.annotations.models import SIDES
from app.annotations.tags import Tag
from app.core.clock import now
from app.core.errors import Invalid
from app.core.names import SEPARATOR, clean_line
from app.frozen import frozen
from app.imports.outcomes import Who
from app.parties.fields import clean_name, clean_sentence
from app.parties.models import KINDS
from app.text import anchoring
from app.text.passages import MAX_PASSAGE
from app.themes.fields import split_names

MOST_ROWS = 100_000  # of one file: as many as are added by one act
ASTRAY = timedelta(days=1)  # as far as the clock of another server may be ahead
LARGEST = 2**31 - 1  # what both databases hold as an integer
READ = (
    *("project", "article_id", "article_title", "article_author", "publication", "published_on"),
    *("source_url", "revision", "tag", "quote", "start", "end", "prefix", "suffix", "note"),
    *("annotator", "created_at", "updated_at", "made_blind", "themes"),
    *("party", "party_organization", "addressee", "position", "side", "party_kind"),
)
"""The columns that are read, in the order of an export; it has no `party_kind`."""
PASSED_OVER = frozenset(
    {
        *("annotation_id", "block", "permalink"),
        *("agreements", "disputes", "thread", "disputed_by"),
    }
)
"""Columns of an export that say nothing of a new annotation: they are worked out again."""
ALIASES = {
    "title": "article_title",
    "email": "annotator",
    "theme": "themes",
    "addressees": "addressee",
}
_YES_OR_NO = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True}


class RowRefused(ValueError):
    """A row that cannot be used; the message is a sentence that says why, and what to do."""


@frozen
class FileRow:
    """One annotation of a file: the row's number there, from 1, and its cells by column.

    `text` is the article's whole text where the file brings it in place of an id or a title.
    """

    number: int
    cells: Mapping[str, str]
    text: str = ""

    def __getitem__(self, column: str) -> str:
        """Return a cell, "" where the file has none."""
        return self.cells.get(column, "")


@frozen
class FileTable:
    """All annotations of a file, and the names of its columns that nothing here knows."""

    rows: Sequence[FileRow]
    unknown: Sequence[str] = ()


@frozen
class RowContent:
    """What a row says, cleaned. What is None or "" it does not say; offsets are code points.

    `is_placeless` says that it is of an orphan: it names a revision, and no place in it.
    """

    tag: str
    quote: str
    start: int | None
    revision: int | None
    prefix: str
    suffix: str
    note: str
    themes: Sequence[str]
    annotator: str
    created_at: datetime | None
    updated_at: datetime | None
    made_blind: bool
    is_placeless: bool
    who: Who


def known_columns(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the columns that names mean, "" for those that are not read, and the unknown names."""
    columns, unknown = [], []
    for name in names:
        written = name.strip()
        folded = "_".join(written.casefold().split())
        column = ALIASES.get(folded, folded)
        if column in columns:
            column = ""
        elif column not in READ:
            if written and column not in PASSED_OVER:
                unknown.append(written)
            column = ""
        columns.append(column)
    return columns, unknown


def cells_of_place(text: str, start: int, end: int) -> dict[str, str]:
    """Return the cells that say `[start, end)` of an article's text, in code points.

    Raises: ValueError (it is not inside the text).
    """
    quote = anchoring.describe(text, start, end)
    return {
        "quote": quote.exact,
        "start": str(start),
        "prefix": quote.prefix,
        "suffix": quote.suffix,
    }


def understand(row: FileRow) -> RowContent:
    """Return what a row says.

    Raises: RowRefused.
    """
    tag = row["tag"].strip()
    if not row["quote"].strip():
        message = "It has no quote: the words of the passage are what it is found by."
        raise RowRefused(message)
    if len(row["quote"].strip()) > MAX_PASSAGE * 2:  # white space may be longer than in the text
        message = f"Its quote is longer than {MAX_PASSAGE:,} characters, the most of a passage."
        raise RowRefused(message)
    try:
        cleaned = content.clean({"tag": tag.casefold(), "note": row["note"]})
        themes = split_names(row["themes"]) if row["themes"] else []
    except Invalid as error:
        if error.field == "tag":
            message = f"“{tag[:40]}” is none of the tags claim, demand, assumption and citation."
            raise RowRefused(message if tag else "It has no tag.") from None
        raise RowRefused(error.message) from None
    if len(themes) > content.MOST_THEMES:
        message = f"It has {len(themes):,} themes; an annotation has at most {content.MOST_THEMES}."
        raise RowRefused(message)
    start, revision = _number(row, "start"), _number(row, "revision")
    return RowContent(
        tag=cleaned["tag"],
        quote=row["quote"],
        start=start,
        revision=revision,
        prefix=row["prefix"],
        suffix=row["suffix"],
        note=cleaned["note"],
        themes=themes,
        annotator=clean_line(row["annotator"]),
        created_at=_moment(row, "created_at"),
        updated_at=_moment(row, "updated_at"),
        made_blind=_yes_or_no(row),
        who=_who(row, cleaned["tag"]),
        is_placeless=start is None and revision is not None and "start" in row.cells,
    )


def _who(row: FileRow, tag: str) -> Who:
    """Return who says what to whom, as the row has it.

    Raises: RowRefused.
    """
    side = row["side"].strip().casefold()
    if side not in {"", *SIDES}:
        message = f"Its side is neither for nor against: “{side[:40]}”."
        raise RowRefused(message)
    kind = row["party_kind"].strip().casefold()
    if kind not in {"", *KINDS}:
        message = f"Its party_kind is neither person nor organization: “{kind[:40]}”."
        raise RowRefused(message)
    addressees = row["addressee"].split(SEPARATOR)
    try:
        who = Who(
            party=_name(row["party"]),
            kind=kind,
            organization=_name(row["party_organization"]),
            addressees=tuple(filter(None, map(_name, addressees))),
            position=clean_sentence(row["position"]) if row["position"].strip() else "",
            side=side,
        )
    except Invalid as error:
        raise RowRefused(error.message) from None
    if who.organization and not who.party:
        message = "It has a party_organization and no party: say who speaks for it, as party."
        raise RowRefused(message)
    if who.addressees and not content.has_field(Tag(tag), "addressees"):
        message = f"It has an addressee, which a {tag} has not: only a demand is made of somebody."
        raise RowRefused(message)
    if len(who.addressees) > content.MOST_ADDRESSEES:
        most = content.MOST_ADDRESSEES
        message = f"It has {len(who.addressees):,} addressees; a demand has at most {most}."
        raise RowRefused(message)
    return who


def _name(cell: str) -> str:
    return clean_name(cell) if cell.strip() else ""


def _number(row: FileRow, column: str) -> int | None:
    written = row[column].strip().removesuffix(".0")  # as a spreadsheet may write it
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and int(written[:12]) <= LARGEST):
        message = f"Its {column} is not a whole number: “{written[:40]}”."
        raise RowRefused(message)
    return int(written)


def article_id_of(row: FileRow) -> int | None:
    """Return the id of its article, None for none.

    Raises: RowRefused (it is no number).
    """
    return _number(row, "article_id")


def _moment(row: FileRow, column: str) -> datetime | None:
    written = row[column].strip()
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"Its {column} is not a time such as 2026-11-22T19:15:27Z: “{written[:40]}”."
        raise RowRefused(message) from None
    if moment > now() + ASTRAY:
        message = f"Its {column} has yet to come: “{written[:40]}”."
        raise RowRefused(message)
    return moment


def _yes_or_no(row: FileRow) -> bool:
    written = row["made_blind"].strip().casefold()
    if written not in _YES_OR_NO:
        message = f"Its made_blind is neither yes nor no: “{written[:40]}”."
        raise RowRefused(message)
    return _YES_OR_NO[written]
