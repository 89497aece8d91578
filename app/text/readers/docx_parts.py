"""The XML of a Word file, rewritten so that the library that reads it loses no visible word."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from app.text.readers.docx_styles import QUOTATION, WORD, Styles
from app.text.unreadable import Unreadable

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VML = "{urn:schemas-microsoft-com:vml}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_STYLES = "word/styles.xml"
_DEEPEST = 200


def _tags(names: str) -> frozenset[str]:
    return frozenset(f"{WORD}{name}" for name in names.split())


# What the library reads, or knows that it need not: anything else that holds text is unwrapped.
_KNOWN = _tags(
    "document body footnotes footnote endnotes endnote p r t tab br cr ptab sym noBreakHyphen "
    "softHyphen fldChar instrText tbl tr tc ins del moveTo moveFrom hyperlink pict object sdt "
    "sdtContent sdtPr txbxContent drawing customXml smartTag pPr rPr tblPr tblGrid trPr tcPr "
    "sectPr footnoteReference endnoteReference commentReference bookmarkStart bookmarkEnd "
    "delText delInstrText"
) | {f"{_VML}{name}" for name in ("group", "rect", "roundrect", "shape", "textbox")}
_LEFT_AS_THEY_ARE = _tags("del moveFrom pPr rPr tblPr tblGrid trPr tcPr sectPr sdtPr instrText")
_SHOWN = _tags("t tab br cr ptab sym noBreakHyphen softHyphen drawing pict object ruby")
_RENAMED = {f"{WORD}cr": f"{WORD}br", f"{WORD}ptab": f"{WORD}tab"}
_DRAWN = frozenset(
    {
        "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
        "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
        "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart",
    }
)
_TEXT = frozenset({f"{WORD}t", f"{WORD}p", f"{_MATH}t"})
_TEXT_BOX = f"{WORD}txbxContent"
_MOST_INSET = 0.4  # of the text: where more is indented, indents say nothing

_FORMULAS = (
    "A formula stands in the text as plain characters. Compare it with the file.",
    "{count:,} formulas stand in the text as plain characters. Compare them with the file.",
)
_DRAWINGS = (
    "A chart or diagram was left out, with the words in it.",
    "{count:,} charts and diagrams were left out, with the words in them.",
)
_INSERTED = (
    "A part that was put in from another file was left out.",
    "{count:,} parts that were put in from other files were left out.",
)


def rewrite_parts(parts: dict[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Rewrite the parts of a Word file, by their names; return them, and what cannot be read.

    Fields, wrappers and text boxes become what the library knows, a formula its characters, and
    what Word hides goes. A style that is based on another becomes that one.

    Raises: Unreadable (no XML, or elements inside elements without end).
    """
    styles = Styles(_parse(parts[_STYLES]) if _STYLES in parts else None)
    rewriting = _Rewriting(styles)
    rewritten = dict(parts)
    for name in _PARTS:
        if name in parts:
            root = _parse(parts[name])
            rewriting.look_through(root)
            rewriting.rewrite(root)
            rewriting.name_quotations(root)
            rewritten[name] = ET.tostring(root, "utf-8", xml_declaration=True)
    return rewritten, list(rewriting.sentences())


def _parse(part: bytes) -> Element:
    try:
        return ET.fromstring(part)  # noqa: S314 parts that declare entities are refused
    except (ET.ParseError, ValueError) as error:
        message = "The file is damaged and cannot be read. Open it in Word and save it again."
        raise Unreadable(message) from error


class _Rewriting:
    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._left: Counter[tuple[str, str]] = Counter()
        self._hides = False  # of the paragraph that is walked
        self._holding: dict[frozenset[str], set[int]] = {}
        inside = self._inside
        self._special: dict[str, Callable[[Element, int], list[Element]]] = {
            f"{_COMPATIBILITY}AlternateContent": lambda e, depth: inside(self._chosen(e), depth),
            f"{WORD}ruby": lambda e, depth: inside(e.find(f"{WORD}rubyBase"), depth),
            f"{WORD}fldSimple": self._as_field,
            f"{WORD}drawing": self._drawing,
            f"{WORD}altChunk": self._left_out,
            f"{_MATH}oMath": self._as_characters,
            f"{_MATH}oMathPara": self._as_characters,
        }

    def sentences(self) -> Iterator[str]:
        """Yield what could not be read, a sentence a kind."""
        for (one, several), count in self._left.items():
            yield one if count == 1 else several.format(count=count)

    def look_through(self, root: Element) -> None:
        """Note once which elements hold text, and which a drawing."""
        elements = list(root.iter())
        for tags in (_TEXT, _DRAWN):
            found: set[int] = set()
            for element in reversed(elements):
                if element.tag in tags or any(id(child) in found for child in element):
                    found.add(id(element))
            self._holding[tags] = found

    def rewrite(self, parent: Element, depth: int = 0) -> None:
        """Rewrite all that is in an element."""
        if depth > _DEEPEST:
            message = "The file has elements inside elements, too deep to be read. Save it as text."
            raise Unreadable(message)
        if parent.tag == f"{WORD}p":
            self._name_style(parent)
        children = list(parent)
        parent[:] = [made for child in children for made in self._replaced(child, depth + 1)]

    def name_quotations(self, root: Element) -> None:
        """Give the style of a quotation to paragraphs that are indented on both sides.

        Not before the first that is not, nor where most of the text is.
        """
        paragraphs = [p for body in root.iter(f"{WORD}body") for p in body.findall(f"{WORD}p")]
        lengths = {id(p): sum(len(t.text or "") for t in p.iter(f"{WORD}t")) for p in paragraphs}
        inset = [p for p in paragraphs if lengths[id(p)] and self._is_inset(p)]
        if sum(lengths[id(p)] for p in inset) > sum(lengths.values()) * _MOST_INSET:
            return
        known = {id(p) for p in inset}
        is_text = False
        for paragraph in paragraphs:
            properties = paragraph.find(f"{WORD}pPr")
            if id(paragraph) not in known:
                is_plain = properties is None or not self._styles.has_meaning(properties)
                is_text = is_text or (is_plain and lengths[id(paragraph)] > 0)
            elif is_text and properties is not None:
                _set_style(properties, QUOTATION)

    def _is_inset(self, paragraph: Element) -> bool:
        properties = paragraph.find(f"{WORD}pPr")
        if properties is None or self._styles.has_meaning(properties):
            return False
        return self._styles.is_inset(properties)

    def _name_style(self, paragraph: Element) -> None:
        properties = paragraph.find(f"{WORD}pPr")
        self._hides = self._styles.hides_paragraph(properties)
        if properties is not None and (meant := self._styles.meant(properties)):
            _set_style(properties, meant)

    def _replaced(self, child: Element, depth: int) -> Iterable[Element]:
        if child.tag in _LEFT_AS_THEY_ARE:
            return [child]
        if special := self._special.get(child.tag):
            return special(child, depth)
        if child.tag == f"{WORD}r" and self._is_hidden(child):
            # What begins and ends a field stays, whoever sees it.
            child[:] = [part for part in child if part.tag not in _SHOWN]
            return [child]
        if child.tag not in _KNOWN and self._holds(child, _TEXT):
            return self._inside(child, depth)
        child.tag = _RENAMED.get(child.tag, child.tag)
        self.rewrite(child, depth)
        return [child]

    def _as_characters(self, formula: Element, depth: int) -> list[Element]:
        self._left[_FORMULAS] += 1
        return [_run(_formula(formula, depth))]

    def _left_out(self, _part: Element, _depth: int) -> list[Element]:
        self._left[_INSERTED] += 1
        return []

    def _inside(self, element: Element | None, depth: int) -> list[Element]:
        if element is None:
            return []
        self.rewrite(element, depth)
        return list(element)

    def _is_hidden(self, run: Element) -> bool:
        properties = run.find(f"{WORD}rPr")
        mark = None if properties is None else properties.find(f"{WORD}vanish")
        return self._styles.is_hidden(properties) or (self._hides and mark is None)

    def _as_field(self, field: Element, depth: int) -> list[Element]:
        """Write a simple field as the longer form, which the library knows."""
        instruction = Element(f"{WORD}instrText")
        instruction.text = field.get(f"{WORD}instr", "")
        marks = []
        for kind in ("begin", "separate", "end"):
            mark = Element(f"{WORD}fldChar", {f"{WORD}fldCharType": kind})
            marks.append(_around(f"{WORD}r", mark))
        shown = self._inside(field, depth)
        return [marks[0], _around(f"{WORD}r", instruction), marks[1], *shown, marks[2]]

    def _drawing(self, drawing: Element, depth: int) -> list[Element]:
        boxes = _outermost(drawing, _TEXT_BOX)
        if not boxes:
            if self._holds(drawing, _DRAWN):
                self._left[_DRAWINGS] += 1
            return [drawing]
        for box in boxes:
            self.rewrite(box, depth)
        return [_around(f"{WORD}pict", _around(f"{_VML}textbox", box)) for box in boxes]

    def _chosen(self, alternatives: Element) -> Element | None:
        """Return what to read of what is written in two ways: the older, if it has words."""
        fallback = alternatives.find(f"{_COMPATIBILITY}Fallback")
        choice = alternatives.find(f"{_COMPATIBILITY}Choice")
        if fallback is None or self._holds(choice, _DRAWN):
            return choice
        is_better = self._holds(choice, _TEXT) and not self._holds(fallback, _TEXT)
        return choice if is_better else fallback

    def _holds(self, element: Element | None, tags: frozenset[str]) -> bool:
        return id(element) in self._holding[tags]


def _outermost(element: Element, tag: str) -> list[Element]:
    """Return the elements of a name that are in no other of that name, in order."""
    found = []
    waiting = [element]
    while waiting:
        part = waiting.pop()
        if part.tag == tag:
            found.append(part)
        else:
            waiting.extend(reversed(part))
    return found


def _set_style(properties: Element, style_id: str) -> None:
    style = properties.find(f"{WORD}pStyle")
    if style is None:
        style = Element(f"{WORD}pStyle")
        properties.insert(0, style)
    style.set(f"{WORD}val", style_id)


def _around(tag: str, child: Element) -> Element:
    made = Element(tag)
    made.append(child)
    return made


def _run(text: str) -> Element:
    words = Element(f"{WORD}t", {_SPACE: "preserve"})
    words.text = text
    return _around(f"{WORD}r", words)


_AROUND = {"d": "({})", "rad": "\u221a{}"}
_SIGNS = {
    "sSup": "{e}^{sup}",
    "sSub": "{e}_{sub}",
    "sSubSup": "{e}_{sub}^{sup}",
    "f": "{num}/{den}",
}


def _formula(element: Element, depth: int) -> str:
    """Write a formula on one line: x^2, a_1, (a+b)/c, √(x)."""
    if depth > _DEEPEST:
        return ""
    name = element.tag.removeprefix(_MATH)
    if name == "t":
        return element.text or ""
    if name in _SIGNS:
        parts = {
            part: _grouped(_formula(found, depth + 1))
            for part in ("e", "sub", "sup", "num", "den")
            if (found := element.find(f"{_MATH}{part}")) is not None
        }
        return _SIGNS[name].format_map(dict.fromkeys(("e", "sub", "sup", "num", "den"), "") | parts)
    written = "".join(_formula(child, depth + 1) for child in element)
    if name == "nary":
        sign = element.find(f"{_MATH}naryPr/{_MATH}chr")
        return ("\u222b" if sign is None else sign.get(f"{_MATH}val", "")) + written
    around = _AROUND.get(name, "{}")
    return around.format(_grouped(written) if name == "rad" else written)


def _grouped(written: str) -> str:
    is_simple = written.isalnum() or (written.startswith("(") and written.endswith(")"))
    return written if is_simple or not written else f"({written})"
