"""What tests of files that are refused share: sound ones, and the sentence of a refusal."""

import pytest

from app.text.dates import DateOrder
from app.text.readers import Limits, Unpacked, Unreadable, read_file, unpack
from tests.harness.files import BODY, book, pdf, word

WORD = word(("Words of an article.", ""))
PDF = pdf(("Words of an article.", BODY))
EPUB = book({"a.xhtml": "<p>Words of an article.</p>"})


def refuse(name: str, content: bytes, limits: Limits | None = None) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(Unreadable) as refused:
        read_file(name, content, date_order=DateOrder.MDY, limits=limits or Limits())
    message = str(refused.value)
    assert message[0].isupper()
    assert message.endswith(".")
    return message


def unpacked(content: bytes, limits: Limits | None = None) -> list[Unpacked]:
    """Return what is in an archive."""
    return list(unpack("a.zip", content, date_order=DateOrder.MDY, limits=limits or Limits()))
