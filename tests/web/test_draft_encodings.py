"""The encoding of a draft: guessed, chosen, certain, or not what the file is in."""

import io
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Draft
from app.articles.queries.articles import current_revision
from tests.harness.drafts import ADD, count, newest, send
from tests.harness.pages import PageClient
from tests.harness.shared import shared_case

SAYS = "\u041d\u0438\u043a\u0442\u043e \u043d\u0435 \u0441\u043a\u0430\u0437\u0430\u043b"
RUSSIAN = (
    f"{SAYS}\n\n{SAYS}, \u0437\u0430\u0447\u0435\u043c \u043e\u043d.\n\n\u041f\u043e\u043a\u0430."
)


def test_a_guessed_encoding_is_shown_and_another_can_be_chosen(
    curator: PageClient, session: Session
) -> None:
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    page = curator.get(draft).text
    assert re.search(r"<option selected>Windows-1251</option>", page)
    assert re.search(r"guessed, \d+ % sure", page)
    assert SAYS in page

    answer = send(curator, f"{draft}/encoding", encoding="KOI8-R", author="Jane Doe")
    assert (answer.status_code, answer.headers["Location"]) == (303, draft)
    page = curator.get(draft).text
    assert "<option selected>KOI8-R</option>" in page
    assert "% sure" not in page
    assert SAYS not in page
    assert 'value="Jane Doe"' in page

    send(curator, f"{draft}/encoding", encoding="Windows-1251", title="A Bridge")
    page = curator.get(draft).text
    assert SAYS in page
    assert ('value="Jane Doe"' in page, 'value="A Bridge"' in page) == (True, True)
    assert send(curator, draft, confirm="1", title="A Bridge").status_code == 303
    assert SAYS in current_revision(session, newest(session).id).text


def test_the_language_is_guessed_anew_with_the_encoding(
    curator: PageClient, session: Session
) -> None:
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    language = session.scalars(select(Draft)).one().fields["language"]
    for encoding in ("KOI8-R", "Windows-1251"):
        assert send(curator, f"{draft}/encoding", encoding=encoding).status_code == 303
        session.rollback()
        assert session.scalars(select(Draft)).one().fields["language"] == language


def test_an_encoding_that_the_file_is_not_in_is_told_and_what_was_typed_stays(
    curator: PageClient,
) -> None:
    file = (io.BytesIO(RUSSIAN.encode("cp1251")), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    for encoding in ("EUC-JP", "no such"):
        answer = send(curator, f"{draft}/encoding", encoding=encoding, author="Jane Doe")
        assert answer.status_code == 422
        assert 'value="Jane Doe"' in answer.text
    answer = send(curator, f"{draft}/encoding", encoding="EUC-JP")
    assert "The file is not EUC-JP. Choose another encoding." in answer.text
    assert "<option selected>EUC-JP</option>" in answer.text
    assert SAYS in curator.get(draft).text


def test_what_could_not_be_read_is_told_on_the_draft(curator: PageClient) -> None:
    file = (io.BytesIO(shared_case("other/wrappers.docx")), "wrappers.docx")
    page = curator.get(str(send(curator, ADD, files=file).headers["Location"])).text
    assert "A formula stands in the text as plain characters. Compare it with the file." in page
    assert 'name="encoding"' not in page


def test_a_file_whose_encoding_is_certain_has_no_choice_and_is_not_kept(
    curator: PageClient, session: Session
) -> None:
    file = (io.BytesIO(RUSSIAN.encode()), "a.txt")
    draft = str(send(curator, ADD, files=file).headers["Location"])
    assert 'name="encoding"' not in curator.get(draft).text
    assert send(curator, f"{draft}/encoding", encoding="KOI8-R").status_code == 422
    session.rollback()
    assert session.scalars(select(Draft.file)).one() is None


def test_a_draft_whose_encoding_is_unsure_is_not_added_with_the_others(
    curator: PageClient, session: Session
) -> None:
    files = [
        (io.BytesIO(b"\xa6\xa3\xd0\xfe"), "odd.txt"),
        (io.BytesIO(b"One.\n\nTwo words here."), "one.txt"),
    ]
    send(curator, ADD, files=files)
    answer = send(curator, "/projects/first/drafts")
    assert answer.status_code == 422
    assert "Its encoding is a guess" in answer.text
    assert count(session, Draft) == 1
