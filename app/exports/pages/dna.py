"""What the page shows on which statements are exported for DNA."""

from collections.abc import Sequence

from app.exports.queries.dna_file import Omissions
from app.frozen import frozen


@frozen
class DnaPage:
    """What a file for DNA holds, and what it leaves out.

    `asked` says in words which passages are asked for, and nothing where all are; `back` leads to
    them, and `file` is the address of the file.
    """

    slug: str
    asked: Sequence[str]
    back: str
    file: str
    omissions: Omissions
