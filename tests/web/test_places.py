"""The files of words in context: every place of what is searched, tagged or not."""

import csv
import io
import re

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.core.clock import now
from app.exports.queries.csv_file import BOM
from app.exports.queries.place_rows import PLACES
from app.exports.queries.xlsx_file import MIMETYPE
from tests.harness.builders import Room, add_annotation, add_article, correct
from tests.harness.pages import PageClient
from tests.harness.workbooks import records_of, sheets_of

FINDINGS = "/projects/first/findings"
FILE = f"{FINDINGS}/places.csv"
MAYOR = "no money,” said the mayor. She added: “We have no time.”"


def rows(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    text = content.removeprefix(BOM).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_row_says_where_the_words_stand_and_what_is_tagged_there(
    me: PageClient, session: Session, room: Room
) -> None:
    room.article.author, room.article.publication = "Ada Quill", "The Levee"
    session.commit()
    add_annotation(session, room.annotator, room.article, "We have no money", tag="demand")
    add_annotation(session, room.curator, room.article, "have no money", tag="claim")
    answer = me.get(f"{FILE}?q=have")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "first-places.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.data.startswith(BOM)
    first, second = rows(answer.data)
    assert list(first) == list(PLACES.kinds)
    assert first == {
        "left": "“We ",
        "hit": "have",
        "right": f" {MAYOR}",
        "article_id": "1",
        "article_title": "The River Road",
        "article_author": "Ada Quill",
        "publication": "The Levee",
        "published_on": "",
        "revision": "1",
        "block": "2",
        "start": "85",
        "end": "89",
        "tags": "claim;demand",
        "permalink": "http://127.0.0.1:8000/projects/first/articles/1?find=have#b2",
    }
    assert (second["hit"], second["right"], second["tags"]) == ("have", " no time.”", "")
    assert me.get(first["permalink"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert answer.data == BOM + me.get(f"{FILE}?q=have&bom=0").data
    head = me.head(f"{FILE}?q=have")
    assert (head.status_code, head.data) == (200, b"")


def test_the_page_leads_to_files_of_exactly_what_it_shows(
    me: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session, "A road to town. The road to sea. No road.", title="Roads")
    add_annotation(session, room.annotator, other, "No road", tag="claim")
    asked_for = ("", "&by=place&hits=untagged&tag=claim", f"&article={other.id}&by=before1")
    for asked, number in zip(asked_for, (6, 5, 3), strict=True):
        page = me.get(f"{FINDINGS}/passages?view=context&q=road{asked}").text
        shown = re.findall(r'<span class="after"><a [^>]+>([^<]+)</a>(.*?)</span>', page)
        after = [re.sub("<[^>]+>", "", words) for _hit, words in shown]
        links = dict(re.findall(r'<a[^>]* href="([^"]+)">(CSV|XLSX)[^<]* of these', page))
        assert f">CSV of these {number}</a>" in page
        assert len(after) == number
        found = {}
        for address, name in links.items():
            content = me.get(address.replace("&amp;", "&")).data
            found[name] = (
                [row["right"] for row in rows(content)]
                if name == "CSV"
                else [str(row["right"].value or "") for row in records_of(content)]
            )
        assert found["CSV"] == found["XLSX"] == after


def test_semicolons_stand_between_cells_where_they_are_asked_for(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "One; two, three.", title="a; b")
    page = me.get(f"{FINDINGS}/passages?view=context&q=two").text
    address = f"{FILE}?q=two&sep=semicolon"
    assert address.replace("&", "&amp;") in page
    (row,) = rows(me.get(address).data, ";")
    assert row == rows(me.get(f"{FILE}?q=two").data)[0]
    assert (row["left"], row["right"], row["article_title"]) == ("One; ", ", three.", "a; b")
    assert me.get(f"{FILE}?q=two&sep=tab").status_code == 422
    assert room.article.title == "The River Road"


def test_the_xlsx_has_numbers_days_and_links_and_a_heading_that_stays(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "It floods", tag="claim")
    answer = me.get(f"{FINDINGS}/places.xlsx?q=floods+spring&by=place")
    assert answer.headers["Content-Type"] == MIMETYPE
    assert 'filename="first-places.xlsx"' in answer.headers["Content-Disposition"]
    (sheet,) = sheets_of(answer.data)
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("places", "A2", "A1:N3")
    first, second = records_of(answer.data)
    said = [first[name].value for name in ("hit", "right", "block", "start", "end", "tags")]
    assert said == ["floods", " every spring, and nobody repairs it.", 1, 36, 42, "claim"]
    assert second["tags"].value is None
    link = first["permalink"]
    assert link.hyperlink
    assert link.value == ("http://127.0.0.1:8000/projects/first/articles/1?find=floods+spring#b1")
    assert link.hyperlink.target == link.value


def test_a_spreadsheet_runs_no_cell(me: PageClient, session: Session, room: Room) -> None:
    article = add_article(session, "=SUM(A1) road-HYPERLINK(1)", title="@SUM(A1)", author="+1")
    article.publication = "-1"
    session.commit()
    row, _second = rows(me.get(f"{FILE}?q=road+hyperlink&author=%2B1&by=place").data)
    names = ("left", "right", "article_title", "article_author", "publication")
    guarded = {name: row[name] for name in names}
    assert guarded == {
        "left": "'=SUM(A1) ",
        "right": "'-HYPERLINK(1)",
        "article_title": "'@SUM(A1)",
        "article_author": "'+1",
        "publication": "'-1",
    }
    assert room.article.title == "The River Road"


def test_what_cannot_be_asked_of_words_is_refused(me: PageClient, room: Room) -> None:
    for query, told in (
        ("", "Say which words"),
        ("q=road&tag=claim&note=yes", "This cannot be asked of words, tagged or not: tag, note."),
        ("q=road&by=length", "This cannot be asked for: by=length."),
    ):
        refused = me.get(f"{FILE}?{query}")
        assert (refused.status_code, told in refused.text) == (422, True)
    unknown = me.get(f"{FINDINGS}/places.pdf?q=road")
    assert (unknown.status_code, ".csv or .xlsx" in unknown.text) == (404, True)
    assert rows(me.get(f"{FILE}?q=nowhere").data) == []
    assert room.article.title == "The River Road"


def test_only_current_texts_outside_the_archive_are_looked_through(
    me: PageClient, session: Session, room: Room
) -> None:
    corrected, archived = (
        add_article(session, "An old harbour."),
        add_article(session, "A harbour."),
    )
    correct(session, room.curator, corrected, "The new harbour.")
    session.get_one(Article, archived.id).archived_at = now()
    session.commit()
    (row,) = rows(me.get(f"{FILE}?q=harbour").data)
    assert (row["left"], row["revision"]) == ("The new ", "2")


def test_without_words_the_files_are_those_of_annotations(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "It floods", tag="claim")
    page = me.get(f"{FINDINGS}/passages?view=context&tag=claim").text
    assert f'href="{FINDINGS}/passages.csv?tag=claim&amp;view=context">CSV of these 1</a>' in page
    answer = me.get(f"{FINDINGS}/passages.csv?tag=claim&view=context")
    assert [row["quote"] for row in rows(answer.data)] == ["It floods"]
