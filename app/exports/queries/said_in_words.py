"""Who says what, in words: how files and pages for reading say it of an annotation."""

from collections.abc import Sequence

from app.annotations.content import with_sign
from app.core.names import SEPARATOR
from app.exports.queries.rows import ExportRow


def said_in_words(row: ExportRow) -> Sequence[str]:
    """Return who says it to whom, and the position with the sign of its side; none for neither.

    The row has the columns of an export: "Mara Lind (Port) → City, State", "− Spend more.".
    """
    organization = f" ({row.party_organization})" if row.party_organization else ""
    addressees = ", ".join(row.addressee.split(SEPARATOR))
    who = f"{row.party}{organization}" + (f" → {addressees}" if addressees else "")
    what = with_sign(row.position, row.side)
    return [said for said in (who.strip(), what) if said]
