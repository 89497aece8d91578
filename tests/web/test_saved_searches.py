"""Saved searches: who sees, names, replaces and removes them."""

import re

from sqlalchemy.orm import Session

from app.codebook.service import merge
from app.themes.service.themes import archive as archive_theme
from tests.harness.builders import Room, add_annotation, add_theme, csrf_token, sign_in
from tests.harness.pages import PageClient
from tests.harness.passages import PASSAGES, shown

SEARCHES = "/projects/first/findings/searches"


def saved(client: PageClient) -> list[str]:
    """Return the names of the saved searches that a page lists."""
    page = client.get(PASSAGES).text
    menu = re.search(r'<details class="drop searches">.*?</details>', page, re.DOTALL)
    return re.findall(r"<bdi>([^<]+)</bdi></a>", menu[0]) if menu else []


def test_a_saved_search_is_for_oneself_or_for_all(
    me: PageClient, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    token = csrf_token(me)
    for name, shared in (("Mine", ""), ("Ours", "1")):
        answer = me.post(
            SEARCHES,
            data={
                "csrf_token": token,
                "name": f" {name} ",
                "shared": shared,
                "query": "?tag=claim&tag=opinion&annotator=me",
            },
        )
        assert answer.status_code == 303
        assert answer.location == f"{PASSAGES}?tag=claim&annotator=me"
    assert saved(me) == ["Mine", "Ours"]
    activity = me.get("/projects/first/activity").text
    assert "shared the search “Ours” with the project" in activity
    assert "“Mine”" not in activity
    sign_in(client, session, room.reader.account)
    assert saved(client) == ["Ours"]
    refused = client.post(f"{SEARCHES}/2/remove", data={"csrf_token": csrf_token(client)})
    assert refused.status_code == 403
    hidden = client.post(f"{SEARCHES}/1/remove", data={"csrf_token": csrf_token(client)})
    assert (hidden.status_code, hidden.location) == (303, PASSAGES)
    gone = "This saved search is removed already, or is none that you may see."
    assert gone in client.get(PASSAGES).text
    sign_in(client, session, room.annotator.account)
    assert saved(client) == ["Mine", "Ours"]
    sign_in(client, session, room.curator.account)
    client.post(f"{SEARCHES}/2/remove", data={"csrf_token": csrf_token(client)})
    assert saved(client) == []
    client.get(PASSAGES)  # which says so
    again = {"csrf_token": csrf_token(client), "query": "?tag=claim"}
    late = client.post(f"{SEARCHES}/2/remove", data=again)
    assert (late.status_code, late.location) == (303, f"{PASSAGES}?tag=claim")
    assert gone in client.get(late.location).text
    assert "removed the shared search “Ours”" in client.get("/projects/first/activity").text


def test_a_name_that_cannot_be_is_kept_and_asked_about(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    token = csrf_token(me)
    for name, message in ((" ", "Give the search a name"), ("n" * 121, "this has 121")):
        answer = me.post(SEARCHES, data={"csrf_token": token, "name": name, "query": "?tag=demand"})
        assert answer.status_code == 422
        assert message in answer.text
        assert f'value="{name}"' in answer.text
        assert "Tag: Demand" in answer.text
    assert saved(me) == []


def test_two_searches_of_one_person_have_two_names(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    data = {"csrf_token": csrf_token(me), "name": "Demands", "query": "?tag=demand"}
    assert me.post(SEARCHES, data=data).status_code == 303
    answer = me.post(SEARCHES, data={**data, "query": "?tag=claim"})
    assert answer.status_code == 422
    assert "Another search of yours has this name." in answer.text
    assert "Tag: Claim" in answer.text
    assert saved(me) == ["Demands"]
    assert me.post(SEARCHES, data={**data, "shared": "1"}).status_code == 303
    assert 'name="in_place" value="1">Save in its place</button>' in answer.text
    data |= {"query": "?tag=claim", "in_place": "1"}
    for _ in range(2):  # twice is as good as once
        assert me.post(SEARCHES, data=data).status_code == 303
    assert saved(me) == ["Demands"]
    text = me.get(PASSAGES).text
    assert f'<a href="{PASSAGES}?tag=claim"><bdi>Demands</bdi></a> <small>only you</small>' in text
    assert "removed the shared search “Demands”" in me.get("/projects/first/activity").text


def test_a_saved_search_of_a_theme_finds_what_that_was_merged_into_archived_or_not(
    me: PageClient, session: Session, room: Room
) -> None:
    ports, quays = (add_theme(session, room.curator, name) for name in ("ports", "quays"))
    add_annotation(session, room.annotator, room.article, themes=[ports])
    data = {"csrf_token": csrf_token(me), "name": "Ports", "query": f"?theme={ports.id}"}
    assert me.post(SEARCHES, data=data).status_code == 303
    merge(session, actor=room.curator, theme_id=ports.id, into_id=quays.id)
    session.commit()
    assert f'href="{PASSAGES}{data["query"]}"><bdi>Ports</bdi>' in me.get(PASSAGES).text
    for _ in range(2):
        text = me.get(f"{PASSAGES}{data['query']}").text
        assert "Theme: quays" in text
        assert len(shown(text)) == 1
        archive_theme(session, actor=room.curator, theme_id=quays.id)
        session.commit()


def test_a_reader_saves_for_themselves_alone(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    add_annotation(session, room.annotator, room.article)
    data = {"csrf_token": csrf_token(client), "name": "Mine", "query": ""}
    assert client.post(SEARCHES, data={**data, "shared": "1"}).status_code == 403
    for _ in range(2):  # twice is as good as once
        assert client.post(SEARCHES, data=data).status_code == 303
    assert saved(client) == ["Mine"]
