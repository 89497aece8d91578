"""The reading page with some of what is tagged: filtered, and printed."""

import re

import pytest
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.discussion.service import stances, threads
from app.projects.roles import Role
from app.reading.pages.rendering.margins import CARDS_SHOWN
from tests.harness.builders import (
    Room,
    add_annotation,
    add_comment,
    add_many,
    add_member,
    add_theme,
    give_themes,
)
from tests.harness.pages import PageClient, read
from tests.harness.reading import cards, marks, path, words

TAGS = ("claim", "demand", "assumption", "citation")


def test_the_page_is_filtered_by_tag_and_annotator_by_its_address(
    me: PageClient, session: Session, room: Room
) -> None:
    quotes = {"claim": "The council", "demand": "must close", "assumption": "It floods"}
    mine = {
        tag: add_annotation(session, room.annotator, room.article, quote, tag=tag).id
        for tag, quote in quotes.items()
    }
    theirs = add_annotation(session, room.curator, room.article, "nobody", tag="claim").id
    ines, cato = room.annotator.account_id, room.curator.account_id
    everything = {*mine.values(), theirs}
    for query, shown in (
        ("", everything),
        ("tag=claim", {mine["claim"], theirs}),
        ("tag=claim&tag=demand", {mine["claim"], mine["demand"], theirs}),
        (f"annotator={cato}", {theirs}),
        (f"annotator={ines}&annotator={cato}", everything),
        (f"tag=claim&annotator={ines}", {mine["claim"]}),
        ("shown=chosen", set()),
        ("shown=chosen&tag=claim", set()),
        (f"shown=chosen&annotator={ines}", set()),
        (f"shown=chosen&tag=claim&annotator={ines}", {mine["claim"]}),
        ("tag=other", set()),
        ("annotator=x", set()),
        ("annotator=99999", set()),
    ):
        page = me.get(f"{path(room.article)}?{query}")
        assert set(cards(page)) == shown, query
        assert len(marks(page)) == len(shown), query
        assert ("some hidden by the filter" in page.text) == bool(query), query
        # The counts beside the boxes are of everything that could be shown.
        assert '<span class="total">4 annotations</span>' in page.text
    page = me.get(f"{path(room.article)}?tag=claim")
    ticked = re.findall(r'name="tag" value="(\w+)"( checked)?', page.text)
    boxes = [(tag, bool(on)) for tag, on in ticked][-4:]
    assert boxes == [(tag, tag == "claim") for tag in TAGS]


def test_the_filter_asks_for_open_questions_and_disputes(
    me: PageClient, session: Session, room: Room
) -> None:
    asked, disputed, settled, quiet = (
        add_annotation(session, room.curator, room.article, quote).id
        for quote in ("The council", "must close", "It floods", "nobody")
    )
    article = path(room.article)
    nothing = '<fieldset class="withs" hidden>'
    assert nothing in me.get(article).text
    for number in (asked, settled):
        made = session.get_one(Annotation, number)
        add_comment(session, room.annotator, made, "Which?", is_question=True)
    for number in (disputed, settled):
        stances.set_stance(
            session,
            actor=room.annotator,
            annotation_id=number,
            value="dispute",
            reason="It asks.",
        )
    threads.resolve(session, actor=room.annotator, annotation_id=settled)
    session.commit()
    for query, shown in (
        ("", {asked, disputed, settled, quiet}),
        ("thread=question", {asked}),
        ("thread=disputed", {disputed}),
        ("thread=disputed&thread=question", {asked, disputed}),
        ("thread=disputed&tag=demand", set()),
        ("thread=other", set()),
    ):
        page = me.get(f"{article}?{query}")
        assert set(cards(page)) == shown, query
        assert nothing not in page.text
        is_either = query == "thread=disputed&thread=question"
        assert ("Either is enough" in page.text) is is_either
        for each in shown if query else ():
            assert f'href="/annotations/{each}/card?{query.replace("&", "&amp;")}"' in page.text
    of_before = me.get(f"{article}?said=question")
    assert set(cards(of_before)) == {asked}
    page = me.get(f"{article}?thread=question&annotation={disputed}")
    assert set(cards(page)) == {asked, disputed}
    listed = "/projects/first/articles"
    for state, is_listed in (("question", True), ("disputed", True), ("other", True)):
        assert ("The River Road" in me.get(f"{listed}?thread={state}").text) is is_listed
    threads.resolve(session, actor=room.annotator, annotation_id=asked)
    session.commit()
    assert "No article matches." in me.get(f"{listed}?thread=question").text


def test_the_filter_asks_for_any_of_some_themes(
    me: PageClient, session: Session, room: Room
) -> None:
    ports, quays = (add_theme(session, room.curator, name) for name in ("Ports", "Quays"))
    of_others = add_theme(session, add_member(session, Role.CURATOR, slug="other"), "Elsewhere")
    both, one, none = (
        add_annotation(session, room.annotator, room.article, quote, themes=themes).id
        for quote, themes in (("The council", (ports, quays)), ("floods", (quays,)), ("nobody", ()))
    )
    for query, shown in (
        (f"theme={ports.id}", {both}),
        (f"theme={ports.id}&theme={quays.id}", {both, one}),
        (f"theme={quays.id}&tag=demand", set()),
        (f"theme={of_others.id}", set()),
        ("theme=other", set()),
        ("", {both, one, none}),
    ):
        page = me.get(f"{path(room.article)}?{query}")
        assert set(cards(page)) == shown, query
        assert len(marks(page)) == len(shown), query
        is_either = "what carries any of these" in page.text
        assert is_either is (query.count("theme=") > 1), query
        for each in shown if query else ():
            assert f'href="/annotations/{each}/card?{query.replace("&", "&amp;")}"' in page.text
        assert "Elsewhere" not in page.text
    # A card hints at them, and forms offer those of the project.
    signs = re.findall(r'class="sign themes" title="([^"]+)"', page.text)
    assert signs == ["2 themes", "1 theme"]
    for form in ("", "/blocks/1", "/tag"):
        options = re.findall(
            r'<option value="(\w+)"></option>', me.get(path(room.article) + form).text
        )
        assert options == ["Ports", "Quays"]
    filtered = me.get(f"{path(room.article)}?theme={ports.id}&shows=mine")
    toggles = re.findall(r'<bdi>(\w+)</bdi> <span class="n">(\d)</span></label>', filtered.text)
    assert toggles == [("Quays", "2"), ("Ports", "1")]
    assert f'value="{ports.id}" checked>' in filtered.text
    # None of what is shown carries it any more: it can still be taken away.
    gone = me.get(f"{path(room.article)}?theme={ports.id}&tag=demand")
    assert f'value="{ports.id}" checked>' in gone.text
    assert "0 of 3 shown" in gone.text


def test_a_page_to_print_has_whole_notes_and_threads_of_what_is_shown(
    me: PageClient, session: Session, room: Room
) -> None:
    note = "A note that goes on and on. " * 8
    made = add_annotation(session, room.curator, room.article, note=note)
    add_comment(session, room.annotator, made, "Which road?", is_question=True)
    stances.set_stance(
        session, actor=room.owner, annotation_id=made.id, value="dispute", reason="It asks."
    )
    add_annotation(session, room.curator, room.article, "nobody", tag="demand", note="Hidden.")
    themes = [add_theme(session, room.curator, name) for name in ("quays", "Ports")]
    give_themes(session, room.curator, made, *themes)
    page = me.get(f"{path(room.article)}/print?tag=claim")
    printed = words(page)
    for said in (
        note.strip(),
        "Themes: Ports; quays",
        "Ines asks: Which road?",
        "Olga disputes: It asks.",
    ):
        assert said in printed
    assert "Hidden." not in printed
    assert len(marks(page)) == 1


def test_nobody_learns_by_the_filter_of_what_they_may_not_see(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.curator, room.article)
    add_comment(session, room.curator, made, "Which?", is_question=True)
    ports = add_theme(session, room.curator, "Ports")
    add_annotation(session, room.curator, room.article, "nobody", themes=(ports,))
    assert "Only with theme" in me.get(path(room.article)).text
    room.article.mode_name = "independent"
    session.commit()
    assert '<fieldset class="withs" hidden>' in me.get(path(room.article)).text
    assert "Only with theme" not in me.get(path(room.article)).text
    assert "No article matches." in me.get("/projects/first/articles?thread=question").text


@pytest.mark.sqlite_only
def test_the_filters_form_leads_to_an_address_and_links_keep_it(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    add_many(session, room.curator, room.article, CARDS_SHOWN + 2)
    page = me.get(path(room.article))
    chosen = {"tag": ["claim"], "annotator": [str(room.curator.account_id)]}
    form = read(page.text).find(".//form[@class='filter']")
    assert form is not None
    shown = me.get(path(room.article), query_string={"shown": "chosen", **chosen})
    query = f"?shown=chosen&amp;tag=claim&amp;annotator={room.curator.account_id}"
    link = re.escape(f'/blocks/1{query}"') + ' data-places="[0-9 -]+">2 more</a>'
    assert re.search(link, shown.text)
    whole = me.get(f"{path(room.article)}/blocks/1{query.replace('&amp;', '&')}")
    assert len(cards(whole)) == CARDS_SHOWN + 2


@pytest.mark.sqlite_only
def test_pages_of_a_block_keep_the_filter(me: PageClient, session: Session, room: Room) -> None:
    add_many(session, room.curator, room.article, 101)
    add_annotation(session, room.annotator, room.article, tag="demand")
    page = me.get(f"{path(room.article)}/blocks/1?tag=claim")
    assert "Page 1 of 2" in page.text
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    second = me.get(following[1].replace("&amp;", "&"))
    assert "101 annotations" in second.text
    assert len(cards(second)) == 1
