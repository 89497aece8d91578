"""Footnotes for markdown-it: `[^1]` in the text and `[^1]: ...` below it."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MARK = "footnote_mark"
OPEN = "footnote_open"
CLOSE = "footnote_close"

_MARK = re.compile(r"\[\^([^\s\[\]^]{1,40})\]")
_DEFINITION = re.compile(r"\[\^([^\s\[\]^]{1,40})\]:[ \t]*")
_INDENT = 4


def add_footnotes(parser: MarkdownIt) -> None:
    """Teach a parser footnotes.

    A mark becomes a token MARK, a definition's blocks stand between OPEN and CLOSE; the
    `content` of all three is the label.
    """
    # Before "reference", which would take "[^1]: word" for the address of a link.
    parser.block.ruler.before(
        "reference", "footnote", _definition, {"alt": ["paragraph", "reference"]}
    )
    parser.inline.ruler.before("link", "footnote", _mark)


def _mark(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 the parser calls it so
    match = _MARK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push(MARK, "", 0).content = match[1]
    state.pos = match.end()
    return True


def _definition(
    state: StateBlock,
    start_line: int,
    end_line: int,
    silent: bool,  # noqa: FBT001 the parser calls it so
) -> bool:
    """Read a definition: its first line, and the lines indented below it."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    match = _DEFINITION.match(state.src, start, state.eMarks[start_line])
    if match is None or state.is_code_block(start_line):
        return False
    if silent:
        return True
    outer = (
        state.bMarks[start_line],
        state.tShift[start_line],
        state.sCount[start_line],
        state.blkIndent,
        state.parentType,
    )
    state.push(OPEN, "", 1).content = match[1]
    # What follows the label is read as if the line began there, indented like its other lines.
    state.bMarks[start_line] = match.end()
    state.tShift[start_line] = 0
    state.sCount[start_line] = state.blkIndent + _INDENT
    state.blkIndent += _INDENT
    state.parentType = "footnote"
    state.md.block.tokenize(state, start_line, end_line)
    (
        state.bMarks[start_line],
        state.tShift[start_line],
        state.sCount[start_line],
        state.blkIndent,
        state.parentType,
    ) = outer
    state.push(CLOSE, "", -1).content = match[1]
    return True
