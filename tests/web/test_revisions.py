"""After a correction: older revisions, taking one back, and annotations that wait for a place."""

import pytest
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from tests.harness.builders import Room, add_annotation, add_theme, correct, sign_in
from tests.harness.correcting import FLOODS, NEW, REPORT
from tests.harness.correction_pages import path_of, send
from tests.harness.pages import PageClient


def test_an_old_revision_shows_what_it_showed(
    curator: PageClient, session: Session, room: Room
) -> None:
    moved = add_annotation(session, room.annotator, room.article, FLOODS, note="a thought")
    orphan = add_annotation(session, room.annotator, room.article, REPORT, tag="demand")
    correct(session, room.owner, room.article, NEW)
    page = curator.get(f"{path_of(room)}/revisions/1").text
    assert f'id="a{moved.id}"' in page
    assert f'id="a{orphan.id}"' in page
    assert "a thought" in page
    assert f'<q dir="auto">{REPORT}</q>' in page
    assert f">{FLOODS}</mark>" in page
    assert "A first paragraph came" not in page
    assert 'class="pilcrow"' not in page
    answer = curator.get(f"{path_of(room)}/revisions/2")
    assert answer.headers["Location"] == path_of(room)
    assert curator.get(f"{path_of(room)}/revisions/3").status_code == 404
    changes = curator.get(f"{path_of(room)}/revisions/2/changes").text
    assert "<ins>A first paragraph came.</ins>" in changes
    assert "By Olga" in changes
    assert curator.get(f"{path_of(room)}/revisions/1/changes").status_code == 404


def test_a_revision_is_taken_back_until_someone_tags_on_it(
    curator: PageClient, session: Session, room: Room
) -> None:
    orphan = add_annotation(session, room.annotator, room.article, REPORT)
    correct(session, room.owner, room.article, NEW)
    assert "Take revision 2 back" in curator.get(f"{path_of(room)}/revisions").text
    answer = send(curator, f"{path_of(room)}/take-back", revision="2")
    assert answer.headers["Location"] == f"{path_of(room)}/revisions"
    page = curator.get(path_of(room)).text
    assert f'id="a{orphan.id}"' in page
    history = curator.get(f"{path_of(room)}/details").text
    assert "corrected the text (revision 2)" in history
    assert "took back a correction (revision 2)" in history
    correct(session, room.owner, room.article, NEW)
    add_annotation(session, room.annotator, room.article, "A first paragraph came.")
    page = curator.get(f"{path_of(room)}/revisions").text
    assert "Someone has tagged in this revision already" in page
    assert send(curator, f"{path_of(room)}/take-back", revision="3").status_code == 409


def test_an_orphan_waits_in_a_list_until_it_is_placed(
    client: PageClient, session: Session, room: Room
) -> None:
    ports = add_theme(session, room.curator, "Ports")
    orphan = add_annotation(session, room.annotator, room.article, REPORT, themes=(ports,))
    correct(session, room.curator, room.article, NEW)
    sign_in(client, session, room.annotator.account)
    permalink = client.get(f"/annotations/{orphan.id}")
    assert permalink.headers["Location"] == f"/annotations/{orphan.id}/card"
    card = client.get(permalink.headers["Location"]).text
    assert "The corrected text no longer has these words" in card
    orphans = client.get(f"{path_of(room)}/orphans").text
    assert f"“{REPORT}”" in orphans
    assert "Themes: <bdi>Ports</bdi>" in orphans
    place = client.get(f"/annotations/{orphan.id}/place").text
    assert f"<strong>{REPORT}</strong>" in place
    assert "Themes: <bdi>Ports</bdi>" in place
    wrong = send(client, f"/annotations/{orphan.id}", version="2", quote="look awya", back="place")
    assert wrong.status_code == 422
    assert "look awya</textarea>" in wrong.text
    assert "A first paragraph came." in wrong.text
    session.refresh(orphan)
    version = str(orphan.version)
    answer = send(client, f"/annotations/{orphan.id}", version=version, note="kept")
    assert answer.headers["Location"] == f"/annotations/{orphan.id}/card"
    version = str(orphan.version + 1)
    answer = send(client, f"/annotations/{orphan.id}", version=version, quote="look away")
    assert answer.headers["Location"] == f"{path_of(room)}#b4"
    assert "Every annotation of this article has its place" in (
        client.get(f"{path_of(room)}/orphans").text
    )
    assert client.get(f"/annotations/{orphan.id}/place").location.endswith("/card")
    session.rollback()
    session.expire_all()
    made = session.get_one(Annotation, orphan.id)
    assert (made.quote, made.note) == ("look away", "kept")
    sign_in(client, session, room.reader.account)
    assert client.get(f"/annotations/{orphan.id}/place").status_code == 403


@pytest.mark.sqlite_only
def test_sentences_ticked_in_an_older_text_tag_nothing(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.annotator.account)
    correct(session, room.owner, room.article, NEW)
    path = f"{path_of(room)}/annotations"
    fields = {"block": "1", "sentence": "0", "tag": "claim", "client_key": "k"}
    answer = send(client, path, revision="1", **fields)
    assert answer.status_code == 422
    assert "Tick the sentences once more" in answer.text
    assert "checked" not in answer.text.partition('name="sentence"')[2].partition("</fieldset>")[0]
    assert send(client, path, revision="2", **fields).status_code == 303
