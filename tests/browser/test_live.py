"""What others do is seen without a reload, and never under anyone's hands."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service.annotations import create
from app.articles.models import Article
from app.assignments.service import assignments
from app.live.messages import MOST_EVENTS, encode
from app.live.presence import MOST_AVATARS
from tests.browser.reading_page import Desk, wait
from tests.browser.running import OWNER, Site
from tests.browser.sample import FIRST, LAST, LONG, MANY, SECOND, THIRD, Sample
from tests.browser.test_accessibility import faults_of
from tests.harness.builders import add_changes
from tests.harness.chromium import Chromium, WatchedPages
from tests.harness.server import RunningServer

ALONE = "delete globalThis.SharedWorker"  # so that a page has a stream of its own

# The same, and the stream is this text, and stays open.
SAYING = """
delete globalThis.SharedWorker;
const ask = globalThis.fetch;
globalThis.fetch = async (address, options) => {
  if (!String(address).startsWith('/live?')) return ask(address, options);
  const body = new ReadableStream({start: sink => sink.enqueue(new TextEncoder().encode(TEXT))});
  return new Response(body, {headers: {'Content-Type': 'text/event-stream'}});
};
"""


@pytest.fixture
def own_site(tmp_path: Path, chromium: Chromium) -> Iterator[Site]:
    """Give a server that a test may stop."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    with RunningServer(tmp_path / "instance", {"SEED_DIRS": str(seeds)}) as server:
        site = Site(server, tmp_path)
        site.let_in(chromium)
        yield site
        site.database.dispose()


def top_of(desk: Desk, number: int) -> float:
    """Return where a block begins in the window."""
    return desk.box(desk.block(number)).top


def pass_time(page: Page, holds: Callable[[], bool], what: str) -> None:
    """Let the page's own clock run fast until a condition holds."""

    def holds_later() -> bool:
        page.clock.run_for(2_000)
        return holds()

    wait(page, holds_later, what)


def expect_update(desk: Desk, words: str) -> None:
    expect(desk.page.locator("#update")).to_contain_text(words)


def test_what_one_does_the_others_see_and_are_told(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    ines, otto = Desk(site, pages.open(), sample), Desk(site, pages.open(), sample, name="Otto")
    otto.tag(SECOND, "Claim")
    expect(ines.mark(SECOND)).to_be_visible()
    expect_update(ines, "O Otto tagged as claim, paragraph 1")
    expect(ines.page.get_by_role("status").filter(has_text="Otto")).to_have_text(
        "Otto tagged as claim, paragraph 1"
    )
    expect(ines.block(1).locator(".just-now")).to_be_visible()
    (row,) = site.rows(sample)
    card = otto.open(int(row["annotation_id"]))
    card.get_by_role("button", name="Demand").click()
    expect(ines.page.locator(".card.demand")).to_be_visible()
    card.get_by_label("Note").fill("What I wrote.")
    card.get_by_label("Note").blur()
    expect(ines.page.locator(".card.demand .excerpt")).to_have_text("What I wrote.")
    otto.choose_in_menu(otto.open_card, "Delete")
    expect(ines.cards).to_have_count(0)
    expect(otto.page.locator("#update")).to_be_empty()  # of what one does oneself, one is not told
    otto.settle()


def test_the_text_that_is_read_stays_where_it_is(site: Site, page: Page) -> None:
    desk = Desk(site, page, site.add_article(LONG))
    desk.block(20).scroll_into_view_if_needed()
    there = page.evaluate("scrollY") + 300
    page.mouse.wheel(0, 300)
    desk.wait(lambda: page.evaluate("scrollY") == there, "the wheel to scroll")
    before = top_of(desk, 20)
    height = desk.box(desk.block(1)).bottom - desk.box(desk.block(1)).top
    for words in (FIRST, SECOND, THIRD, "The council", "council must", "must close", "the road"):
        site.tag(desk.sample, words, name="Otto")
    site.tag(desk.sample, "Paragraph 12 says", name="Otto")
    expect(desk.cards.filter(has_text="Otto")).to_have_count(8)
    assert desk.box(desk.block(1)).bottom - desk.box(desk.block(1)).top == height
    assert abs(top_of(desk, 20) - before) < 2


def test_nothing_changes_under_someone_s_hands(site: Site, page: Page, sample: Sample) -> None:
    mine = site.tag(sample, SECOND)
    desk = Desk(site, page, sample)
    area = desk.open(mine).get_by_label("Note")
    area.press_sequentially("Half a ")
    site.tag(sample, FIRST, "demand", name="Otto")
    expect_update(desk, "Otto tagged as demand, paragraph 1")
    area.press_sequentially("note")
    expect(area).to_be_focused()
    expect(area).to_have_value("Half a note")
    expect(desk.cards).to_have_count(1)
    desk.press("Escape")
    expect(desk.cards).to_have_count(2)
    expect(desk.open(mine).get_by_label("Note")).to_have_value("Half a note")
    desk.press("Escape")  # the focus is on the card
    desk.drag(LAST)
    site.tag(sample, "In the end the town pays.", name="Otto")
    expect_update(desk, "tagged as claim, paragraph 6")
    assert desk.selection == LAST
    expect(desk.cards).to_have_count(2)
    desk.choose("Demand")
    expect(desk.cards).to_have_count(4)
    desk.settle()


def test_the_focus_goes_on_in_what_is_drawn_anew(site: Site, page: Page, sample: Sample) -> None:
    others = [site.tag(sample, words) for words in MANY[:-2]]
    desk = Desk(site, page, sample)
    block = desk.block(1)
    hands = (
        (block.locator(".pilcrow"), MANY[-2]),
        (page.locator(f"#a{others[0]} > summary"), THIRD),
        (block.locator(".passage"), FIRST),
    )
    for hand, words in hands:
        hand.focus()
        before = block.get_attribute("data-drawn")
        site.tag(sample, words, name="Otto")
        expect(block).not_to_have_attribute("data-drawn", before or "")
        expect(hand).to_be_focused()


@pytest.mark.page_errors("503")
def test_the_focus_stays_on_what_is_not_saved(site: Site, page: Page, sample: Sample) -> None:
    desk = Desk(site, page, sample)
    page.route("**/annotations", lambda route: route.fulfill(status=503, body="Stopping."))
    desk.drag(FIRST)
    desk.choose("Claim")
    send = desk.pending.get_by_role("button", name="Send now")
    send.focus()
    site.tag(sample, SECOND, name="Otto")
    expect(desk.cards).to_have_count(1)
    expect(send).to_be_focused()
    page.unroute("**/annotations")
    desk.press("Enter")
    expect(desk.cards).to_have_count(2)
    desk.settle()


@pytest.mark.page_errors("409")
def test_three_windows_agree_after_a_conflict(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    made = site.tag(sample, FIRST)
    ines, second, otto = (
        Desk(site, pages.open(), sample, name=name) for name in ("Ines", "Ines", "Otto")
    )
    ines.open(made)
    second.open(made).get_by_label("Note").fill("What I wrote elsewhere.")
    second.open_card.get_by_label("Note").blur()
    expect(otto.cards.locator(".excerpt")).to_have_text("What I wrote elsewhere.")
    ines.open_card.get_by_label("Note").fill("What I wrote.")
    ines.open_card.get_by_label("Note").blur()
    expect(ines.open_card.locator(".versions")).to_contain_text(
        "Now: claim. What I wrote elsewhere."
    )
    ines.open_card.get_by_role("button", name="Save", exact=True).click()
    for desk in (ines, second, otto):
        desk.press("Escape")
        expect(desk.cards.locator(".excerpt")).to_have_text("What I wrote.")


@pytest.mark.page_errors("ERR_", "Failed to load", always=False)
def test_all_comes_once_after_the_network_and_the_server_were_gone(
    own_site: Site, pages: WatchedPages
) -> None:
    sample = own_site.add_article()
    page = pages.open()
    page.add_init_script(ALONE)
    desk = Desk(own_site, page, sample)
    own_site.tag(sample, FIRST, name="Otto")
    expect(desk.cards).to_have_count(1)
    page.context.set_offline(True)
    own_site.server.stop()
    own_site.tag(sample, SECOND, name="Otto")
    own_site.server.start()
    own_site.tag(sample, THIRD, name="Otto")
    page.wait_for_timeout(500)
    expect(desk.cards).to_have_count(1)
    page.context.set_offline(False)
    expect(desk.cards).to_have_count(3)
    expect_update(desk, "Otto made 2 changes")
    own_site.tag(sample, LAST, name="Otto")
    expect(desk.cards).to_have_count(4)


def test_a_window_shows_what_its_filter_allows(site: Site, page: Page, sample: Sample) -> None:
    desk = Desk(site, page, sample, query="?tag=demand")
    site.tag(sample, FIRST, "claim", name="Otto")
    site.tag(sample, SECOND, "demand", name="Otto")
    expect(desk.cards).to_have_count(1)
    expect(desk.mark(SECOND)).to_be_visible()
    expect(desk.page.locator(".byline .total")).to_have_text("2 annotations")


def test_seven_tabs_share_one_stream(site: Site, page: Page, sample: Sample) -> None:
    # A browser opens six connections to a server: with a stream each, the seventh would not load.
    desks = [Desk(site, page, sample)]
    desks += [Desk(site, page.context.new_page(), sample) for _ in range(6)]
    for desk in desks:
        expect(desk.page.locator("#update")).to_be_attached()
    site.tag(sample, FIRST, name="Otto")
    for desk in desks:
        expect(desk.cards).to_have_count(1)
    desks.pop(0).page.close()
    site.tag(sample, SECOND, name="Otto")
    for desk in desks:
        expect(desk.cards).to_have_count(2)


def test_who_slept_and_who_lost_the_worker_hear_again(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    slept, lost = pages.open(), pages.open()
    slept.add_init_script(ALONE)
    for page in (slept, lost):
        page.clock.install()
    desks = [Desk(site, page, sample) for page in (slept, lost)]
    site.tag(sample, FIRST, name="Otto")
    for desk in desks:
        expect(desk.cards).to_have_count(1)
    asked: list[str] = []
    slept.on("request", lambda request: asked.append(request.url))
    slept.evaluate("dispatchEvent(new Event('online'))")  # the stream looks open, and may not be
    pass_time(slept, lambda: any("/live?" in address for address in asked), "a new stream")
    end_workers(site)
    slept.clock.fast_forward(200_000)
    site.tag(sample, SECOND, name="Otto")
    pass_time(slept, lambda: desks[0].cards.count() == 2, "what was missed asleep")
    pass_time(lost, lambda: desks[1].cards.count() == 2, "what was missed without a worker")


def end_workers(site: Site) -> None:
    """End all shared workers, as a browser does that needs their memory."""
    session = site.browser.new_browser_cdp_session()
    for target in session.send("Target.getTargets")["targetInfos"]:
        if target["type"] == "shared_worker":
            session.send("Target.closeTarget", {"targetId": target["targetId"]})
    session.detach()


def test_who_is_here_is_seen_and_listed(site: Site, pages: WatchedPages, sample: Sample) -> None:
    ines = Desk(site, pages.open(), sample)
    here = ines.page.locator("#here")
    expect(here).to_be_hidden()
    otto, nora = pages.open(), pages.open()
    Desk(site, otto, sample, name="Otto")
    site.enter(nora, "Nora")
    nora.goto(site.address("/projects/first/articles"))
    expect(here.locator(".avatar.reading-this")).to_have_count(1)
    expect(here.locator("summary")).to_have_accessible_name(
        "Here now: one person reading this, one person elsewhere in the project"
    )
    site.tag(sample, FIRST, name="Otto")
    expect_update(ines, "Otto tagged as claim")
    here.locator("summary").focus()
    ines.press("Enter")
    expect(here.get_by_role("listitem")).to_have_text(["O Otto", "N Nora"])
    assert faults_of(ines.page) == []
    ines.press("Escape")
    expect(here.get_by_role("listitem").first).to_be_hidden()
    expect(here.locator("summary")).to_be_focused()
    otto.close()
    expect(here.locator("summary")).to_have_accessible_name(
        "Here now: one person elsewhere in the project"
    )
    nora.close()
    expect(here).to_be_hidden()


def test_more_people_than_are_named_are_counted(site: Site, page: Page, sample: Sample) -> None:
    with site.database.session() as session:
        ines = site.find_member(session, OWNER)
        project, me = ines.project_id, ines.account_id
    ids = [me, *range(1001, 1051)]
    people = [{"id": i, "name": f"P{i}", "initials": "P", "colour": "green"} for i in ids]
    article = {"kind": "article", "id": sample.id, "people": people[:MOST_AVATARS], "count": 41}
    # Who is named of the project may read the article without being named there.
    named = [people[0], *people[20 : 19 + MOST_AVATARS]]
    whole = {"kind": "project", "id": project, "people": named, "count": 51}
    said = [encode("held", {"places": [f"first/{sample.id}"]}), encode("here", article)]
    text = b"".join([*said, encode("here", whole)]).decode()
    page.add_init_script(SAYING.replace("TEXT", json.dumps(text)))
    Desk(site, page, sample)
    summary = page.locator("#here summary")
    expect(summary).to_have_accessible_name(
        "Here now: 40 people reading this, 10 people elsewhere in the project"
    )
    expect(page.locator(".more-avatars")).to_have_text("+45")
    summary.click()
    expect(page.locator("#here h2")).to_have_text(["Here now"])
    expect(page.locator("#here li")).to_have_count(48)
    expect(page.locator("#here .unnamed")).to_have_text("and 2 more")


@pytest.mark.page_errors("503")
def test_where_streams_are_refused_one_is_told_to_reload(
    site: Site, page: Page, sample: Sample
) -> None:
    page.add_init_script(ALONE)
    page.clock.install()
    page.route("**/live?*", lambda route: route.fulfill(status=503, body="Too many."))
    desk = Desk(site, page, sample)
    told = desk.reload_line.filter(has_text="Reload to see changes.")
    pass_time(page, lambda: told.count() == 1, "words that say so")
    site.tag(sample, FIRST, name="Otto")
    page.unroute("**/live?*")
    pass_time(page, lambda: desk.cards.count() == 1, "what was missed")
    expect(desk.reload_line).to_be_empty()


def test_what_is_told_last_may_have_no_blocks_itself(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample)
    site.tag(sample, FIRST, name="Otto")
    with site.writing() as session:
        article = session.get_one(Article, sample.id)
        otto = site.find_member(session, "Otto")
        place = PassageQuery(SECOND, start=sample.text.index(SECOND))
        create(
            session,
            actor=otto,
            article_id=article.id,
            tag="claim",
            asked=place,
            note="",
            client_key="key",
        )
        assignments.set_progress(session, actor=otto, article=article, state="done")
        session.commit()
    expect(desk.cards).to_have_count(2)


def test_a_screen_reader_is_told_less_often(site: Site, sample: Sample) -> None:
    with site.browser.new_context() as context:  # its clock stands still, also for whoever has it
        page = context.new_page()
        page.clock.install(time=0)
        desk = Desk(site, page, sample)
        page.clock.pause_at(60)
        acts = ((FIRST, "claim"), (SECOND, "demand"), (THIRD, "claim"))
        for number, (words, tag) in enumerate(acts, start=1):
            site.tag(sample, words, tag, name="Otto")
            expect(desk.cards).to_have_count(number)
            page.clock.run_for(2_000)
            expect_update(desk, f"Otto tagged as {tag}, paragraph 1")
            expect(page.locator("#spoken")).to_have_text("Otto tagged as claim, paragraph 1")
        page.clock.run_for(5_000)
        expect(page.locator("#spoken")).to_have_text("Otto made 2 changes")


@pytest.mark.page_errors("503")
def test_what_could_not_be_fetched_is_asked_for_again(
    site: Site, page: Page, sample: Sample
) -> None:
    page.clock.install()
    desk = Desk(site, page, sample, query="?tag=claim")
    page.route("**/since/**", lambda route: route.fulfill(status=503, body="Too much to do."))
    site.tag(sample, FIRST, name="Otto")
    told = desk.reload_line.filter(has_text="Reload to see changes.")
    pass_time(page, lambda: told.count() == 1, "words that say so")
    page.unroute("**/since/**")
    pass_time(page, lambda: desk.cards.count() == 1, "what was missed")
    expect(desk.reload_line).to_be_empty()


def test_one_is_asked_once_to_reload_and_keeps_the_way_back(
    site: Site, page: Page, sample: Sample
) -> None:
    desk = Desk(site, page, sample)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    desk.tag(FIRST, "Claim")
    (row,) = site.rows(sample)
    with site.writing() as session:
        made = session.get_one(Annotation, int(row["annotation_id"]))
        add_changes(session, made, MOST_EVENTS + 1)
    expect(desk.reload_line).to_contain_text("Much has changed here.")
    for words in (SECOND, LAST):
        site.tag(sample, words, name="Otto")
        expect_update(desk, "Otto")
    expect(desk.cards).to_have_count(3)  # what comes with its drawing is shown all the same
    assert len([address for address in asked if "/since/" in address]) == 1
    expect(desk.toast.get_by_role("button", name="Undo")).to_be_visible()
    assert faults_of(page) == []
    desk.reload_line.get_by_role("button", name="Reload").click()
    expect(desk.reload_line).to_be_empty()
