"""Sentences: where the library errs, and what holds for any text."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.sentences import sentence_bounds

ARTICLE = Path(__file__).parents[4] / "shared/seeds/000_bb331ef4a46d670c.txt"
LANGUAGES = ["en", "en-US", "de", "fr", "es", "zh", "ja", "ar", "hi", "ru", "xx", "", "\0", "EN_gb"]
PIECES = [
    *"aAÉé1٣ .!?…\n\t\"'()[]“”‘’„«»「」。\uff01\uff1f؟।—,;:",
    *"\r\x0b\x1c\x85\xa0\u2028\u3000\u200b\u0301😀🇫ß",
    "\ud800",
    *(
        "U.S. ",
        "Dr. ",
        "No. ",
        "A\xa0. ",
        ". . . ",
        "”1 ",
        "https://a.B/c. ",
        "p.m. ",
        "...",
        "Then ",
    ),
]

texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentence_bounds(text, language)]


@given(texts, st.sampled_from(LANGUAGES))
def test_sentences_are_trimmed_in_order_and_hold_all_but_white_space(
    text: str, language: str
) -> None:
    place = 0
    for start, end in sentence_bounds(text, language):
        assert place <= start < end
        assert not text[place:start].strip()
        assert text[start:end] == text[start:end].strip()
        place = end
    assert not text[place:].strip()


# A bar stands where a sentence ends; the space that follows it is the text's own.
@pytest.mark.parametrize(
    "marked",
    [
        "Dr. Smith left.| Ms. Lee and Lt. Col. Wu stayed with Sen. Warren (D-Mass.) there.| Fine.",
        "The U.S. Senate voted.| U.S. President Biden did not.| He left the U.S.| The rest stayed.",
        "At 5 p.m. he slept.| At 5 p.m. Eastern time he woke.| He left at 5 p.m.| She stayed.",
        "See No. 5, Fig. 3, Vol. 2 and pp. 3-5 of Ch. 7.| It says approx. 9.",
        "Was it so?| No.| What matters is more.| No. 5 is the worst.",
        "J. R. Smith met J.R.R. Tolkien and George W. Bush.| They ate.",
        "Fruit, e.g. Apples, i.e. food, vs. Meat, cf. Smith et al. on it.| Then, etc.| And so.",
        "Pi is 3.14.| It cost $5.2 million.| That hurt.",
        "St. Petersburg is cold.| Mt. Everest too.| He lives on Main St.| She does not.",
        "It failed face-to-face.1| Next we see.12| Then came.[3]| After that came.¹| The end.",
        "It lasted since 2007.1| The next war did not.2",
        "It ended.1",
        "“It ended.”[2]",
        "He left.”|“She too.”",
        "See No.5 Then go on to p.12 Then stop.",
        "Wait... what?| Wait…| What?| The people of … France and of . . . Spain.| Over.",
        "The supply fell….| Then it rose. . . .| The end.| So it was. …| Then not.",
        "He said, “Go.| Now.”| She left.",
        "“One.| Two.| Three,” he said.| “Why?” she asked.| “I left.” he said.",
        'He wrote "Go."| "Stay," she said.| "One.| Two."| Then it ended.',
        "‘Wars always end.’| Not all do.| The workers’ rights, ’tis said, don’t.",
        "The word “regime.”| She used it of “U.S.” Senators.",
        "He left.| (She did not.)| It rained.| [Sic.]| (One.| Two.)| Fine.",
        "The law (it passed. It was weak.) was repealed.| He left (in 1990).| She stayed.",
        "1. The first point.| The second.",
        "It is at https://example.com/A.Html?b=C.D and example.Com.| Look there.",
        "“Even when there are talks they often fail…",
        "Yahoo! Inc. grew.| — So did others.",
        "Velma A., of Jacksonville, applied.| She waited.",
        "Look 😀.| Then 👨‍👩‍👧 left.| שלום עולם.| Fine.",
    ],
)
def test_english_sentences_end_where_a_reader_ends_them(marked: str) -> None:
    expected = [sentence.strip() for sentence in marked.split("|")]
    assert sentences(marked.replace("|", "")) == expected


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("fr", "«\xa0Bonjour.|  Au revoir.\xa0»| Elle part.| «\xa0Bon.\xa0»"),
        ("de", "»Hallo.| Du.«| Er ging z.B. heim.| „Na.| Gut.“| Er kam."),
        ("zh", "你好。|他说“走吧。|快。”|他走了。"),
        ("ar", "هل هو؟| نعم هو."),
    ],
)
def test_other_languages_have_their_own_marks(language: str, marked: str) -> None:
    expected = [sentence.strip() for sentence in marked.split("|")]
    assert sentences(marked.replace("|", ""), language) == expected


def test_an_unknown_language_is_read_as_english() -> None:
    text = "Dr. Smith left. He lives at No. 5."
    assert (
        sentences(text, "tlh-Latn") == sentences(text) == ["Dr. Smith left.", "He lives at No. 5."]
    )


def test_the_rows_of_a_table_are_sentences() -> None:
    assert sentences("Year\tVotes\n1990\t12\n1994\t15. Recounted") == [
        "Year\tVotes",
        "1990\t12",
        "1994\t15.",
        "Recounted",
    ]


def test_a_line_break_alone_ends_no_sentence() -> None:
    assert sentences("Roses are red\nand violets blue.") == ["Roses are red\nand violets blue."]


@pytest.mark.parametrize("text", ["", " ", "\n\xa0\u2028"])
def test_a_blank_text_has_no_sentences(text: str) -> None:
    assert sentence_bounds(text) == []


@pytest.mark.parametrize("text", ["“", ". . .", "* * *", "?!", "— …"])
def test_a_text_without_words_is_one_sentence(text: str) -> None:
    assert sentence_bounds(text) == [(0, len(text))]


@pytest.mark.parametrize("text", ["A\xa0. Then", "A\u3000.x", "Lone \ud800 half. Then."])
def test_what_the_library_stumbles_over_is_read_all_the_same(text: str) -> None:
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "").strip()


def test_an_article_is_cut_at_its_quotations_and_footnote_marks() -> None:
    if not ARTICLE.exists():
        pytest.skip("the article is not beside the checkout")
    blocks = ARTICLE.read_text(encoding="utf-8").split("\n")
    found = [sentence for block in blocks for sentence in sentences(block)]
    assert any(sentence.endswith("face-to-face.1") for sentence in found)
    assert (
        "“Once a war has begun, compromises become much harder to identify let alone agree and "
        "confirm in treaty form." in found
    )
    assert "Not all wars end with negotiations." in found


def test_a_long_text_takes_a_fraction_of_a_second() -> None:
    chance = random.Random(7)
    words = ["Dr. Smith", "said,", "“Go.", "Now.”", "talks.1", "(in", "1990)", "…", "it’s", "the"]
    text = " ".join(chance.choice(words) for _ in range(20_000))[:100_000]
    times = []
    for _ in range(3):
        begun = time.process_time()
        sentence_bounds(text)
        times.append(time.process_time() - begun)
    assert min(times) < 0.5


@pytest.mark.parametrize("part", ["“", "(", "\n", ". (", "? ", "A. ", "…", "a.1 ", "a\tb\n", "''"])
def test_no_repeated_mark_makes_the_time_quadratic(part: str) -> None:
    text = part * (60_000 // len(part))
    begun = time.process_time()
    sentence_bounds(text)
    assert time.process_time() - begun < 4
