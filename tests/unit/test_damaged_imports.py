"""Files of annotations that are ZIPs and damaged: read, or refused in a sentence that says so."""

import io

import pytest
from openpyxl import Workbook

from app.imports.readers import UnreadableImport, read
from tests.harness.files import zipped

ROWS = 40
PROJECT = f"""<?xml version="1.0"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="Harbour">
<CodeBook><Codes><Code guid="1" name="claim" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="2" name="Ports" plainTextPath="internal://a.txt">{
    "".join(
        f'<PlainTextSelection guid="s{number}" startPosition="{number}" endPosition="{number + 5}">'
        f'<Coding guid="c{number}"><CodeRef targetGUID="1"/></Coding></PlainTextSelection>'
        for number in range(ROWS)
    )
}</TextSource></Sources>
</Project>"""


def workbook() -> bytes:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["article_id", "tag", "quote"])
    for number in range(ROWS):
        sheet.append([number, "claim", f"words {number}"])
    book.save(content)
    return content.getvalue()


FILES = {
    "xlsx": workbook(),
    "qdpx": zipped({"sources/a.txt": "Some words. " * 50, "project.qde": PROJECT}),
}


@pytest.mark.parametrize("file_format", FILES)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(file_format: str) -> None:
    whole = FILES[file_format]
    assert len(read(whole, file_format).rows) == ROWS
    refusals = set()
    for place in range(0, len(whole), max(1, len(whole) // 200)):
        for content in (
            whole[:place],
            whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :],
        ):
            try:
                read(content, file_format)
            except UnreadableImport as refused:
                refusals.add(str(refused))
    assert len(refusals) > 1
    assert all(message[0].isupper() and message.endswith(".") for message in refusals)
