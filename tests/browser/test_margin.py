"""The margin: cards beside their lines, that move no text; and pointing at words and cards."""

import itertools
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from app.articles.models import Article
from app.reading.pages.rendering.margins import CARDS_SHOWN
from tests.browser.reading_page import Box, Desk
from tests.browser.running import OWNER, Site
from tests.browser.sample import FIRST, HEADING, LAST, LONG, MANY, SECOND, THIRD, Sample
from tests.harness.builders import add_annotation, add_many
from tests.harness.chromium import WatchedPages

OVER = "“We have no money,” said the mayor. “We have no time.” She smiled at all of us."
ACROSS = f"{THIRD}\n\n{HEADING}\n\n“We have no money,”"
ENTRY = 24  # px


@pytest.fixture
def many(site: Site) -> Sample:
    """Give an article whose first paragraph has more than there is room for."""
    sample = site.add_article(LONG)
    for words in MANY[:15]:
        site.tag(sample, words)
    site.tag(sample, ACROSS, "citation", name="Otto")
    site.tag(sample, OVER, "assumption")
    return sample


def boxes(desk: Desk, found: Locator) -> list[Box]:
    return [desk.box(each) for each in found.all() if each.is_visible()]


def lit(desk: Desk) -> list[tuple[int, str]]:
    """Return the lit cards: the block of each, and the annotation."""
    cards: list[tuple[int, str]] = desk.page.locator(".card.lit").evaluate_all(
        "cards => cards.map(it => [Number(it.closest('.block').dataset.number),"
        " it.dataset.annotation])"
    )
    return [(number, annotation) for number, annotation in cards]


def expect_lit(desk: Desk, *expected: tuple[int, int]) -> None:
    wanted = sorted((number, str(annotation)) for number, annotation in expected)
    desk.wait(lambda: sorted(lit(desk)) == wanted, f"{wanted} to be lit, not {lit(desk)}")


def test_the_margin_moves_no_paragraph(site: Site, page: Page, many: Sample) -> None:
    def tops() -> list[float]:
        found = [box.top for box in boxes(desk, page.locator(".article .text"))]
        return [top - found[0] for top in found]

    desk = Desk(site, page, site.add_article(LONG))
    before = tops()
    desk = Desk(site, page, many)
    expect(page.locator(".margin.placed").first).to_be_attached()
    assert tops() == before
    more = desk.block(1).locator(".more")
    more.click()
    expect(desk.block(1).locator(".card").last).to_be_visible()
    assert tops() == before
    desk.open_card.or_(desk.block(1).locator(".card")).first.locator("> summary").click()
    expect(desk.open_card.locator(".card-full")).to_be_visible()
    assert tops() == before


def test_cards_stand_beside_their_lines_and_none_lies_over_another(
    site: Site, page: Page, many: Sample
) -> None:
    last = site.tag(many, LAST)
    desk = Desk(site, page, many)
    expect(page.locator(".margin.placed").first).to_be_attached()
    (line,) = desk.boxes(LAST)
    assert abs(desk.box(page.locator(f"#a{last}")).top - line.top) <= 2
    entries = boxes(desk, page.locator(".margin.placed > :is(.card, .more)"))
    for one, other in itertools.pairwise(entries):
        assert one.bottom <= other.top + 0.5
        assert one.bottom - one.top == ENTRY
    assert desk.box(desk.block(1).locator(".more")).bottom <= desk.box(desk.block(2)).top + 0.5


def test_more_opens_in_place_and_closes(site: Site, page: Page, many: Sample) -> None:
    desk = Desk(site, page, many)
    first, address = desk.block(1), page.url
    more = first.locator(".more")
    shown = len(boxes(desk, first.locator(".card")))
    expect(more).to_have_text(f"{16 - shown} more")
    more.focus()
    site.tag(many, MANY[17], name="Otto")
    expect(more).to_have_text(f"{17 - shown} more")
    expect(more).to_be_focused()  # in what is drawn again
    desk.press("Enter")
    assert len(boxes(desk, first.locator(".card"))) == 17
    expect(first.locator(".card").nth(shown).locator("> summary")).to_be_focused()
    site.tag(many, MANY[16], name="Otto")
    expect(first.locator(".card")).to_have_count(18)  # what others do leaves the list open
    expect(first.locator(".card > summary:focus")).to_have_count(1)
    desk.press("Escape")
    expect(more).to_be_focused()
    desk.press("Enter")
    first.locator(".margin > summary").click()
    expect(more).to_be_focused()
    desk.press("Enter")
    page.mouse.click(700, 700)
    expect(more).to_be_visible()
    assert page.url == address


def test_pointing_lights_exactly_what_is_there(site: Site, page: Page, sample: Sample) -> None:
    whole = site.tag(sample, f"{FIRST} {SECOND}")
    inner = site.tag(sample, "every spring", "demand", name="Otto")
    across = site.tag(sample, ACROSS, "citation")
    other = site.tag(sample, "She smiled", "claim")
    desk = Desk(site, page, sample)
    everywhere = ((1, across), (2, across), (3, across))
    expect(desk.block(2).locator(".card.thin")).to_have_attribute("data-annotation", str(across))
    expect(desk.block(3).locator(".card")).to_have_count(2)
    for words, expected in (
        ("every spring", [(1, inner), (1, whole)]),
        ("The council", [(1, whole)]),
        ("Dr. Smith", everywhere),
        (HEADING, everywhere),
        ("She smiled", [(3, other)]),
        ("at all of us", []),
    ):
        box = desk.boxes(words)[0]
        page.mouse.move((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        expect_lit(desk, *expected)
    desk.block(3).locator(".card.thin > summary").hover()
    expect_lit(desk, *everywhere)
    desk.wait(lambda: "\n\n".join(desk.painted("pointed")) == ACROSS, "the paint")
    page.mouse.move(5, 5)
    expect_lit(desk)
    desk.wait(lambda: desk.painted("pointed") == [], "the paint to go")
    # A click opens the shortest there.
    box = desk.boxes("every spring")[0]
    page.mouse.click((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    expect(desk.open_card).to_have_id(f"a{inner}")


def test_more_is_lit_where_one_of_its_passages_lies(site: Site, page: Page, many: Sample) -> None:
    desk = Desk(site, page, many)
    first = desk.block(1)
    box = desk.boxes("council")[0]
    page.mouse.move(box.right - 6, (box.top + box.bottom) / 2)
    expect(first.locator(".more")).to_contain_class("lit")
    box = desk.boxes("She smiled")[0]
    page.mouse.move(box.left + 4, (box.top + box.bottom) / 2)
    expect(first.locator(".more")).not_to_contain_class("lit")


def widths(desk: Desk, found: Locator) -> Sequence[float]:
    return [box.right - box.left for box in boxes(desk, found)]


def test_cards_are_readable_in_a_window_of_1024_px_and_dots_on_a_phone(
    site: Site, pages: WatchedPages, many: Sample
) -> None:
    page = pages.open(viewport=ViewportSize(width=1024, height=768))
    desk = Desk(site, page, many)
    card = desk.block(3).locator(".card:not(.thin)")
    excerpt, by = card.locator(".excerpt"), card.locator(".by")
    assert min(widths(desk, excerpt)) > 150
    assert max(widths(desk, card.locator("b"))) < 20
    assert "I" in by.evaluate("it => getComputedStyle(it, '::before').content")
    assert card.locator("summary").evaluate("it => it.scrollWidth <= it.clientWidth")
    page.set_viewport_size(ViewportSize(width=390, height=844))
    expect(excerpt).to_have_css("position", "absolute")
    dots = desk.block(1).locator(":is(.card > summary, .more)")
    for box in boxes(desk, dots):
        assert (box.right - box.left, box.bottom - box.top) == (ENTRY, ENTRY)
    more = desk.block(1).locator(".more")
    words_begin = more.evaluate(
        "it => { const range = new Range(); range.selectNodeContents(it); "
        "return range.getBoundingClientRect().left; }"
    )
    assert words_begin >= desk.box(more).right  # "+3" stands there alone
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    pilcrow = desk.box(desk.block(3).locator(".pilcrow"))
    assert pilcrow.bottom <= desk.box(desk.block(3).locator(".text")).top
    more.click()
    sheet = desk.block(1).locator(".margin")
    expect(sheet).to_have_css("position", "fixed")
    bar = desk.box(page.locator("#footbar"))
    assert (desk.box(sheet).left, desk.box(sheet).bottom) == (0, bar.top)  # not under the bar
    expect(desk.block(1).locator(".card .excerpt").first).to_be_in_viewport()
    sheet.locator("> summary").click()
    expect(sheet).not_to_have_css("position", "fixed")


def test_cards_that_did_not_come_with_the_page_come_when_they_are_wanted(
    site: Site, page: Page
) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    sample = site.add_article("\n\n".join(f"{letters} {n}." for n in range(1, 40)), ".txt")
    with site.writing() as session:
        member = site.find_member(session, OWNER)
        article = session.get_one(Article, sample.id)
        for start in range(len(letters)):
            add_annotation(session, member, article, sample.text[start:])
    last = site.tag(sample, f"{letters} 39", "demand")
    desk = Desk(site, page, sample)
    expect(desk.block(13).locator(".margin .card")).to_have_count(26)  # it is near
    far = desk.block(39).locator(".margin.far")
    expect(far).to_have_attribute("href", f"{sample.path}/blocks/39")
    far.scroll_into_view_if_needed()
    expect(desk.block(39).locator(".margin .card")).to_have_count(27)
    expect(desk.block(39).locator(".card.own")).to_have_count(27)
    desk.mark(f"{letters} 39").last.click()
    expect(desk.open_card).to_have_id(f"a{last}")
    # A block of more cards than come with it.
    full = site.add_article(LONG)
    with site.writing() as session:
        add_many(session, member, session.get_one(Article, full.id), CARDS_SHOWN + 5)
        session.commit()
    desk = Desk(site, page, full)
    expect(desk.cards).to_have_count(CARDS_SHOWN)
    desk.block(1).locator(".more").click()
    expect(desk.cards).to_have_count(CARDS_SHOWN + 5)
    expect(desk.cards.last).to_be_visible()
