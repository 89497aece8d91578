"""What stands where: one edge on every page, one height of what leads back, nothing cut."""

from datetime import date

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from app.annotations.models import Annotation
from app.annotations.service.annotations import delete
from app.articles.models import Article
from app.assignments.service.assignments import assign
from tests.browser.reading_page import Desk
from tests.browser.running import OWNER, Site
from tests.browser.sample import FIRST, HEADING, MANY, SAMPLE, Sample
from tests.harness.builders import add_comment, add_theme
from tests.harness.chromium import DESKTOP, PHONE, WatchedPages

# Pages that lead back to where they belong, by what follows the article's address or the site's.
OF_ARTICLE = ("/activity", "/orphans", "/details", "/assignments", "/revisions", "/tag", "/correct")
OF_PROJECT = ("/articles/add", "/settings", "/guidelines/edit", "/guidelines/versions")
WITHOUT_CRUMBS = ("/articles", "/activity", "/people", "/guidelines", "/themes", "/trash")
OF_SITE = ("/inbox", "/account", "/help", "/projects")

# How far the boxes of a page stand from the middle of the first line of the words beside them.
_OFF_MIDDLE = """ticks => ticks.map(tick => {
  const {top, height} = tick.querySelector("input").getBoundingClientRect();
  const texts = document.createTreeWalker(tick, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() && !texts.currentNode.data.trim());
  const range = document.createRange();
  range.selectNodeContents(texts.currentNode);
  const [line] = range.getClientRects();
  return Math.abs(top + height / 2 - line.top - line.height / 2);
})"""

# Where words begin, whatever stands around them.
_BEGINS = """it => {
  const range = document.createRange();
  range.selectNodeContents(it);
  const {left, top} = range.getBoundingClientRect();
  return [Math.round(left), Math.round(top)];
}"""


def begins(found: Locator) -> tuple[int, int]:
    left, top = found.evaluate(_BEGINS)
    return left, top


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_every_page_begins_at_the_same_edge_and_leads_back_at_the_same_height(
    site: Site, page: Page, sample: Sample, size: ViewportSize
) -> None:
    site.enter(page)
    page.set_viewport_size(size)
    edges, heights, crumbs = set(), set(), set()
    project = "/projects/first"
    for path in [f"{project}{path}" for path in WITHOUT_CRUMBS] + list(OF_SITE):
        page.goto(site.address(path))
        left, top = begins(page.get_by_role("heading", level=1))
        edges.add(left)
        heights.add(top)
    for path in [
        *(sample.path + path for path in OF_ARTICLE),
        *(project + path for path in OF_PROJECT),
        "/account/tokens",
    ]:
        page.goto(site.address(path))
        edges.add(begins(page.get_by_role("heading", level=1))[0])
        left, top = begins(page.locator(".crumbs"))
        edges.add(left)
        crumbs.add(top)
    assert len(edges) == 1
    assert len(heights) == 1
    assert len(crumbs) == 1


@pytest.mark.parametrize("path", ["/tag", "/assignments", "/revisions"])
def test_what_follows_a_heading_does_not_touch_it(
    site: Site, page: Page, sample: Sample, path: str
) -> None:
    site.enter(page)
    page.goto(site.address(sample.path + path))
    heading = page.get_by_role("heading", level=1).bounding_box()
    first = page.locator("h1 + *").evaluate(
        "it => [...it.children, it].map(each => each.getBoundingClientRect())"
        ".find(({height}) => height > 1).top"
    )
    assert heading is not None
    assert first - heading["y"] - heading["height"] >= 3


def test_words_of_the_inbox_begin_at_the_edge_read_or_not(
    site: Site, page: Page, sample: Sample
) -> None:
    number = site.tag(sample, FIRST, name="Nele")
    with site.writing() as session:
        ines = site.find_member(session, "Ines")
        annotation = session.get_one(Annotation, number)
        add_comment(session, ines, annotation, "Says who?")
    site.enter(page, "Nele")
    page.goto(site.address("/inbox"))
    edge = begins(page.get_by_role("heading", level=1))[0]
    expect(page.locator(".inbox > li.unread")).to_have_count(1)
    assert begins(page.locator(".inbox > li p").first)[0] == edge
    page.get_by_role("button", name="Mark as read").click()
    expect(page.locator(".inbox > li.unread")).to_have_count(0)
    assert begins(page.locator(".inbox > li p").first)[0] == edge


def test_an_open_card_covers_the_lines_below_it_in_whole(
    site: Site, page: Page, sample: Sample
) -> None:
    for words in MANY[:4]:
        number = site.tag(sample, words)
    desk = Desk(site, page, sample)
    card = desk.open(number)
    body, margin = desk.box(card.locator("> .body")), desk.box(desk.block(1).locator(".margin"))
    assert abs(body.right - margin.right) < 1


def test_on_a_phone_no_sheet_reaches_under_the_bar(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    for words in MANY[:15]:
        number = site.tag(sample, words, note="Says who?")
    site.tag(sample, HEADING)
    desk = Desk(site, pages.open(viewport=PHONE), sample)
    bar = desk.box(desk.page.locator("#footbar"))
    desk.block(1).locator(".more").click()
    sheet = desk.page.locator(".margin.spread")
    assert desk.box(sheet).bottom <= bar.top + 1
    # There is room for the words themselves.
    expect(sheet.locator(".card > summary b").first).to_have_css("content", "normal")
    tag = sheet.locator(".card > summary b").first
    assert desk.box(tag).right - desk.box(tag).left > 30
    sheet.locator(f'.card[data-annotation="{number}"] > summary').click()
    desk.open_card.get_by_label("More about this annotation").click()
    last = desk.open_card.locator(".menu").get_by_role("button", name="Delete")
    expect(last).to_be_in_viewport(ratio=1)
    assert desk.box(last).bottom <= bar.top + 1


def test_in_the_list_on_a_phone_a_text_is_counted_in_words_or_in_characters(
    site: Site, page: Page
) -> None:
    site.add_article(
        "---\ntitle: \u6a4b NUMBER\n---\n\n\u8ab0\u3082\u5efa\u3066\u306a\u3044\u3002\n"
    )
    site.enter(page)
    page.set_viewport_size(PHONE)
    page.goto(site.address("/projects/first/articles"))
    row = page.locator(".articles tbody tr").first
    after = "it => it.textContent + getComputedStyle(it, '::after').content"
    count = row.locator(".num").evaluate(after)
    assert "characters" in count
    assert "words" not in count


def test_a_button_stands_clear_of_the_tick_above_it(site: Site, page: Page, sample: Sample) -> None:
    site.tag(sample, FIRST, name="Otto")  # there is somebody to assign to
    site.enter(page)
    page.set_viewport_size(PHONE)
    page.goto(site.address(f"{sample.path}/assignments"))
    tick = page.get_by_text("Take the date away").bounding_box()
    button = page.get_by_role("button", name="Assign", exact=True).bounding_box()
    assert tick is not None
    assert button is not None
    assert button["y"] - tick["y"] - tick["height"] >= 8


def test_the_button_of_a_preview_stands_clear_of_the_note_above_it(
    site: Site, page: Page, sample: Sample
) -> None:
    site.tag(sample, FIRST)
    site.enter(page)
    page.goto(site.address(f"/projects/first/findings/passages?article={sample.id}"))
    page.locator(".hit").get_by_role("checkbox").check()
    page.get_by_label("A line for each note").fill("Who pays?")
    page.get_by_role("button", name="Add to notes").click()
    note = page.locator("blockquote").bounding_box()
    button = page.get_by_role("button", name="Add this line to the note").bounding_box()
    assert note is not None
    assert button is not None
    assert button["y"] - note["y"] - note["height"] >= 8


def test_a_tick_in_the_trash_stands_inside_the_frame_of_its_line(
    site: Site, page: Page, sample: Sample
) -> None:
    deleted = site.tag(sample, FIRST)
    with site.writing() as session:
        delete(session, actor=site.find_member(session, OWNER), annotation_id=deleted, version=1)
        session.commit()
    site.enter(page)
    page.goto(site.address(f"/projects/first/trash?article={sample.id}"))
    line = page.locator(".trash > li").bounding_box()
    tick = page.locator(".trash .pick input").bounding_box()
    assert line is not None
    assert tick is not None
    assert tick["x"] - line["x"] >= 12


def test_lines_in_context_are_of_one_height_tagged_or_not(
    site: Site, page: Page, sample: Sample
) -> None:
    site.tag(sample, FIRST)
    site.enter(page)
    address = f"/projects/first/findings/passages?q=the&article={sample.id}&view=context"
    page.goto(site.address(address))
    assert page.locator(".tagged a").count()
    assert page.get_by_text("not tagged").count()
    heights = "lines => lines.map(each => each.getBoundingClientRect().height)"
    found = page.locator(".in-context").evaluate_all(heights)
    assert max(found) - min(found) < 2


def test_in_forced_colours_what_lies_over_the_page_has_an_edge(desk: Desk) -> None:
    number = desk.site.tag(desk.sample, FIRST)
    desk.page.reload()
    desk.page.emulate_media(forced_colors="active")
    edges = [desk.open(number).locator("> .body")]
    desk.select(HEADING)
    edges.append(desk.bar)
    for each in edges:
        expect(each).to_be_visible()
        expect(each).to_have_css("outline-style", "solid")
    desk.page.goto(desk.site.address("/projects/first/findings/passages"))
    expect(desk.page.locator(".hit mark").first).to_have_css("background-image", "none")


def test_beside_each_name_of_a_long_list_stands_its_box(site: Site, page: Page) -> None:
    for _ in range(4):
        site.tag(site.add_article(), FIRST)
    site.enter(page)
    page.goto(site.address("/projects/first/findings/passages/by/article"))
    for each in page.locator(".all-values .toggle").all():
        name, box = each.locator(".name").bounding_box(), each.locator("input").bounding_box()
        assert name is not None
        assert box is not None
        assert abs(name["y"] + name["height"] / 2 - box["y"] - box["height"] / 2) < 8


def test_the_choice_of_what_is_shown_has_one_frame_and_the_steps_stay_in_reach(desk: Desk) -> None:
    expect(desk.page.locator(".filter fieldset").first).to_have_css("border-top-width", "0px")
    expect(desk.page.locator(".filter label").first).to_have_css("border-top-width", "1px")
    # In a low window the steps stay in reach below a filter that is longer than it.
    desk.page.set_viewport_size({"width": 1440, "height": 420})
    expect(desk.page.locator(".rail > .steps")).to_be_in_viewport(ratio=1)


def test_beside_who_has_an_article_stands_the_button_that_takes_it_away(
    site: Site, page: Page, sample: Sample
) -> None:
    site.tag(sample, FIRST, name="Otto")
    with site.writing() as session:
        otto, ines = (site.find_member(session, name) for name in ("Otto", "Ines"))
        assign(
            session,
            actor=ines,
            articles=[session.get_one(Article, sample.id)],
            account_ids=[otto.account_id],
            due_on=None,
        )
        session.commit()
    site.enter(page)
    for width in (820, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(site.address(f"{sample.path}/assignments"))
        name = page.locator(".assigned b").bounding_box()
        button = page.get_by_role("button", name="Unassign").bounding_box()
        assert name is not None
        assert button is not None
        assert button["y"] < name["y"] + name["height"]


def test_a_draft_begins_at_the_edge_and_its_buttons_stand_apart(site: Site, page: Page) -> None:
    site.enter(page)
    page.goto(site.address("/projects/first/articles/add"))
    edge = begins(page.get_by_role("heading", level=1))[0]
    page.get_by_label("Paste a text").fill("The Levee\n\nIt leaks in two places.")
    page.get_by_role("button", name="Read them").click()
    for width in (1440, 820):
        page.set_viewport_size({"width": width, "height": 900})
        assert begins(page.get_by_role("heading", level=1))[0] == edge
        add, keep = (
            page.get_by_role("button", name=name).bounding_box()
            for name in ("Add this article", "Keep the draft")
        )
        assert add is not None
        assert keep is not None
        assert keep["x"] - add["x"] - add["width"] >= 8


def test_the_ring_around_a_focused_paragraph_leaves_the_next_one_free(desk: Desk) -> None:
    desk.block(2).locator(".passage").focus()
    desk.press("k", "j")
    drawn = desk.block(2).locator(".text")
    expect(drawn).to_have_css("outline-style", "solid")
    expect(desk.block(2).locator(".passage")).to_have_css("outline-style", "none")
    ring = drawn.evaluate(
        """it => {
          const {outlineOffset, outlineWidth} = getComputedStyle(it);
          return it.getBoundingClientRect().bottom + parseFloat(outlineOffset)
            + parseFloat(outlineWidth);
        }"""
    )
    assert ring <= desk.box(desk.block(3).locator(".text")).top


def test_no_cell_of_the_list_breaks_its_few_words_where_there_is_room(
    site: Site, page: Page, sample: Sample
) -> None:
    long = site.add_article(SAMPLE.replace("River Road", "Road along the River " * 6))
    site.tag(long, FIRST, name="Otto")
    site.enter(page)
    page.set_viewport_size(DESKTOP)
    page.goto(site.address("/projects/first/articles"))
    cells = page.locator(".articles thead th:not(:has(*)), .articles :is(.tagged, .progress) small")
    expect(page.get_by_role("row").filter(has_text=sample.title)).to_contain_text("Nobody has")
    lines = cells.evaluate_all(
        """found => found.map(it => {
          const words = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
          const tops = new Set();
          const range = document.createRange();
          while (words.nextNode()) {  // a link's own box is higher than its line
            range.selectNodeContents(words.currentNode);
            for (const {top} of range.getClientRects()) tops.add(Math.round(top));
          }
          return tops.size;
        })"""
    )
    assert set(lines) == {1}


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_box_stands_in_the_middle_of_the_first_line_of_its_words(
    site: Site, pages: WatchedPages, sample: Sample, size: ViewportSize
) -> None:
    site.tag(sample, FIRST, "claim")
    page = pages.open(viewport=size, is_phone=size is PHONE)
    site.enter(page)
    for address, count in (
        ("/projects/first/findings/passages", 4),
        ("/projects/first/findings/passages?q=road&view=context", 2),
        ("/projects/first/findings/occurrences?q=road", 1),
        (f"{sample.path}/assignments", 2),
        ("/account", 3),
    ):
        page.goto(site.address(address))
        if "passages" in address:
            page.locator("summary", has_text="Save search").click()
        ticks = page.locator(".tick:not(.colours .tick):visible")
        off = ticks.evaluate_all(_OFF_MIDDLE)
        assert len(off) >= count, address
        assert max(off) < 1, address


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_what_moves_a_theme_stands_beside_its_name_however_long_that_is(
    site: Site, pages: WatchedPages, size: ViewportSize
) -> None:
    with site.writing() as session:
        name = f"Books that everyone may check, in all years since the law of {size['width']}"
        number = add_theme(session, site.find_member(session, OWNER), name).id
    page = pages.open(viewport=size)
    site.enter(page)
    page.goto(site.address("/projects/first/themes"))
    named, moves = (
        page.locator(f"#t{number} {each}").bounding_box() for each in (".theme", ".moves")
    )
    assert named
    assert moves
    assert abs(named["y"] - moves["y"]) < 3
    assert named["x"] + named["width"] <= moves["x"]


def test_on_a_phone_what_places_are_tagged_with_is_asked_in_one_column(
    site: Site, pages: WatchedPages, sample: Sample
) -> None:
    site.tag(sample, FIRST, "claim")
    page = pages.open(viewport=PHONE)
    site.enter(page)
    page.goto(site.address("/projects/first/findings/occurrences?q=road"))
    fields = page.locator(".bulk .pair > :is(input, select)")
    ends = fields.evaluate_all(
        """found => found.map(it => {
          const {left, right} = it.getBoundingClientRect();
          return [left, right];
        })"""
    )
    assert len(ends) >= 2
    assert all(end == ends[0] for end in ends)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("width", [390, 320])
def test_a_year_of_months_does_not_make_the_summary_wider_than_a_phone(
    site: Site, page: Page, width: int
) -> None:
    publication = f"The Monthly of {width}"
    for month in range(1, 13):
        sample = site.add_article()
        site.tag(sample, FIRST, "claim")
        with site.writing() as session:
            article = session.get_one(Article, sample.id)
            article.published_on, article.publication = date(2026, month, 1), publication
            session.commit()
    site.enter(page)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(site.address(f"/projects/first/findings/summary?publication={publication}"))
    expect(page.locator(".multiples a")).to_have_count(12)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # On a common phone all of it is seen at once.
    room = page.locator(".multiples").evaluate("it => it.scrollWidth - it.clientWidth")
    assert (room == 0) is (width == 390)


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_the_filter_of_the_list_opens_where_it_stands(site: Site, page: Page, width: int) -> None:
    site.add_article()
    site.enter(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.address("/projects/first/articles"))
    found = [page.locator(".filters > summary"), page.locator(".download > a").first]
    before = [each.bounding_box() for each in found]
    found[0].click()
    expect(page.locator(".filters > .tools")).to_be_visible()
    assert [each.bounding_box() for each in found] == before


def test_a_paragraph_after_a_list_stands_as_far_from_it_as_from_another(
    site: Site, page: Page
) -> None:
    listed = "# On Lists NUMBER\n\nA first.\n\nA second.\n\n- An item.\n- Another.\n\nThe last.\n"
    desk = Desk(site, page, site.add_article(listed))

    def gap(words: str, next_words: str) -> float:
        return desk.boxes(next_words)[0].top - desk.boxes(words)[0].bottom

    assert abs(gap("Another.", "The last.") - gap("A first.", "A second.")) < 1
    assert gap("An item.", "Another.") < gap("A first.", "A second.") - 4
