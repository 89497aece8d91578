"""What somebody types to search, read; and where it is found in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.hits import count_groups, marked
from app.search.query import LONGEST_QUERY, MOST_TERMS, Query, Term, read_query
from app.text.search_words import fold_words
from tests.harness.searching import has, matches


def words(*typed: str) -> tuple[tuple[Term, ...], ...]:
    return tuple((Term((each,)),) for each in typed)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("Harbour fees", Query(groups=words("harbour", "fees"))),
        ('"port fees"', Query(groups=((Term(("port", "fees")),),))),
        ("“port fees”", Query(groups=((Term(("port", "fees")),),))),
        ("„port fees“", Query(groups=((Term(("port", "fees")),),))),
        ("élan l’élan", Query(groups=(*words("elan"), (Term(("l", "elan")),)))),
        ("harb*", Query(groups=((Term(("harb",), is_prefix=True),),))),
        ("port-fe*", Query(groups=((Term(("port", "fe"), is_prefix=True),),))),
        ("a OR b c", Query(groups=((Term(("a",)), Term(("b",))), *words("c")))),
        ("a OR b OR c", Query(groups=((Term(("a",)), Term(("b",)), Term(("c",))),))),
        ("a -b", Query(groups=words("a"), without=(Term(("b",)),))),
        ('a −"b c"', Query(groups=words("a"), without=(Term(("b", "c")),))),
        ("-b a", Query(groups=words("a"), without=(Term(("b",)),))),
        ("a - b & c", Query(groups=words("a", "b", "c"))),
        ("or and not", Query(groups=words("or", "and", "not"))),
        ("a a A", Query(groups=words("a"))),
        ("a AND b", Query(groups=words("a", "b"))),
        ("(a AND b)", Query(groups=words("a", "b"))),
        ("a OR b AND c", Query(groups=((Term(("a",)), Term(("b",))), (Term(("c",)),)))),
        ("a AND -b", Query(groups=words("a"), without=(Term(("b",)),))),
        ("a -b AND c", Query(groups=words("a", "c"), without=(Term(("b",)),))),
        ("a NOT b", Query(groups=words("a"), without=(Term(("b",)),))),
        ("a not b", Query(groups=words("a", "not", "b"))),
        ("a AND NOT b", Query(groups=words("a"), without=(Term(("b",)),))),
        ("NOT b AND a", Query(groups=words("a"), without=(Term(("b",)),))),
        (
            "a NOT “b c” NOT d*",
            Query("", words("a"), (Term(("b", "c")), Term(("d",), is_prefix=True))),
        ),
        ("a NOT -b", Query(groups=words("a"), without=(Term(("b",)),))),
        ("a NOT", Query(groups=words("a", "not"))),
        ('"a NOT b"', Query(groups=((Term(("a", "not", "b")),),))),
        ("AND", Query(groups=words("and"))),
        ("a AND", Query(groups=words("a", "and"))),
        ('"a AND b"', Query(groups=((Term(("a", "and", "b")),),))),
    ],
)
def test_words_phrases_or_absences_and_prefixes_are_read(typed: str, query: Query) -> None:
    read = read_query(typed)
    assert (read.groups, read.without, read.notice) == (query.groups, query.without, "")


@pytest.mark.parametrize(
    ("typed", "plain", "reason"),
    [
        ('"port fees', ("port", "fees"), "A quotation mark is not closed."),
        ("OR port", ("or", "port"), "OR stands between two words or phrases to look for."),
        ("port OR", ("port", "or"), "OR stands"),
        ("a OR OR b", ("a", "or", "b"), "OR stands"),
        ("a OR -b", ("a", "or", "b"), "OR stands"),
        ("-a OR b", ("a", "or", "b"), "OR stands"),
        ("a OR NOT b", ("a", "or", "not", "b"), "OR stands"),
        ("NOT port", ("not", "port"), "A search that leaves words out needs words"),
        ("-port", ("port",), "A search that leaves words out needs words to look for, too."),
        ("*port", ("port",), "A star stands only at the end of a word."),
        ("po*rt", ("po", "rt"), "A star"),
    ],
)
def test_what_cannot_be_read_is_searched_as_plain_words_and_says_so(
    typed: str, plain: tuple[str, ...], reason: str
) -> None:
    read = read_query(typed)
    assert (read.groups, read.without) == (words(*plain), ())
    assert read.notice.startswith(reason)
    assert read.notice.endswith("So it was searched as plain words.")


@pytest.mark.parametrize("typed", ["", "  ", "\n"])
def test_without_a_word_typed_nothing_is_asked(typed: str) -> None:
    assert not read_query(typed).is_asked


def test_signs_alone_find_nothing_and_say_what_to_type() -> None:
    read = read_query("!? “”")
    assert (read.groups, read.notice[:31]) == ((), "There is no word to look for. T")


def test_a_search_that_is_too_long_finds_nothing_and_names_the_limit() -> None:
    long = read_query("a" * (LONGEST_QUERY + 1))
    assert not long.groups
    assert "at most 200 characters, and this one has 201" in long.notice
    many = read_query(" ".join(f"w{n}" for n in range(MOST_TERMS + 1)))
    assert not many.groups
    assert "at most 20 words and phrases, and this one has 21" in many.notice


@given(st.text(alphabet='abéORNT "“”-−*’\u0301\n', max_size=30))
def test_whatever_is_typed_is_read_and_finds_what_it_names(typed: str) -> None:
    read = read_query(typed)
    assert read.is_asked == bool(typed.strip())
    text = " — ".join(" ".join(term.words) for term in read.terms)
    absent = any(matches(text, Query("x", ((term,),))) for term in read.without)
    assert matches(text, read) == (bool(read.groups) and not absent)


PARTS = ["a", "b*", '"a b"', "&", "OR", "AND"]


@given(st.lists(st.sampled_from([*PARTS, *(f"-{part}" for part in PARTS)]), max_size=9))
def test_not_says_what_a_minus_sign_says(parts: list[str]) -> None:
    typed = " ".join(parts)
    read, same = read_query(typed), read_query(typed.replace("-", "NOT "))
    assert read.notice == same.notice
    assert read.notice or (read.groups, read.without) == (same.groups, same.without)


@given(st.text(max_size=40), st.text(alphabet="abcé’ ", max_size=5))
def test_words_without_signs_are_found_where_all_stand(text: str, typed: str) -> None:
    read = read_query(typed.replace("’", " "))
    wanted = fold_words(typed).split()
    assert matches(text, read) == (bool(wanted) and set(wanted) <= set(fold_words(text).split()))


@given(st.text(alphabet="abcéE ’\u0301-", max_size=40), st.text(alphabet='abcé OR"*-', max_size=20))
def test_groups_are_counted_as_their_terms_are_found(text: str, typed: str) -> None:
    read = read_query(typed)
    found = [group for group in read.groups if any(has(text, term) for term in group)]
    assert count_groups(text, read) == len(found)
    assert bool(found) == bool(marked(text, read))


def test_hits_are_marked_in_the_text_as_it_is_written() -> None:
    text = "Vive l’e\u0301lan; the L'ÉLAN of Elan-la-Forêt, elands."
    hits = [text[start:end] for start, end in marked(text, read_query('"l’élan" forêt elan*'))]
    assert hits == ["l’e\u0301lan", "L'ÉLAN", "Elan", "Forêt", "elands"]


def test_hits_that_overlap_are_one() -> None:
    text = "new york city"
    assert marked(text, read_query('"new york" "york city"')) == [(0, 13)]
