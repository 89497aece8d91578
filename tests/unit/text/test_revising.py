"""An article whose plain text a curator edits: what keeps its structure, and what becomes of it."""

import pytest

from app.text.document import BlockKind, Document, Inline, InlineKind, Piece
from app.text.revising import revise
from tests.harness.revised_texts import check, document, linked, piece, shown, without_place
from tests.harness.texts import text_of


def shapes(revised: Document) -> list[tuple[BlockKind, str]]:
    return [(block.kind, text_of(revised, block)) for block in revised.blocks]


HEADING = piece("What was sold", BlockKind.HEADING)
FIRST = linked("The harbour was sold in May, the annual report says.", "annual report")
ITEM = piece("The union demands a public hearing.", BlockKind.LIST_ITEM)
TABLE = piece("Year\tPrice\t\n2019\t\t\n\t12\t", BlockKind.TABLE)
CODE = piece("  if sold:\n\n      ask()\n\n  return", BlockKind.PREFORMATTED)
MARK = piece(
    "Nobody asked the town.1 Not once.",
    BlockKind.PARAGRAPH,
    Inline(22, 23, InlineKind.FOOTNOTE_MARK, "1"),
)
NOTE = piece("See the minutes of the council.", BlockKind.FOOTNOTE)
OLD = document(HEADING, FIRST, ITEM, TABLE, CODE, MARK, NOTE)


def edited(old: str, new: str) -> Document:
    """Replace words that occur once in the article, as a textarea would send it."""
    assert OLD.text.count(old) == 1
    revised = revise(OLD, OLD.text.replace(old, new).replace("\n", "\r\n"))
    check(revised)
    return revised


# Kinds


def test_an_unedited_text_gives_the_same_article() -> None:
    assert revise(OLD, OLD.text) == OLD
    assert revise(OLD, OLD.text.replace("\n", "\r\n")) == OLD


@pytest.mark.parametrize("around", ["\n\n{}\n\n  \n", "\ufeff\x00{}\n", "{}   ", "\n \t\n{}"])
def test_white_space_around_the_text_changes_nothing(around: str) -> None:
    assert revise(OLD, around.format(OLD.text)) == OLD


def test_more_blank_lines_between_blocks_change_nothing() -> None:
    assert edited("sold\n\nThe harbour", "sold \n \t\n\n\n  The harbour") == OLD


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\x00", "\u200b\n\n\xa0"])
def test_a_text_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="shows nothing"):
        revise(OLD, text)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("What was sold", "What was  bought"),
        ("May", "June"),
        ("demands a public", "demands a proper public"),
        ("2019", "2020"),
        ("ask()", "tell()"),
        ("Not once", "Not twice"),
        ("minutes", "records"),
    ],
)
def test_a_changed_word_changes_no_block_s_kind_and_no_other_block(wrong: str, right: str) -> None:
    revised = edited(wrong, right)
    right = " ".join(right.split())
    assert revised.text == OLD.text.replace(wrong, right)
    assert [*map(without_place, revised.blocks)] == [*map(without_place, OLD.blocks)]
    assert shown(revised) == shown(OLD)


def test_a_heading_of_one_word_keeps_its_level_when_the_word_is_mended() -> None:
    old = document(FIRST, piece("Introdution", BlockKind.HEADING), MARK, NOTE)
    revised = revise(old, old.text.replace("dution", "duction"))
    assert [block.level for block in revised.blocks] == [0, 2, 0, 0]


def test_a_new_paragraph_is_a_paragraph_on_one_line() -> None:
    revised = edited("\n\nThe union", "\n\n  Something new was\nwritten here. \n\nThe union")
    assert shapes(revised)[2] == (BlockKind.PARAGRAPH, "Something new was written here.")
    assert [kind for kind, _ in shapes(revised)[3:]] == [block.kind for block in OLD.blocks[2:]]


def test_a_removed_block_takes_nothing_else_with_it() -> None:
    revised = edited("The union demands a public hearing.\n\n", "")
    assert shapes(revised) == [*shapes(OLD)[:2], *shapes(OLD)[3:]]
    assert shown(revised) == shown(OLD)


def test_a_moved_block_keeps_its_kind_and_its_hyperlink() -> None:
    texts = [text for _, text in shapes(OLD)]
    revised = revise(OLD, "\n\n".join([*texts[2:], *texts[:2]]))
    assert shapes(revised) == [*shapes(OLD)[2:], *shapes(OLD)[:2]]
    assert shown(revised) == ["1", "annual report"]


def test_of_a_heading_cut_in_two_the_first_part_is_the_heading() -> None:
    revised = edited("What was sold", "What was\n\nsold")
    assert shapes(revised)[:2] == [(BlockKind.HEADING, "What was"), (BlockKind.PARAGRAPH, "sold")]
    assert [block.level for block in revised.blocks[:2]] == [2, 0]


def test_a_list_item_cut_in_two_is_two_items() -> None:
    first, second = edited("demands a", "demands\n\na").blocks[2:4]
    assert without_place(first) == without_place(second) == without_place(OLD.blocks[2])


@pytest.mark.parametrize("kind", [BlockKind.LIST_ITEM, BlockKind.FOOTNOTE])
def test_the_second_part_of_what_has_a_number_has_none(kind: BlockKind) -> None:
    item = Piece("One thing is sure. Another thing is not.", kind, depth=1, marker="3")
    first, second = revise(document(item), item.text.replace("sure. ", "sure.\n\n")).blocks
    assert (first.marker, second.marker) == ("3", "")
    assert first.kind is second.kind is kind


def test_joined_blocks_are_of_the_first_one_s_kind_and_keep_all_hyperlinks() -> None:
    old = document(ITEM, FIRST, HEADING)
    revised = revise(old, old.text.replace("hearing.\n\n", "hearing.\n"))
    assert shapes(revised)[0] == (BlockKind.LIST_ITEM, f"{ITEM.text} {FIRST.text}")
    assert shown(revised) == ["annual report"]


# Lines


def test_the_cells_of_an_edited_table_stay_in_their_columns() -> None:
    revised = edited("2019\t", "2020\t")
    assert shapes(revised)[3][1] == "Year\tPrice\t\n2020\t\t\n\t12\t"


def test_lines_stay_lines_where_the_block_has_some() -> None:
    old = document(piece("Roses are red\nViolets are blue"), HEADING)
    revised = revise(old, old.text.replace("red", "dead ").replace("blue\n", "blue\nAnd so on\n"))
    assert shapes(revised)[0][1] == "Roses are dead\nViolets are blue\nAnd so on"
    assert shapes(revise(old, old.text.replace("red\n", "red ")))[0][1] == (
        "Roses are red Violets are blue"
    )


def test_preformatted_text_keeps_its_indents_and_blank_lines() -> None:
    assert shapes(edited("ask()\n", "ask()\n\n      wait()\n"))[4] == (
        BlockKind.PREFORMATTED,
        "  if sold:\n\n      ask()\n\n      wait()\n\n  return",
    )
    assert shapes(edited("  if sold", "if sold"))[4][1].startswith("if sold:\n\n      ask()")


def test_preformatted_texts_with_a_line_in_common_stay_apart() -> None:
    one = piece("begin\n\nfirst\n\nend", BlockKind.PREFORMATTED)
    other = piece("begin\n\nsecond\n\nend", BlockKind.PREFORMATTED)
    old = document(one, HEADING, other)
    assert revise(old, old.text.removeprefix("begin\n\nfirst\n\nend\n\n")) == document(
        HEADING, other
    )
    assert revise(document(one, other), other.text) == document(other)


# Inlines


@pytest.mark.parametrize(
    ("wrong", "right", "link"),
    [
        ("the annual report", "their first annual report", "annual report"),
        ("report says", "report, as printed, says", "annual report"),
        ("annual report", "anual report", "anual report"),
        ("annual report", "annual secret report", "annual secret report"),
        ("annual report", "report", "report"),
        ("annual report", "annual", "annual"),
        ("annual report", "Annual Report", "Annual Report"),
        ("in May, the annual", "in June, the anual", "anual report"),
    ],
)
def test_a_hyperlink_stays_on_its_words_while_they_are_mended(
    wrong: str, right: str, link: str
) -> None:
    assert shown(edited(wrong, right)) == [link, "1"]


@pytest.mark.parametrize("right", ["newspaper", "", "truth that everybody can see"])
def test_a_hyperlink_whose_words_are_gone_is_gone(right: str) -> None:
    assert shown(edited("annual report", right)) == ["1"]


def test_a_link_of_one_word_is_known_by_what_stands_around_it() -> None:
    old = document(linked("Read teh report of the council today.", "teh"), HEADING)
    assert shown(revise(old, old.text.replace("teh", "the"))) == ["the"]


def test_a_hyperlink_goes_with_words_that_move_to_another_block() -> None:
    revised = edited(" the annual report says.", " says Jane.")
    assert shown(revised) == ["1"]
    old = document(linked("One is here. The annual report says so every year.", "report"), ITEM)
    moved = (
        "One is here.\n\nThe union demands a public hearing. The annual report says so every year."
    )
    revised = revise(old, moved)
    assert shown(revised) == ["report"]
    assert revised.inlines[0].start == moved.index("report")


def test_emphasis_on_a_paragraph_that_is_cut_in_two_stays_on_both_parts() -> None:
    text = "The whole of it was printed in italics. Nobody knew the reason."
    old = document(piece(text, BlockKind.PARAGRAPH, Inline(0, len(text), InlineKind.EMPHASIS)))
    revised = revise(old, text.replace("italics. ", "italics.\n\n"))
    check(revised)
    assert shown(revised) == text.replace("italics. ", "italics.\n").split("\n")


def test_of_two_equal_words_nothing_says_which_had_the_emphasis() -> None:
    old = document(
        piece("It was very very good.", BlockKind.PARAGRAPH, Inline(7, 11, InlineKind.EMPHASIS))
    )
    assert shown(revise(old, "It was very good.")) == []


@pytest.mark.parametrize("right", ["town.2", "town.12", "town.", "town.1st"])
def test_a_footnote_s_mark_stays_only_if_it_is_unchanged(right: str) -> None:
    assert shown(edited("town.1", right)) == ["annual report"]


def test_a_footnote_s_mark_stays_beside_a_word_that_is_mended() -> None:
    old = document(
        piece(
            "Nobody asked the twon1 at all.",
            BlockKind.PARAGRAPH,
            Inline(21, 22, InlineKind.FOOTNOTE_MARK, "1"),
        ),
        NOTE,
    )
    revised = revise(old, old.text.replace("twon", "town"))
    assert shown(revised) == ["1"]
    assert (revised.inlines[0].target, revised.blocks[1].marker) == ("1", "1")


def test_a_mark_without_its_footnote_is_plain_text() -> None:
    assert shown(edited("\n\nSee the minutes of the council.", "")) == ["annual report"]
