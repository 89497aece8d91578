"""How large a file may be, and the sentence that refuses a larger one."""

from app.frozen import frozen
from app.text.unreadable import Unreadable

_MEGABYTE = 1_000_000


@frozen
class Limits:
    """The most that is read; every number is inclusive.

    `file_bytes` is for text, Markdown and HTML; `packed_bytes` for Word, PDF, EPUB and ZIP, which
    hold pictures too. `text` counts characters of one article, `blocks` its paragraphs, headings
    and so on, `ratio` how many times larger a packed file may become, `elements` the tags of a
    page, `archive_elements` those of all files in an archive or a book together.
    """

    file_bytes: int = 10_000_000
    packed_bytes: int = 50_000_000
    text: int = 5_000_000
    blocks: int = 20_000
    archive_files: int = 1_000
    unpacked_bytes: int = 200_000_000
    ratio: int = 200
    pdf_pages: int = 1_000
    elements: int = 500_000
    archive_elements: int = 5_000_000

    def check_file(self, content: bytes, *, is_packed: bool) -> None:
        """Check the size of a file.

        Raises: Unreadable (it is larger than a file of its kind may be).
        """
        most = self.packed_bytes if is_packed else self.file_bytes
        if len(content) > most:
            advice = "Split it into several files."
            if is_packed:
                advice = "Split it into several files, or take its pictures out."
            message = (
                f"The file is larger than {in_megabytes(most)}, the most that can be read. {advice}"
            )
            raise Unreadable(message)

    def check_text(self, length: int) -> None:
        """Check the length of an article's text.

        Raises: Unreadable (it is longer than a text may be).
        """
        if length > self.text:
            message = (
                f"The text is longer than {self.text:,} characters, the most that can be read. "
                "Split the article into several files."
            )
            raise Unreadable(message)

    def check_blocks(self, count: int) -> None:
        """Check how many blocks an article has, in whatever format it came.

        Raises: Unreadable (they are more than an article may have).
        """
        if count > self.blocks:
            message = (
                f"The text has more than {self.blocks:,} paragraphs, headings and other blocks, "
                "the most that can be read. Split the article into several files."
            )
            raise Unreadable(message)


def in_megabytes(number: int) -> str:
    """Say a number of bytes: "10 MB", and "0.5 MB" where it is a part of one."""
    return f"{number / _MEGABYTE:g} MB"
