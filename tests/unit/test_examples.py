"""Examples in the Markdown of guidelines: where they go, and that they say what was written."""

import pytest

from app.guidelines.example_text import Example, add_example, write_example
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


def test_a_quote_of_several_paragraphs_stays_one_quotation() -> None:
    document = read_formatted(example(quote="One.\n\nTwo.", question=""))
    kinds = [(block.kind, document.text[block.start : block.end]) for block in document.blocks]
    assert kinds[:2] == [("quotation", "One."), ("quotation", "Two.")]
    assert len(kinds) == 4
