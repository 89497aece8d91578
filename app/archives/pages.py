"""What the page shows that imports a project archive."""

from app.archives.service.reading import Most
from app.frozen import frozen
from app.projects.models import NAME_LIMIT
from app.text.limits import in_megabytes
from app.web.filters import number
from app.web.responses import FormPage

MOST = Most(rows=50_000, unpacked=200_000_000)
"""What is imported by the page: on SQLite others wait meanwhile, and give up after ten seconds."""


@frozen
class ArchiveImportPage(FormPage):
    """The form, with what was typed and what is in its way. `my_name` is the importer's own."""

    my_name: str
    packed_bytes: int
    name: str = ""
    is_in_archive: bool = True
    problem: str = ""
    field: str = ""
    name_limit: int = NAME_LIMIT

    @property
    def file_rule(self) -> str:
        """Say how large a file may be."""
        return (
            f"At most {in_megabytes(self.packed_bytes)}, which unpack to at most"
            f" {in_megabytes(MOST.unpacked)} and hold at most {number(MOST.rows)} rows: an"
            " annotation with its history is two or more. Whoever runs the server imports larger"
            " ones."
        )
