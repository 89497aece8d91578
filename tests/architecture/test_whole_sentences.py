"""Sentences for people are whole: nothing cuts one in a template, and no code joins one."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.harness.documents import ROOT

TEMPLATES = ROOT / "templates"
WITHIN = {"a", "b", "bdi", "cite", "code", "em", "i", "kbd", "q", "span", "strong", "time"}
"""Elements within a sentence; all others part what stands before them from what follows."""

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_JINJA = r"\{%.*?%\}|\{\{.*?\}\}"
_TAG = re.compile(rf"<(/?)([a-z0-9]*)((?:{_JINJA}|[^>])*)>", re.DOTALL)
_READ = re.compile(rf'\b(?:aria-label|title|placeholder|alt)="((?:{_JINJA}|[^"])*)"', re.DOTALL)
_TOKEN = re.compile(r"\{%-?\s*(\w+)(.*?)-?%\}|(\{\{.*?\}\})|([⟨⟩¦])|([^{⟨⟩¦]+|\{)", re.DOTALL)
_GOES_ON = re.compile(r"(?![a-z-]+=)[a-z,;.?!)]")  # but no attribute of a macro
_WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}| (?:and|or|by|of|for|to|in|with) ")
_IS_DONE = re.compile(r"[.!?…·:]$")


def read_text(source: str) -> Iterator[str]:
    """Yield what people read: the text, and each attribute that is read.

    In the text ⟨ and ⟩ stand for an element within a sentence, and ¦ for another.
    """
    source = _COMMENT.sub("", source)

    def mark(tag: re.Match[str]) -> str:
        return ("⟩" if tag[1] else "⟨") if tag[2] in WITHIN else "¦"

    yield _TAG.sub(mark, source)
    for tag in _TAG.finditer(source):
        yield from _READ.findall(tag[3])


def find_cuts(text: str) -> Iterator[str]:
    """Yield what goes on with a sentence within a branch, or after one.

    What an `if` or a `for` draws is an element, a sentence or a fact of its own: it does not go on
    with what stands before. Only the comma of a list may, which hangs on `loop.last`.
    """
    is_after = is_branch = is_over = False
    outside: list[tuple[bool, bool]] = []  # of each that is open: as before it, whether of a list
    for statement, asked, value, edge, written in _TOKEN.findall(text):
        if statement in {"if", "for"}:
            is_branch, is_over = "loop." not in asked, False
            outside.append((is_after, is_branch))
        elif statement in {"elif", "else"}:
            is_after, is_branch = outside[-1]
            is_over = False
        elif statement in {"endif", "endfor"}:
            outside.pop()
            is_branch, is_over = False, True
        elif edge or value or statement in {"macro", "block", "endmacro", "endblock"}:
            is_after = edge == "⟩" or bool(value)
            is_branch = is_over = False
        elif said := written.replace("&nbsp;", " ").strip():
            if ((is_branch and is_after) or is_over) and _GOES_ON.match(said):
                yield said
            is_after = not _IS_DONE.search(said)
            is_branch = is_over = False


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("End it{% if p %}, and more{% endif %}.", [", and more", "."]),
        ("In {% if a %}this{% else %}that{% endif %} place", ["this", "that", "place"]),
        ("⟨{% if a %}By hand{% else %}by key{% endif %}⟩", []),
        ("⟨3⟩ {% if n == 1 %}hit{% else %}hits{% endif %}", ["hit", "hits"]),
        ("{% if a %}⟨3 notes⟩{% else %}3 notes{% endif %} that you see", ["that you see"]),
        ("{% if p %}End it, and more.{% else %}End it.{% endif %}", []),
        ("Done.{% if p %} It is new.{% endif %} See ⟨it⟩{% if q %} · late{% endif %}", []),
        ("Ines{% if p %} ⟨new⟩{% endif %}", []),
        ("{% for x in y %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}", []),
    ],
)
def test_a_cut_is_found(text: str, cuts: list[str]) -> None:
    assert list(find_cuts(text)) == cuts


def test_no_branch_cuts_a_sentence() -> None:
    cuts = [
        f"{path.relative_to(TEMPLATES)}: {cut}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for text in read_text(path.read_text(encoding="utf-8"))
        for cut in find_cuts(text)
    ]
    assert not cuts, "write the sentence whole in each branch:\n" + "\n".join(cuts)


def test_a_number_is_written_with_a_noun_alone() -> None:
    """Where a verb follows the number too, the sentence is an `ngettext` or a `trans`."""
    forms = re.compile(r"""pluralise\((?:[^()]|\([^()]*\))*?["']([^"']+)["'], ["']([^"']+)["']\)""")
    files = [*TEMPLATES.rglob("*.html"), *(ROOT / "app").rglob("*.py")]
    wrong = [
        f"{path.relative_to(ROOT)}: {one}, {many}"
        for path in files
        for one, many in forms.findall(path.read_text(encoding="utf-8"))
        if many not in {f"{one}s", f"{one.removesuffix('y')}ies", "people"}
    ]
    assert not wrong, "write whole sentences:\n" + "\n".join(wrong)


def test_no_message_is_put_together_from_pieces() -> None:
    """A piece is added to no sentence, none is chosen within one, and no word joins a list."""
    found = []
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.AugAssign(op=ast.Add(), value=piece)
                    | ast.BinOp(op=ast.Add(), right=piece)
                    | ast.FormattedValue(value=ast.IfExp(body=piece))
                    | ast.FormattedValue(value=ast.IfExp(orelse=piece))
                    | ast.Call(func=ast.Attribute(attr="join", value=piece))
                ) if _is_of_language(piece):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found, "write whole sentences:\n" + "\n".join(found)


def _is_of_language(piece: ast.expr) -> bool:
    """Say whether words stand in a piece of text: "and", ", of which" or "s", but no identifier."""
    values = piece.values if isinstance(piece, ast.JoinedStr) else [piece]
    written = [each.value for each in values if isinstance(each, ast.Constant)]
    return any(_WORDS.search(each) for each in written if isinstance(each, str))
