"""Files that are ZIP archives, and how large they may become."""

import io
from zipfile import ZipFile

from app.imports.readers.unreadable import UnreadableImport
from app.text.zip_faults import BROKEN_ZIP

UNPACKED_BYTES = 500_000_000
_NO_ZIP = "The file is damaged, or in another format than its name says. Save it again."


def refuse_too_large(content: bytes) -> None:
    """Do nothing if an archive may be unpacked.

    Raises: UnreadableImport (it is none, or it becomes too large).
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except BROKEN_ZIP:
        raise UnreadableImport(_NO_ZIP) from None
    if size > UNPACKED_BYTES:
        most = UNPACKED_BYTES // 1_000_000
        message = f"The file becomes larger than {most} MB. Split it into several files."
        raise UnreadableImport(message)
