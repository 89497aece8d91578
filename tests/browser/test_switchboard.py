"""One stream for all pages of a browser: when it is asked for, from where on, and who is told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from app.live.subscriptions import MOST_PLACES
from tests.browser.running import Site

# The module by itself, in a page without one: the streams that it asks for are ours, and so are
# the pages that speak to it.
_SET_UP = """async () => {
  const asked = [];
  globalThis.fetch = async (address, {headers, signal}) => {
    let sink;
    const body = new ReadableStream({start: controller => { sink = controller; }});
    const places = new URL(address, location).searchParams.getAll('place');
    const say = text => sink.enqueue(new TextEncoder().encode(text));
    const after = headers['Last-Event-ID'] ?? null;
    const stream = {places, after, isGivenUp: false, say, end: () => sink.close()};
    signal.addEventListener('abort', () => {
      stream.isGivenUp = true;
      try {
        sink.error(new Error('given up'));
      } catch {} // it had ended
    });
    asked.push(stream);
    if (board.refusal) return new Response('', {status: board.refusal});
    if (board.isProxy) return new Response('Sorry.', {headers: {'Content-Type': 'text/html'}});
    const held = places.filter(place => !place.startsWith('gone/'));
    say(`event: held\\ndata: ${JSON.stringify({places: held})}\\n\\n`);
    if (board.isEnding) stream.end();
    return new Response(body, {headers: {'Content-Type': 'text/event-stream; charset=utf-8'}});
  };
  const sheet = document.querySelector('link[rel="stylesheet"]').href;
  const {connect} = await import(new URL('../js/switchboard.mjs', sheet));
  const pages = {};
  const speak = (name, message) => {
    if (!pages[name]) {
      const told = [];
      pages[name] = {told, postMessage: said => told.push(said)};
      connect(pages[name]);
    }
    pages[name].onmessage({data: message});
  };
  const {port1, port2} = new MessageChannel();
  const settle = () => new Promise(done => {
    port1.onmessage = done;
    port2.postMessage('');
  });
  const say = text => {
    asked.at(-1).say(text);
    return settle();
  };
  const end = () => {
    asked.at(-1).end();
    return settle();
  };
  globalThis.board = {asked, pages, speak, say, end};
}"""


class Switchboard:
    """The module in a page, with a clock that stands still until it is told to run."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(_SET_UP)

    def say(self, name: str, **message: object) -> None:
        """Let the page of a name say something."""
        self._page.evaluate("([name, message]) => board.speak(name, message)", [name, message])

    def hello(
        self,
        name: str,
        article: int,
        position: int,
        *,
        project: str = "first",
        kind: str = "hello",
        **more: object,
    ) -> None:
        """Let the page of a name say that it shows an article."""
        place = f"{project}/{article}"
        me = {"account": "1", "place": place, "article": article, "position": position, **more}
        self.say(name, **{kind: me})

    def told(self, name: str) -> list[dict[str, Any]]:
        """Return all that the page of a name was told."""
        told: list[dict[str, Any]] = self._page.evaluate("name => board.pages[name].told", name)
        return told

    def heard(self, name: str) -> list[int]:
        """Return the events that the page of a name was told of."""
        return [said["id"] for said in self.told(name) if said.get("kind") == "change"]

    def states(self, name: str) -> list[str]:
        """Return what the page of a name was told of its stream."""
        return [said["state"] for said in self.told(name) if "state" in said]

    def answer_with(self, **faults: int) -> None:
        """Let the next streams be what a proxy says (`isProxy`), or end at once (`isEnding`).

        With `refusal` they are refused with that status.
        """
        self._page.evaluate("faults => Object.assign(board, faults)", faults)

    def end(self) -> None:
        """End the stream that was asked for last."""
        self._page.evaluate("board.end()")

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The streams that were asked for."""
        asked: list[dict[str, Any]] = self._page.evaluate(
            "board.asked.map(({places, after, isGivenUp}) => ({places, after, isGivenUp}))"
        )
        return asked

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self._page.clock.run_for(int(1000 * seconds))

    def sleep(self, seconds: float) -> None:
        """Let time pass as it does while the machine sleeps."""
        self._page.clock.fast_forward(int(1000 * seconds))

    def answer(self, text: str) -> None:
        """Say something on the stream that was asked for last."""
        self._page.evaluate("text => board.say(text)", text)

    def happen(self, event_id: int, article: int) -> None:
        """Tell of an event on the stream that was asked for last."""
        self.answer(f"id: {event_id}\nevent: change\ndata: {json.dumps({'article': article})}\n\n")


@pytest.fixture
def board(site: Site) -> Iterator[Switchboard]:
    """Give a switchboard that nobody speaks to yet."""
    with site.browser.new_context() as context:  # its clock stands still, also for whoever has it
        page = context.new_page()
        page.clock.install(time=0)
        page.goto(site.address("/sign-in"))
        page.clock.pause_at(60)
        yield Switchboard(page)


def test_who_sleeps_is_not_gone_and_what_slept_is_opened_anew(board: Switchboard) -> None:
    board.hello("one", 1, 90)
    board.run(1)
    board.sleep(200)
    board.run(1)
    assert [stream["isGivenUp"] for stream in board.asked] == [True, False]
    board.happen(91, 1)
    assert board.heard("one") == [91]
    board.hello("two", 2, 90)
    for _ in range(6):  # a page that is frozen alone says nothing for 180 seconds
        board.run(30)
        board.hello("one", 1, 91, kind="alive")
        board.answer(":\n\n")
    assert board.told("one")[-1] == {"alive": True}
    assert board.asked[-1]["places"] == ["first/1"]
    board.hello("two", 2, 90, kind="alive")
    board.run(1)
    assert board.asked[-1] == {"places": ["first/1", "first/2"], "after": 90, "isGivenUp": False}


def test_what_is_told_at_other_places_moves_nobody_on(board: Switchboard) -> None:
    board.hello("one", 1, 90)
    board.run(1)
    # Event 95 is in the second article; the page is not in the stream yet when 96 is told.
    board.hello("two", 2, 90)
    board.happen(96, 1)
    board.run(1)
    assert board.asked[-1] == {"places": ["first/1", "first/2"], "after": 90, "isGivenUp": False}
    board.happen(95, 2)
    board.happen(96, 1)
    assert (board.heard("one"), board.heard("two")) == ([96], [95])
    assert board.told("two")[-1] == {"kind": "elsewhere", "id": 96}
    asked = len(board.asked)
    board.hello("two", 2, 96)
    board.run(1)
    assert len(board.asked) == asked
    board.hello("two", 2, 94)  # the page itself knows best what it has heard
    board.run(1)
    assert board.asked[-1]["after"] == 94


def test_who_is_refused_is_told_and_asks_again_only_when_shown(board: Switchboard) -> None:
    board.hello("one", 1, 90)
    board.run(1)
    board.answer_with(refusal=404)
    board.end()
    board.run(60)
    assert len(board.asked) == 2
    assert board.told("one")[-1] == {"kind": "refused", "data": {"status": 404}}
    board.answer_with(refusal=0)
    board.hello("one", 1, 90)
    board.run(1)
    assert board.states("one")[-1] == "closed"
    board.run(3)
    assert board.states("one")[-1] == "open"


def test_who_has_no_place_in_the_stream_hears_later_what_they_missed(board: Switchboard) -> None:
    board.hello("first", 1, 90)
    for article in range(2, MOST_PLACES + 2):
        board.hello(f"page {article}", article, 100)
    board.run(1)
    assert len(board.asked[-1]["places"]) == MOST_PLACES
    assert board.asked[-1]["after"] == 100  # the others do not begin where the first stands
    board.happen(101, 2)
    board.run(1)
    assert len(board.asked) == 1
    board.hello("first", 1, 90)  # it is shown, and another page gives up its place
    board.run(1)
    assert "first/1" in board.asked[-1]["places"]
    assert board.asked[-1]["after"] == 90


def test_the_stream_is_opened_anew_when_the_network_is_back(board: Switchboard) -> None:
    board.hello("one", 1, 90)
    board.run(1)
    board.hello("one", 1, 90)  # it is shown
    board.run(1)
    assert len(board.asked) == 1
    board.hello("one", 1, 90, isOnline=True)
    board.run(1)
    assert [stream["isGivenUp"] for stream in board.asked] == [True, False]


def test_who_is_refused_is_told_so_and_may_ask_again(board: Switchboard) -> None:
    board.hello("one", 1, 90)
    board.hello("strange", 2, 90, project="gone")
    board.run(1)
    assert (board.states("one"), board.states("strange")) == (["open"], ["closed"])
    board.happen(91, 1)
    board.hello("strange", 2, 90, project="gone", kind="alive")
    board.run(1)
    assert len(board.asked) == 1
    board.hello("strange", 2, 90, project="gone")  # it is loaded again
    board.run(1)
    assert board.asked[-1]["after"] == 90
    assert board.states("strange")[-1] == "closed"


def test_what_soon_ends_is_no_stream_and_is_asked_for_ever_less_often(board: Switchboard) -> None:
    board.answer_with(isProxy=True)
    board.hello("one", 1, 90)
    board.run(20)
    assert set(board.states("one")) == {"closed"}
    assert 4 <= len(board.asked) <= 6
    board.answer_with(isProxy=False, isEnding=True)
    board.run(100)
    assert set(board.states("one")) == {"closed"}
    assert len(board.asked) <= 11
    board.answer_with(isEnding=False)
    board.hello("one", 1, 90)
    board.run(1)
    assert board.states("one")[-1] == "closed"
    board.run(21)
    assert board.states("one")[-1] == "open"
    # One that has lasted is asked for again at once.
    asked = len(board.asked)
    board.end()
    board.run(1)
    assert len(board.asked) == asked + 1
    assert board.states("one")[-1] == "closed"
    board.run(2)
    assert board.states("one")[-1] == "open"
