"""Live updates of an article that is tagged apart: nobody hears of what they may not see."""

from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.service import assignments
from app.live.messages import MOST_EVENTS
from app.projects.models import Member
from tests.harness.builders import Room, add_annotation, add_article, add_changes, add_member
from tests.live.live_site import Site, place_of

FIRST = "The council must close the road."
SECOND = "It floods every spring"


def add_second_annotator(site: Site, room: Room) -> Member:
    """Add another annotator, who is signed in; both have begun, which everyone hears of."""
    slug = room.owner.project.slug
    member = add_member(site.session, name="Nils", slug=slug)
    site.cookie(member.account)
    for each in (member, room.annotator):
        assignments.set_progress(
            site.session, actor=each, article=room.article, state="in progress"
        )
    site.session.commit()
    return member


def test_who_tags_apart_hears_of_their_own_annotations_alone(site: Site) -> None:
    room = site.add_room()
    second = add_second_annotator(site, room)
    articles.set_mode(site.session, actor=room.curator, article=room.article, mode="independent")
    site.session.commit()
    place = place_of(room)
    with (
        site.listen(second, place) as apart,
        site.listen(room.reader, place) as reader,
        site.listen(room.curator, place) as curator,
    ):
        add_annotation(site.session, room.annotator, room.article, FIRST)
        add_annotation(site.session, second, room.article, SECOND)
        assert [told.data["by"]["name"] for told in curator.wait_for(2)] == ["Ines", "Nils"]
        (told,) = apart.wait_for(1)
        assert told.data["by"]["name"] == "Nils"
        assert "drawing" not in told.data  # it is fetched, as Nils may see it
        articles.reveal(site.session, actor=room.curator, article=room.article)
        site.session.commit()
        _own, revealed = apart.wait_for(2)
        assert revealed.data["is_about_sight"]
        assert [told.data["is_about_sight"] for told in reader.wait_for(1)] == [True]


def test_how_much_happened_that_is_hidden_is_told_to_nobody(site: Site) -> None:
    room = site.add_room()
    second = add_second_annotator(site, room)
    articles.set_mode(site.session, actor=room.curator, article=room.article, mode="independent")
    made = add_annotation(site.session, room.annotator, room.article, FIRST)
    before = site.newest()
    add_changes(site.session, made, MOST_EVENTS + 1)
    place = place_of(room)
    with (
        site.listen(second, place, after=before) as apart,
        site.listen(room.curator, place, after=before) as curator,
    ):
        curator.wait_for_kind("behind")
        add_annotation(site.session, second, room.article, SECOND)
        apart.wait_for(1)
        assert [told.kind for told in apart.told if told.kind not in {"held", "here"}] == ["change"]


def test_who_sees_more_or_less_hears_of_it(site: Site) -> None:
    room = site.add_room()
    second = add_second_annotator(site, room)
    own = add_article(site.session, "Another text.", slug=room.owner.project.slug)
    articles.set_mode(site.session, actor=room.curator, article=own, mode="independent")
    site.session.commit()
    with (
        site.listen(second, place_of(room), place_of(room, own)) as nils,
        site.listen(room.annotator, place_of(room)) as ines,
    ):
        set_project_mode(site.session, actor=room.owner, mode="independent")
        site.session.commit()
        (told,) = nils.wait_for(1)  # what has a mode of its own is as it was
        assert told.data["said"] == "made the project independent"
        assert (told.data["article"], told.data["sees"]) == (room.article.id, "own")
        assert told.data["is_about_sight"]
        assert told.data["is_of_project"]
        assignments.set_progress(site.session, actor=second, article=room.article, state="done")
        site.session.commit()
        assert [each.data["sees"] for each in nils.wait_for(2)] == ["own", "all"]
        assert [each.data["sees"] for each in ines.wait_for(2)] == ["own", "own"]
        assignments.reopen(
            site.session,
            actor=room.curator,
            article=room.article,
            account_id=second.account_id,
        )
        site.session.commit()
        assert nils.wait_for(3)[-1].data["sees"] == "own"
        assert nils.changes[-1].data["is_about_sight"]
