"""What Markdown files of sites hold besides Markdown: HTML, and the shortcodes of generators."""

import re
from dataclasses import field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from app.frozen import frozen
from app.text.limits import Limits
from app.text.readers.html_display import BLOCKS, DROPPED
from app.text.word_sets import word_set

_TAGS = (
    BLOCKS
    | DROPPED
    | word_set(
        "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label map "
        "mark meter picture q rp rt ruby s samp small source span strike strong sub sup time tt u "
        "var video audio wbr figure figcaption summary details tbody thead tfoot tr td th caption "
        "col colgroup body html head"
    )
)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<rest>[^>]{0,4000})>", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"(?P<name>[A-Za-z:-]{1,40})\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'>]+))"
)
HIDDEN = frozenset({"script", "style", "template", "noscript", "textarea", "select", "svg"})
# Of one block: it begins once more for each list and quotation that it is in.
_BEGINNINGS = 4
_NO_WORDS = ("<!", "<?")
# Hugo: {{< x >}} and {{% x %}}; Jekyll and Liquid: {% x %} and {{ x.y | z }}; kramdown: {: .x}.
# None holds braces, so that a text of nothing but openings is read in time.
_SHORTCODE = re.compile(
    r"\{\{<[^{}]{0,2000}>\}\}|\{\{%[^{}]{0,2000}%\}\}|\{%[^{}]{0,2000}%\}"
    r"|\{\{-?\s*[A-Za-z_][\w.|: \"'/-]{0,200}\}\}|\{:[^{}\n]{0,300}\}|\{#[\w-]{1,80}\}"
)
# Obsidian's links, embedded files, marked words, comments and callouts; a link whose target is a
# shortcode is its words. None holds what it begins with.
_WIKI = re.compile(
    r"!\[\[[^\[\]\n]{1,300}\]\]|%%[^%]{0,2000}%%|(?P<callout>\[![\w-]{1,40}\][+-]?[ \t]*)"
    r"|\[\[(?:[^\[\]|\n]{1,300}\|)?(?P<page>[^\[\]|\n]{1,300})\]\](?![(\[:])"
    r"|==(?P<marked>[^\s=](?:[^=\n]{0,400}[^\s=])?)=="
    rf"|\[(?P<linked>[^\[\]\n]{{1,300}})\]\(\s*(?:{_SHORTCODE.pattern})[^()\s]{{0,200}}\s*\)"
)
_WIKI_WORDS = ("page", "marked", "linked")


@frozen
class HtmlTag:
    """One tag of HTML: its name in lower case, whether it ends an element, its attributes."""

    name: str
    is_end: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def read_tag(written: str) -> HtmlTag | None:
    """Read a tag that stands in a line; None for a comment, or a word in angle brackets."""
    match = _TAG.match(written)
    if match is None or match["name"].lower() not in _TAGS:
        return None
    attributes = {
        found["name"].lower(): found["double"] or found["single"] or found["bare"] or ""
        for found in _ATTRIBUTE.finditer(match["rest"])
    }
    return HtmlTag(match["name"].lower(), bool(match["end"]), attributes)


def is_markup(written: str) -> bool:
    """Tell whether what looks like HTML is that, a comment too, and no word in angle brackets."""
    return written.lstrip().startswith(_NO_WORDS) or read_tag(written.lstrip()) is not None


def add_shortcodes(parser: MarkdownIt) -> None:
    """Teach a parser to leave out the shortcodes of site generators, but in code."""
    parser.inline.ruler.before("link", "shortcode", _skip_shortcode)


def add_wiki_links(parser: MarkdownIt) -> None:
    """Teach a parser how notebooks such as Obsidian write: `[[page|words]]`, `==words==`, `%%x%%`.

    What they embed or comment is left out, and so is what kind of callout a quotation is.
    """
    parser.inline.ruler.before("link", "wiki", _read_wiki)


def stop_at_limit(parser: MarkdownIt, limits: Limits) -> None:
    """Let a parser give up a text, by Unreadable, that has far more blocks than it may have."""
    begun = 0

    def count_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:  # noqa: ARG001, FBT001 the parser calls it so
        nonlocal begun
        begun += not silent
        limits.check_blocks(begun // _BEGINNINGS)
        return False

    parser.block.ruler.before("table", "limit", count_block)


def _skip_shortcode(state: StateInline, silent: bool) -> bool:  # noqa: ARG001, FBT001 the parser calls it so
    match = _SHORTCODE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    state.pos = match.end()
    return True


def _read_wiki(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 the parser calls it so
    match = _WIKI.match(state.src, state.pos, state.posMax)
    if match is None or (match["callout"] and state.pos):
        return False
    words = next((name for name in _WIKI_WORDS if match[name]), "")
    if words and not silent:
        end = state.posMax
        state.pos, state.posMax = match.span(words)
        state.md.inline.tokenize(state)
        state.posMax = end
    state.pos = match.end()
    return True
