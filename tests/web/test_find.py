"""Finding words in an article that is open."""

from sqlalchemy.orm import Session

from tests.harness.builders import Room, add_article, sign_in
from tests.harness.pages import PageClient

OPEN = 'id="find" role="search" aria-label="Find in this article" lang="en"'


def test_an_address_with_words_lists_their_places_as_links(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    text = "The élan of 1999. No <b>elan</b> here.\n\nL’ÉLAN! Lan."
    article = add_article(session, text)
    page = client.get(f"/projects/first/articles/{article.id}?find=elan").text
    assert OPEN in page
    assert "3 places" in page
    for place in ((1, 4, 8), (1, 24, 28), (2, 42, 46)):
        block, start, end = place
        assert f'href="#b{block}" draggable="false" data-start="{start}" data-end="{end}"' in page
        assert text[start:end].lower() in {"élan", "elan"}
    assert "No &lt;b&gt;<b>elan</b>&lt;/b&gt; here." in page
    plain = client.get(f"/projects/first/articles/{article.id}").text
    assert OPEN not in plain
    nothing = client.get(f"/projects/first/articles/{article.id}?find=elan+1998").text
    assert "Not found in this article." in nothing
    unread = client.get(f"/projects/first/articles/{article.id}?find=%22elan").text
    assert "A quotation mark is not closed. So it was searched as plain words." in unread


def test_what_stands_around_a_hit_is_cut_between_words(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    words = " ".join(["seventeen"] * 8)
    article = add_article(session, f"{words} road {words}.")
    page = client.get(f"/projects/first/articles/{article.id}?find=road").text
    around = " ".join(["seventeen"] * 5)
    assert f"…{around} <b>road</b> {around}…" in page


def test_a_module_asks_for_the_hits_alone(client: PageClient, session: Session, room: Room) -> None:
    sign_in(client, session, room.reader.account)
    address = f"/projects/first/articles/{room.article.id}/find?find=road"
    answer = client.get(address, headers={"X-Fragment": "1"})
    assert answer.text.strip().startswith('<div class="hits" data-revision="1">')
    assert answer.text.count("data-start") == 3
    whole = client.get(address)
    assert whole.status_code == 303
    assert whole.headers["Location"].endswith(f"/articles/{room.article.id}?find=road")


def test_more_hits_than_a_page_can_mark_are_cut_and_said(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    article = add_article(session, "\n\n".join(["one one one."] * 400))
    page = client.get(f"/projects/first/articles/{article.id}?find=one").text
    assert "The first 1,000 places" in page
    assert page.count("data-start=") - page.count('<section class="block"') == 1_000
