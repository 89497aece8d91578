"""The pages of themes: who makes and keeps them, and what is counted of them."""

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.service import articles
from app.codebook.service import merge
from app.projects.roles import Role
from app.themes import queries
from app.themes.models import Theme
from app.themes.service import themes as service
from tests.harness.builders import (
    Room,
    add_annotation,
    add_member,
    add_theme,
    csrf_token,
    give_themes,
    sign_in,
)
from tests.harness.pages import PageClient

PATH = "/projects/first/themes"


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


def post(client: PageClient, path: str, **fields: str) -> tuple[int, str]:
    """Send a form, and return the status and the page, or where it leads."""
    answer = client.post(path, data={"csrf_token": csrf_token(client), **fields})
    return answer.status_code, answer.headers.get("Location", answer.text)


def listed(client: PageClient) -> list[str]:
    """Return the names of the themes on the page, in their order."""
    return re.findall(r'class="theme [a-z]+" href="[^"]+"><bdi>([^<]+)', client.get(PATH).text)


def test_a_theme_is_made_said_and_put_under_another(
    curator: PageClient, session: Session, room: Room
) -> None:
    assert "There are no themes yet" in curator.get(PATH).text
    above_id = add_theme(session, room.curator, "coast").id
    status, where = post(curator, PATH, theme_name="  ports ")
    made_id = queries.find_named(session, room.article.project_id, ["ports"])["ports"].id
    session.rollback()  # who reads here writes later
    assert (status, where) == (303, f"{PATH}/{made_id}")
    said = {"theme_name": "Harbours", "definition": "Where ships land.", "example": "Quay 4"}
    said |= {"colour": "teal", "parent": str(above_id), "version": "1"}
    assert post(curator, f"{PATH}/{made_id}", **said) == (303, f"{PATH}#t{made_id}")
    page = curator.get(PATH).text
    assert listed(curator) == ["coast", "Harbours"]
    assert 'class="theme teal"' in page
    assert "Where ships land." in page
    sign_in(curator, session, room.reader.account)
    page = curator.get(f"{PATH}/{made_id}").text
    assert "Quay 4" in page
    assert "<form" not in page.partition("<main")[2]


def test_what_cannot_be_saved_keeps_what_was_typed(
    curator: PageClient, session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "ports")
    other = add_theme(session, room.curator, "fishing")
    status, page = post(curator, PATH, theme_name="PORTS")
    assert status == 409
    assert 'value="PORTS"' in page
    assert "There is a theme “ports” already" in page
    status, page = post(curator, PATH, theme_name="a; b")
    assert (status, "no semicolon" in page, 'value="a; b"' in page) == (422, True, True)
    said = {"definition": "Where ships land.", "example": "", "colour": "teal", "version": "1"}
    path = f"{PATH}/{theme.id}"
    status, page = post(curator, path, theme_name="Fishing", parent="", **said)
    assert (status, "There is a theme “fishing” already" in page) == (409, True)
    assert 'value="Fishing"' in page
    status, page = post(curator, path, theme_name="ports", parent=str(theme.id), **said)
    assert (status, "cannot stand under itself" in page) == (422, True)
    assert "Where ships land.</textarea>" in page
    service.change(
        session,
        actor=room.owner,
        theme_id=theme.id,
        version=1,
        typed={"definition": "Where boats land."},
        parent_id=other.id,
    )
    session.commit()
    status, page = post(curator, path, theme_name="ports", parent="", **said)
    assert (status, "Someone changed this theme" in page) == (409, True)
    assert "Where boats land.</dd>" in page
    assert "Where ships land.</textarea>" in page
    again = {**said, "version": "2", "theme_name": "ports", "parent": ""}
    assert post(curator, path, **again)[0] == 303


def test_themes_are_moved_among_those_beside_them(
    curator: PageClient, session: Session, room: Room
) -> None:
    made: list[Theme] = [add_theme(session, room.curator, name) for name in "abcd"]
    below = add_theme(session, room.curator, "a1", parent=made[0])
    assert listed(curator) == ["a", "a1", "b", "c", "d"]
    for theme, step, order in (
        (made[3], "up", "a a1 b d c"),
        (made[3], "up", "a a1 d b c"),
        (made[3], "up", "d a a1 b c"),
        (made[3], "up", "d a a1 b c"),
        (made[0], "down", "d b a a1 c"),
        (below, "down", "d b a a1 c"),
    ):
        assert post(curator, f"{PATH}/{theme.id}/move", step=step)[0] == 303
        assert " ".join(listed(curator)) == order
    for _ in range(24):  # there is no room between two any more after a while
        post(curator, f"{PATH}/{made[2].id}/move", step="up")
        post(curator, f"{PATH}/{made[2].id}/move", step="down")
    assert " ".join(listed(curator)) == "d b a a1 c"
    session.expire_all()
    assert list(queries.verify(session)) == []


def test_an_archived_theme_is_listed_apart_and_comes_back_in_its_place(
    curator: PageClient, session: Session, room: Room
) -> None:
    first = add_theme(session, room.curator, "coast")
    below = add_theme(session, room.curator, "ports", parent=first)
    add_theme(session, room.curator, "money")
    status, _where = post(curator, f"{PATH}/{first.id}/archive")
    assert status == 303
    assert listed(curator) == ["ports", "money", "coast"]
    assert "What carries them keeps them." in curator.get(PATH).text
    status, where = post(curator, f"{PATH}/{first.id}/restore")
    assert (status, where) == (303, f"{PATH}#t{first.id}")
    assert listed(curator) == ["coast", "ports", "money"]
    session.refresh(below)
    assert below.parent_id == first.id


def test_names_are_everyones_and_counts_are_of_what_one_may_see(
    client: PageClient, session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "ports")
    add_annotation(session, room.annotator, room.article, "nobody repairs it", themes=(theme,))
    add_annotation(session, room.curator, room.article, "nobody repairs it", themes=(theme,))
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    for member, count in (
        (room.reader, "0 annotations"),
        (room.annotator, "1 annotation"),
        (room.curator, "2 annotations"),
    ):
        sign_in(client, session, member.account)
        for path in (PATH, f"{PATH}/{theme.id}"):
            page = client.get(path).text
            assert "ports" in page
            assert re.search(r"\d+ annotations?\b", page)[0] == count  # type: ignore[index]  # it is there
            found = re.search(r'href="([^"]+passages\?theme=\d+)"', page)
            assert (found is not None) == (count[0] != "0")
            if found is not None:
                assert f"<b>{count[0]}</b> of" in client.get(found[1]).text


def test_a_theme_says_how_many_carry_it_or_any_beneath_it_each_once(
    client: PageClient, session: Session, room: Room
) -> None:
    water = add_theme(session, room.curator, "water")
    rain = add_theme(session, room.curator, "rain", parent=water)
    mist = add_theme(session, room.curator, "mist", parent=rain)
    for quote, themes in (("nobody repairs it", (water, rain)), ("We have no time", (mist,))):
        add_annotation(session, room.annotator, room.article, quote, themes=themes)
    add_annotation(session, room.curator, room.article, "We have no money", themes=(mist,))
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    session.commit()
    for member, counts in (
        (room.reader, []),
        (room.annotator, [(water, "2"), (rain, "2")]),
        (room.curator, [(water, "3"), (rain, "3")]),
    ):
        sign_in(client, session, member.account)
        found = re.findall(
            r'href="([^"]+passages\?theme=(\d+)-tree)">(\d+) with all beneath it',
            client.get(PATH).text,
        )
        assert [(number, count) for _address, number, count in found] == [
            (str(theme.id), count) for theme, count in counts
        ]
        for address, number, count in found:
            assert f"<b>{count}</b> of" in client.get(address).text
            one = client.get(f"{PATH}/{number}").text
            assert f'With all beneath it: <a href="{address}">{count} annotations</a>.' in one
    # One that was merged keeps what stood beneath it, and is not asked for any more.
    ice = add_theme(session, room.curator, "ice")
    merge(session, actor=room.curator, theme_id=rain.id, into_id=ice.id)
    session.commit()
    text = client.get(PATH).text
    assert f"theme={water.id}-tree" in text
    assert f"theme={rain.id}-tree" not in text


def test_a_conflict_shows_the_themes_of_both_versions(
    client: PageClient, session: Session, room: Room
) -> None:
    ports, fishing = (add_theme(session, room.curator, name) for name in ("ports", "fishing"))
    made = add_annotation(session, room.annotator, room.article, "nobody repairs it")
    give_themes(session, room.curator, made, ports)
    sign_in(client, session, room.annotator.account)
    path = f"/annotations/{made.id}"
    status, page = post(client, path, version="1", themes=str(fishing.id), note="")
    assert status == 409
    now, yours = re.findall(r"<p><b>(?:Now|Yours):</b>(.*?)</p>", page)
    assert "Themes: <bdi>ports</bdi>" in now
    assert "Themes: <bdi>fishing</bdi>" in yours
    said = {"version": "2", "themes": str(fishing.id), "theme_names": "Ports ; "}
    assert post(client, path, **said, note="")[0] == 303
    session.refresh(made)
    assert made.themes == (ports.id, fishing.id)
    (history,) = re.findall(
        r"<ol class=\"history\">.*</ol>", client.get(f"{path}/history").text, re.DOTALL
    )
    assert "added the theme “fishing”" in history


def test_a_form_tells_no_name_of_another_projects_theme(
    client: PageClient, session: Session, room: Room
) -> None:
    theirs = add_theme(session, add_member(session, Role.CURATOR, slug="other"), "Elsewhere")
    made = add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.annotator.account)
    said = {"version": "1", "note": "", "themes": str(theirs.id)}
    status, page = post(client, f"/annotations/{made.id}", **said)
    assert status == 422
    assert "Elsewhere" not in page


def test_a_name_that_is_no_theme_is_asked_about_and_an_archived_one_refused(
    client: PageClient, session: Session, room: Room
) -> None:
    theme_id = add_theme(session, room.curator, "Money matters").id
    sign_in(client, session, room.annotator.account)
    words = {"quote": "nobody repairs it", "tag": "claim", "note": "a note", "client_key": "k"}
    path = "/projects/first/articles/1/annotations"
    status, page = post(client, path, **words, theme_names="money maters; who pays")
    assert status == 422
    assert "There is no theme “money maters” yet" in page
    assert f'<option value="{theme_id}">Money matters</option>' in page
    assert '<option value="new:who pays">' in page
    assert "a note</textarea>" in page
    assert queries.count(session, room.article.project_id) == 1
    session.rollback()
    answers = {"theme_answer": [str(theme_id), "new:who pays"]}
    answer = client.post(path, data={"csrf_token": csrf_token(client), **words, **answers})
    assert answer.status_code == 303
    made = session.scalars(select(Annotation)).one()
    assert set(queries.names_of(session, made.themes).values()) == {"Money matters", "who pays"}
    session.rollback()
    service.archive(session, actor=room.curator, theme_id=theme_id)
    session.commit()
    words |= {"quote": "said the mayor", "client_key": "l"}
    status, page = post(client, path, **words, theme_names="money MATTERS")
    assert (status, "“Money matters” is archived" in page) == (422, True)


def test_a_merge_is_undone_from_its_answer_and_from_activity(
    curator: PageClient, session: Session, room: Room
) -> None:
    ports, quays = (add_theme(session, room.curator, name) for name in ("ports", "quays"))
    made = add_annotation(session, room.annotator, room.article, "said the mayor", themes=(ports,))
    path, ids = f"{PATH}/{ports.id}/merge", (made.id, ports.id, quays.id)
    session.rollback()
    status, page = post(curator, path, into="")
    assert (status, "Choose another theme" in page) == (422, True)
    undo = re.compile(r'name="event" value="(\d+)"><button[^>]*>Undo')
    for place in (PATH, "/projects/first/activity"):
        assert post(curator, path, into=str(ids[2]))[0] == 303
        page = curator.get(PATH).text + curator.get("/projects/first/activity").text
        assert "1 annotation carries that now." in page
        found = undo.search(curator.get(place).text) or undo.search(page)
        assert found is not None
        assert post(curator, f"{PATH}/undo-merge", event=found[1])[0] == 303
        assert "is a theme of its own again: 1 annotation carries it." in curator.get(PATH).text
        assert undo.search(curator.get("/projects/first/activity").text) is None
        assert post(curator, f"{PATH}/undo-merge", event=found[1]) == (303, PATH)
        assert "This merge was taken back already." in curator.get(PATH).text
    assert session.get_one(Annotation, ids[0]).themes == (ids[1],)


def test_what_someone_changed_since_the_preview_of_a_file_is_shown_before_it_is_replaced(
    client: PageClient, session: Session, room: Room
) -> None:
    theme = add_theme(session, room.curator, "floods")
    add_theme(session, room.curator, "ports")
    sign_in(client, session, room.curator.account)
    file = b"name,definition\nfloods,Water where none should be.\n"
    preview = client.post(
        "/projects/first/themes/import",
        data={"csrf_token": csrf_token(client), "file": (io.BytesIO(file), "themes.csv")},
    )
    typed = {"name": "floods", "definition": "Only rivers."}
    service.change(
        session, actor=room.owner, theme_id=theme.id, version=1, typed=typed, parent_id=None
    )
    session.commit()
    again = client.submit(preview, "import-themes", {"confirm": "1"})
    assert again.status_code == 409
    assert "Someone changed some of these themes meanwhile." in again.text
    assert "Import: 0 new, 1 changed" in again.text
    session.refresh(theme)
    assert theme.definition == "Only rivers."
    # What the file does not name keeps nobody from it.
    add_theme(session, room.curator, "quays")
    assert client.submit(again, "import-themes", {"confirm": "1"}).status_code == 303
    session.refresh(theme)
    assert theme.definition == "Water where none should be."


def test_themes_leave_as_a_file_and_come_in_from_one_after_a_preview(
    client: PageClient, session: Session, room: Room
) -> None:
    add_theme(session, room.curator, "=floods")
    sign_in(client, session, room.curator.account)
    there = "/projects/first/themes"
    page = client.get(there)
    assert f'href="{there}.csv"' in page.text
    file = client.get(f"{there}.csv")
    assert file.data.startswith(b"\xef\xbb\xbfname,definition,example,colour,parent,order,archived")
    assert b"'=floods" in file.data
    again = file.data + b"ports,,,,nowhere,,\r\nquays,,,,,,\r\n"
    token = csrf_token(client)
    preview = client.post(
        f"{there}/import",
        data={"csrf_token": token, "file": (io.BytesIO(again), "themes.csv")},
    )
    assert "Import: 1 new, 0 changed" in preview.text
    assert "ports</bdi> (row 3): There is no theme “nowhere” to stand under." in preview.text
    assert "1 theme is there already as the file has it." in preview.text
    assert "quays" not in client.get(there).text
    done = client.submit(preview, "import-themes", {"confirm": "1"})
    assert done.status_code == 303
    page = client.get(there)
    assert "Imported. New themes: 1. Changed themes: 0." in page.text
    assert "quays" in page.text
    activity = client.get("/projects/first/activity?kind=themes")
    assert "imported themes from a file: 1 new, 0 changed" in activity.text
    assert client.submit(activity, f"{there}/imports/").status_code == 303
    assert "1 theme is as before" in client.get(there).text
    wrong = client.post(
        f"{there}/import", data={"csrf_token": token, "file": (io.BytesIO(b"x"), "x.csv")}
    )
    assert wrong.status_code == 422
    assert "names no column “name”" in wrong.text
    sign_in(client, session, room.owner.account)
    assert "exported the themes as CSV" in client.get("/projects/first/activity?kind=exports").text
    sign_in(client, session, room.annotator.account)
    assert f"{there}/import" not in client.get(there).text
