"""Examples in the Markdown of guidelines: where they go, and that they say what was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.guidelines.example_text import Example, add_example, write_example
from app.text.normalise import normalise
from app.text.readers.markdown import read_formatted

ODD = "*all* _of_ [it](x) <b> # | `code` ~~no~~ \\ 1. - +"


def example(**fields: str) -> str:
    given = {
        "tag": "claim",
        "quote": "The road floods.",
        "question": "Is it one?",
        "settled": "It is.",
        "link": "https://gloss.example/annotations/7",
        "link_text": "Annotation 7",
        **fields,
    }
    return write_example(Example(**given))


def test_the_first_example_makes_the_heading_of_its_tag() -> None:
    assert add_example("", tag="claim", example="E") == "## Examples of claims\n\nE"
    text = add_example("# How\n\nSo.\n", tag="claim", example="E")
    assert text == "# How\n\nSo.\n\n## Examples of claims\n\nE"


def test_the_next_example_goes_after_those_of_its_tag_and_before_what_follows() -> None:
    text = "# Examples of Claims #\n\nA\n\n### Deeper\n\nB\n\n# Other\n\nC"
    added = add_example(text, tag="claim", example="E")
    assert added == "# Examples of Claims #\n\nA\n\n### Deeper\n\nB\n\nE\n\n# Other\n\nC"


@pytest.mark.parametrize(
    "words", [ODD, f"1. {ODD}", f"- {ODD}", f"# {ODD}", f"> {ODD}", f"== {ODD}"]
)
def test_no_character_of_what_was_written_means_more_than_it_is(words: str) -> None:
    document = read_formatted(example(quote=words, question=words, settled=words))
    blocks = document.text.split("\n\n")
    assert blocks == [words, f"Question: {words}", f"Settled: {words}", "Annotation 7"]


@pytest.mark.parametrize(
    "words",
    [
        "First\n---\nsecond",
        "First\n===",
        "a | b\n:-: ",
        "&amp; &lt; AT&T",
        "    four spaces",
        "One\n  two\n\tthree",
        "One\n1. two\n- three\n+",
        "ends in a backslash\\\nand goes on",
        "[^1]: a note\n\n[a]: https://a.example",
    ],
)
def test_lines_and_words_stay_as_they_were_written(words: str) -> None:
    check(words)


PIECES = st.sampled_from(
    ["a", "Word", "1", ".", ")", *"*_`~#>-+=|:[]()!&;<\\^$", "amp", "    ", " ", "\n", "\n\n", "\t"]
)


@given(st.lists(PIECES, min_size=1, max_size=30).map("".join))
def test_whatever_is_written_keeps_its_words_and_makes_no_other_structure(words: str) -> None:
    check(normalise(words).strip() or "x")


def check(words: str) -> None:
    """Write words into each part of an example, and read them back."""
    document = read_formatted(example(quote=words, question=words, settled=words))
    found = [
        (block.kind, block.level, document.text[block.start : block.end])
        for block in document.blocks
    ]
    paragraphs = [lines_of(each) for each in re.split(r"\n(?:\s*\n)+", words.strip())]
    first, *others = paragraphs
    quoted = [("quotation", 0, each) for each in paragraphs]
    said = [
        ("paragraph", 0, each)
        for name in ("Question", "Settled")
        for each in (f"{name}: {first}", *others)
    ]
    assert found == [*quoted, *said, ("paragraph", 0, "Annotation 7")]


def lines_of(paragraph: str) -> str:
    return "\n".join(" ".join(line.split()) for line in paragraph.split("\n"))


def test_a_heading_in_a_code_fence_is_none() -> None:
    text = "```\n## Examples of claims\n```\n\nSo."
    added = add_example(text, tag="claim", example="E")
    assert added == f"{text}\n\n## Examples of claims\n\nE"
    underlined = "Examples of claims\n---\n\nA\n\nOther\n==="
    added = add_example(underlined, tag="claim", example="E")
    assert added == "Examples of claims\n---\n\nA\n\nE\n\nOther\n==="


def test_a_quote_of_several_paragraphs_stays_one_quotation() -> None:
    document = read_formatted(example(quote="One.\n\nTwo.", question=""))
    kinds = [(block.kind, document.text[block.start : block.end]) for block in document.blocks]
    assert kinds[:2] == [("quotation", "One."), ("quotation", "Two.")]
    assert len(kinds) == 4
