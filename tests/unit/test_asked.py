"""What an address asks of the passages: each state has one address, and each address a state."""

from random import Random
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.findings.asked import (
    FACETS,
    MOST_VALUES,
    PLACES,
    Q_LIMIT,
    STATES,
    Asked,
    ContextSort,
    Grouping,
    Hits,
    PassageSort,
    PassagesView,
    ask,
)

NUMBERS = st.integers(1, 999_999_999).map(str)
MONTHS = st.dates().map("{0:%Y-%m}".format).map(lambda month: month.rjust(7, "0"))
NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=30)


NAMES_OF_PARAMETERS = ("q", "in", *FACETS, "sort", "group", "view", "by", "hits", "page")


def many(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, max_size=4, unique=True).map(sorted).map(tuple)


def states() -> st.SearchStrategy[Asked]:
    return st.builds(
        Asked,
        q=st.text(st.characters(categories=["L", "N", "P"]), max_size=Q_LIMIT),
        within=st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(sorted).map(tuple),
        tag=many(st.sampled_from(["claim", "demand", "assumption", "citation"])),
        annotator=many(NUMBERS | st.just("me")),
        article=many(NUMBERS),
        author=many(NAMES),
        publication=many(NAMES),
        published=many(MONTHS | st.just("none")),
        tagged=many(MONTHS),
        state=many(st.sampled_from(STATES)),
        note=many(st.sampled_from(["yes", "no"])),
        theme=many(NUMBERS | NUMBERS.map("{}-tree".format) | st.just("none")),
        party=many(NUMBERS | st.just("none")),
        position=many(NUMBERS | st.just("none")),
        side=many(st.sampled_from(["for", "against", "none"])),
        sort=st.sampled_from(PassageSort),
        group=st.sampled_from(Grouping),
        view=st.sampled_from(PassagesView),
        by=st.sampled_from(ContextSort),
        hits=st.sampled_from(Hits),
    )


def read(query: str) -> tuple[Asked, list[str]]:
    return ask(MultiDict(parse_qsl(query.removeprefix("?"), keep_blank_values=True)))


@given(states())
def test_an_address_says_all_that_is_asked(asked: Asked) -> None:
    assert read(asked.query) == (asked, [])


@given(states(), st.randoms())
def test_in_whatever_order_it_is_written_it_is_one_address(asked: Asked, dice: Random) -> None:
    pairs = asked.pairs
    dice.shuffle(pairs)
    assert ask(MultiDict(pairs))[0].query == asked.query


@given(st.lists(st.tuples(st.sampled_from(NAMES_OF_PARAMETERS), st.text(max_size=8))))
def test_whatever_an_address_says_it_is_read(pairs: list[tuple[str, str]]) -> None:
    asked, _ignored = ask(MultiDict(pairs))
    assert read(asked.query) == (asked, [])


def test_what_nobody_knows_is_left_out_and_named() -> None:
    asked, ignored = read("?tag=claim&tag=opinion&published=2025-13&sort=length&page=2&note=yes")
    assert asked == Asked(tag=("claim",), note=("yes",))
    assert ignored == ["tag=opinion", "published=2025-13", "sort=length"]


def test_what_is_too_much_is_left_out_and_named() -> None:
    asked, ignored = ask(MultiDict([("article", str(n)) for n in range(1, MOST_VALUES + 3)]))
    assert len(asked.article) == MOST_VALUES
    assert len(ignored) == 2
    asked, ignored = ask(MultiDict({"q": "word " * 100}))
    assert len(asked.q) <= Q_LIMIT
    assert ignored == [f"q after its first {Q_LIMIT} characters"]


def test_to_look_everywhere_is_to_say_nothing() -> None:
    assert read("?in=text&in=note&in=thread") == (Asked(), [])


def test_a_value_is_taken_away_or_put_in_place_of_others() -> None:
    asked = Asked(tag=("claim", "demand"), note=("yes",))
    assert asked.without("tag", "claim") == Asked(tag=("demand",), note=("yes",))
    assert asked.without("tag") == Asked(note=("yes",))
    assert asked.only("tag", "citation") == Asked(tag=("citation",), note=("yes",))
    assert not asked.is_everything
    assert asked.without("tag").without("note").is_everything
